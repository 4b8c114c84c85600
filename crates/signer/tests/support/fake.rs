//! An agent of the tests' own: it holds one key, or answers what it was told to.

use super::Directory;
use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;

/// Serves until the test program ends.
pub(crate) struct FakeAgent {
    pub(crate) socket: PathBuf,
}

type Answer = Box<dyn Fn(&[u8]) -> Option<Vec<u8>> + Send>;

impl FakeAgent {
    /// Holds a key, as SSH sends it, and signs with it.
    pub(crate) fn holding(
        directory: &Directory,
        key: Vec<u8>,
        sign: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + 'static,
    ) -> Self {
        let answer = move |message: &[u8]| match message[0] {
            11 => Some(framed(
                12,
                &[&1_u32.to_be_bytes(), &string(&key), &string(b"a token")],
            )),
            13 => {
                let (asked, rest) = split(&message[1..]);
                assert_eq!(asked, key);
                sign(split(rest).0).map(|signature| framed(14, &[&string(&signature)]))
            }
            _ => None,
        };
        Self::serve(directory, Box::new(answer))
    }

    /// Answers these bytes to anything.
    pub(crate) fn answering(directory: &Directory, bytes: Vec<u8>) -> Self {
        Self::serve(directory, Box::new(move |_| Some(bytes.clone())))
    }

    fn serve(directory: &Directory, answer: Answer) -> Self {
        let socket = directory.path("fake");
        let listener = UnixListener::bind(&socket).unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let _ = converse(stream.unwrap(), &answer);
            }
        });
        Self { socket }
    }
}

fn converse(mut stream: UnixStream, answer: &Answer) -> std::io::Result<()> {
    loop {
        let mut len = [0; 4];
        stream.read_exact(&mut len)?;
        let mut message = vec![0; u32::from_be_bytes(len) as usize];
        stream.read_exact(&mut message)?;
        let Some(bytes) = answer(&message) else {
            return Ok(());
        };
        stream.write_all(&bytes)?;
        // A short answer ends with its connection.
        if bytes.len() < 5 {
            return Ok(());
        }
    }
}

fn framed(kind: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = [&[kind][..], &parts.concat()].concat();
    string(&body)
}

pub(crate) fn string(bytes: &[u8]) -> Vec<u8> {
    let len = u32::try_from(bytes.len()).unwrap();
    [&len.to_be_bytes()[..], bytes].concat()
}

fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (len, rest) = bytes.split_first_chunk().unwrap();
    rest.split_at(u32::from_be_bytes(*len) as usize)
}
