//! Changed content, told by an end that lies about it.

use super::fake::CONTENT;
use super::{agent, caller};
use crate::call::{Ask, Call, Part, Told};
use crate::connection::{Channel, Item, decode, encode};
use counterpart_model::{Algorithm, Code, EntryPath, Fact, Failure, Kind, SiteRole};
use counterpart_port::{Basis, ContentReader, Piece, Settled, Site};

const SALT: [u8; 32] = [9; 32];
const OLD: &[u8] = b"the old content";

struct Old;

impl Basis for Old {
    fn len_bytes(&self) -> u64 {
        OLD.len() as u64
    }

    fn read_at(&mut self, buffer: &mut [u8], at: u64) -> Result<usize, Failure> {
        let rest = &OLD[usize::try_from(at).unwrap().min(OLD.len())..];
        let len = rest.len().min(buffer.len());
        buffer[..len].copy_from_slice(&rest[..len]);
        Ok(len)
    }
}

fn to_the_end(reader: &mut dyn ContentReader) -> Result<(Vec<u8>, Settled), Failure> {
    let mut content = Vec::new();
    let mut buffer = [0; 4];
    loop {
        match reader.read(&mut buffer)? {
            Piece::Data(len) => content.extend_from_slice(&buffer[..len]),
            Piece::Hole(_) | Piece::Digested(_) => {}
            Piece::End => {
                let settled = reader.finish(Algorithm::Blake3.of(&content))?;
                return Ok((content, settled));
            }
        }
    }
}

/// What a caller makes of these parts, which an agent tells of a large file.
fn told(basis: bool, parts: Vec<Part>) -> Result<(Vec<u8>, Settled), Failure> {
    let site = caller(move |connection| {
        let channel = connection.next_call().unwrap().channel;
        let _: Ask = channel.message().unwrap();
        let mut fact = Fact::of(Kind::File);
        fact.size_bytes = 1 << 20;
        let follows = false;
        channel
            .send(&Told {
                fact: Ok(fact),
                follows,
            })
            .unwrap();
        let _: Ask = channel.message().unwrap();
        for part in &parts {
            channel.send(part).unwrap();
        }
        while connection.next_call().is_some() {}
    });
    let mut reader = site.content()?;
    reader.open(&EntryPath::checked(b"file").unwrap())?;
    assert!(reader.comes_from_far());
    if basis {
        reader.set_basis(Box::new(Old));
    }
    to_the_end(reader.as_mut())
}

fn end(content: &[u8]) -> Part {
    Part::End(Ok((Settled::Yes, Algorithm::Blake3.of(content))))
}

#[test]
fn a_range_of_old_content_is_taken_only_from_where_it_is() {
    let honest = told(true, vec![Part::Old(4, 3), end(b"old")]);
    assert_eq!(honest, Ok((b"old".to_vec(), Settled::Yes)));
    for (from, len) in [(15, 1), (0, 16), (u64::MAX - 1, 1), (1, u64::MAX)] {
        let failure = told(true, vec![Part::Old(from, len), end(b"")]).unwrap_err();
        assert_eq!(failure.code, Code::Torn, "{from} {len}");
    }
    let unsigned = told(false, vec![Part::Old(0, 1), end(b"t")]).unwrap_err();
    assert_eq!(unsigned.code, Code::SiteLost);
}

#[test]
fn what_was_rebuilt_must_be_what_was_digested_there() {
    let failure = told(true, vec![Part::Old(0, 3), end(b"old")]).unwrap_err();
    assert_eq!(failure.code, Code::Torn, "it is brought again");
}

/// Asks an agent for what changed, with a signature that is none; tells whether it answers.
fn answers(signature: impl FnOnce(&Channel)) -> bool {
    let (connection, _) = agent(SiteRole::Production);
    let call = encode(&Call::Content(Algorithm::Blake3)).unwrap();
    let channel = connection.call(call).unwrap();
    channel
        .send(&Ask::Look(EntryPath::checked(b"file").unwrap()))
        .unwrap();
    let told: Told = channel.message().unwrap();
    assert!(!told.follows);
    channel.send(&Ask::Changed).unwrap();
    signature(&channel);
    let mut content = Vec::new();
    while let Ok(Some(item)) = channel.take() {
        match item {
            Item::Bytes(bytes) => content.extend(bytes),
            Item::Message(part) => {
                let Part::End(Ok(_)) = decode(&part).unwrap() else {
                    panic!("{part:?}");
                };
                assert_eq!(content, CONTENT);
                return true;
            }
        }
    }
    false
}

#[test]
fn a_signature_that_is_none_is_refused_before_it_is_kept() {
    assert!(answers(|channel| channel.send(&None::<(u64, u64)>).unwrap()));
    assert!(answers(|channel| {
        channel.send(&Some((1_u64, 2_048_u64, SALT))).unwrap();
        channel.send_bytes(&[0; 6]).unwrap();
    }));
    // Blocks of no or another length; more of them than anybody has memory for.
    for (len, block) in [
        (1, 0),
        (1, 1),
        (u64::MAX, 2_048),
        (1 << 50, 2_048),
        (u64::MAX, u64::MAX),
    ] {
        let head: (u64, u64, [u8; 32]) = (len, block, SALT);
        assert!(!answers(|channel| channel.send(&Some(head)).unwrap()), "{head:?}");
    }
    // More bytes than were said; words where bytes are due.
    assert!(!answers(|channel| {
        channel.send(&Some((1_u64, 2_048_u64, SALT))).unwrap();
        channel.send_bytes(&[0; 7]).unwrap();
    }));
    assert!(!answers(|channel| {
        channel.send(&Some((1_u64, 2_048_u64, SALT))).unwrap();
        channel.send(&7).unwrap();
    }));
}
