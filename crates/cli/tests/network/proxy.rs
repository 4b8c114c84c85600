//! A proxy between ssh and sshd, for what needs no privilege: delay, and a cut at any byte.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const BUFFER_BYTES: usize = 16 << 10;

/// See the module. What it began ends with its connections, and those with it.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    to: SocketAddr,
    delay: Duration,
    passed: AtomicU64,
    /// All connections are cut after so many bytes.
    last: AtomicU64,
    ended: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    /// One that passes everything on to `to`, so long after it came.
    pub(crate) fn new(to: SocketAddr, delay: Duration) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            to,
            delay,
            passed: AtomicU64::new(0),
            last: AtomicU64::new(u64::MAX),
            ended: AtomicBool::new(false),
            open: Mutex::default(),
        });
        let serving = shared.clone();
        std::thread::spawn(move || {
            for near in listener.incoming() {
                if serving.ended.load(SeqCst) {
                    return;
                }
                serving.join(near.unwrap());
            }
        });
        Self { address, shared }
    }

    /// Bytes that passed since this was asked for the last time.
    pub(crate) fn passed(&self) -> u64 {
        self.shared.passed.swap(0, SeqCst)
    }

    /// Cuts every connection after so many bytes more; those that follow are cut at once.
    pub(crate) fn cut_after(&self, bytes: u64) {
        self.shared.passed.store(0, SeqCst);
        self.shared.last.store(bytes, SeqCst);
    }

    pub(crate) fn mend(&self) {
        self.shared.last.store(u64::MAX, SeqCst);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, SeqCst);
        self.shared.cut();
        // Wakes the listener, which may be gone.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn join(self: &Arc<Self>, near: TcpStream) {
        // A daemon that has ended ends what is asked of it.
        let Ok(far) = TcpStream::connect(self.to) else {
            return;
        };
        for stream in [&near, &far] {
            stream.set_nodelay(true).unwrap();
            self.open.lock().unwrap().push(stream.try_clone().unwrap());
        }
        self.pass(near.try_clone().unwrap(), far.try_clone().unwrap());
        self.pass(far, near);
    }

    /// Passes one direction on, in two threads: one knows when, the other what.
    fn pass(self: &Arc<Self>, mut from: TcpStream, to: TcpStream) {
        let (sender, receiver) = channel();
        let (reading, writing) = (self.clone(), self.clone());
        std::thread::spawn(move || {
            let mut buffer = [0; BUFFER_BYTES];
            while let Ok(len @ 1..) = from.read(&mut buffer) {
                let due = Instant::now() + reading.delay;
                if sender.send((due, buffer[..len].to_vec())).is_err() {
                    return;
                }
            }
        });
        std::thread::spawn(move || writing.write(to, &receiver));
    }

    fn write(&self, mut to: TcpStream, coming: &Receiver<(Instant, Vec<u8>)>) {
        for (due, bytes) in coming {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let len = bytes.len() as u64;
            let before = self.passed.fetch_add(len, SeqCst);
            let left = self.last.load(SeqCst).saturating_sub(before);
            let part = usize::try_from(left.min(len)).unwrap();
            let written = to.write_all(&bytes[..part]);
            if left < len {
                self.cut();
            }
            if written.is_err() {
                return;
            }
        }
        // It is cut, or its other side has nothing more to say.
        let _ = to.shutdown(Shutdown::Write);
    }

    fn cut(&self) {
        for stream in self.open.lock().unwrap().drain(..) {
            // It may have ended by itself.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}
