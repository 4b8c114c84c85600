//! A site that holds one file and can be asked everything; most answers are that there is nothing.

use super::fake_apply::FakeApply;
use counterpart_model::{Code, Digest, EntryPath, Fact, Failure, Finding, Kind, Owner, Row, Timestamp};
use counterpart_port::{
    Act, Apply, Attributes, ChainHead, Closed, CommandName, Commands, ContentReader, Ended, ExcludedEntry,
    Expired, Export, ExportSink, ExportedEntry, Extent, HistoryId, HowEnded, KnownFile, Listing, Observed,
    Offered, OpenRequest, Opened, Output, PassHistory, Piece, Room, ScanReport, ScanRequest, Settled, Site,
    Standby, Stream, Task, Version, Watch,
};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

pub(super) const CONTENT: &[u8] = b"the content";

pub(super) struct FakeSite;

fn none<T>() -> Result<T, Failure> {
    Err(Failure::new(Code::NotFound, "asking the fake", "it has none"))
}

impl Site for FakeSite {
    fn open(&self, _: &OpenRequest) -> Result<Opened, Failure> {
        none()
    }

    fn scan(
        &self,
        _: &ScanRequest,
        _: &mut (dyn FnMut(Finding) + Send),
        watch: &dyn Watch,
    ) -> Result<ScanReport, Failure> {
        // Until somebody interrupts it.
        while !watch.interrupted() {
            std::thread::yield_now();
        }
        none()
    }

    fn observed(&self, _: Extent) -> Result<Box<dyn Stream<Observed> + '_>, Failure> {
        none()
    }

    fn excluded(&self) -> Result<Box<dyn Stream<ExcludedEntry> + '_>, Failure> {
        none()
    }

    fn content(&self) -> Result<Box<dyn ContentReader + '_>, Failure> {
        Ok(Box::new(FakeReader(false)))
    }

    fn same_tree(&self) -> Result<(), Failure> {
        Ok(())
    }

    fn files(&self, _: &EntryPath) -> Result<Box<dyn Stream<KnownFile> + '_>, Failure> {
        none()
    }

    fn close(&self) -> Result<Closed, Failure> {
        none()
    }

    fn abandon(&self) {}

    fn listing(&self, _: bool) -> Result<Option<Listing<'_>>, Failure> {
        Ok(None)
    }

    fn row(&self, _: &EntryPath) -> Result<Option<Row>, Failure> {
        Ok(None)
    }

    fn chain_head(&self) -> Result<Option<ChainHead>, Failure> {
        Ok(None)
    }

    fn keep_chain_head(&self, _: &ChainHead) -> Result<(), Failure> {
        Ok(())
    }
}

impl Standby for FakeSite {
    fn room(&self) -> Result<Room, Failure> {
        Ok(Room {
            free_bytes: 1,
            free_entries: None,
        })
    }

    fn adopt(&self) -> Result<(), Failure> {
        Ok(())
    }

    fn apply(&self) -> Result<Box<dyn Apply + '_>, Failure> {
        Ok(Box::new(FakeApply))
    }

    fn versions(&self, _: &EntryPath) -> Result<Vec<Version>, Failure> {
        let version = |n: u64| Version {
            id: HistoryId(format!("pass/{n}")),
            path: EntryPath::root(),
            fact: Fact::of(Kind::File),
            set_aside_seconds: 1,
            why: "replaced".to_owned(),
        };
        Ok((0..MANY).map(version).collect())
    }

    fn export(&self, _: &Export, sink: &mut dyn ExportSink) -> Result<(), Failure> {
        sink.begin(&entry("", Kind::Directory, 0))?;
        sink.begin(&entry("file", Kind::File, CONTENT.len() as u64 + 4))?;
        sink.data(CONTENT)?;
        sink.hole(4)?;
        sink.end()?;
        sink.end()
    }

    fn expired(&self, keep_seconds: u64) -> Result<Expired, Failure> {
        let pass = |n: u64| PassHistory {
            pass: format!("pass-{n}"),
            entries: n,
            bytes: n,
            last_seconds: 1,
        };
        Ok(Expired {
            keep_seconds,
            before_seconds: 2,
            passes: (0..MANY).map(pass).collect(),
        })
    }

    fn end_history(&self, _: &[String], _: u64) -> Result<(), Failure> {
        none()
    }
}

/// More than one message can hold.
pub(super) const MANY: u64 = 20_000;

/// An entry that is brought out.
pub(super) fn entry(name: &str, kind: Kind, size_bytes: u64) -> ExportedEntry {
    ExportedEntry {
        name: name.into(),
        kind,
        size_bytes,
        target: Vec::new(),
        mode: 0o6755,
        mtime: Timestamp::new(1, 0),
        owner: Owner("root:root".into()),
        attributes: Attributes::default(),
    }
}

/// Reads the one content, once an opening.
struct FakeReader(bool);

impl ContentReader for FakeReader {
    fn open(&mut self, _: &EntryPath) -> Result<Fact, Failure> {
        self.0 = false;
        let mut fact = Fact::of(Kind::File);
        fact.size_bytes = CONTENT.len() as u64;
        Ok(fact)
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<Piece, Failure> {
        if std::mem::replace(&mut self.0, true) {
            return Ok(Piece::End);
        }
        let len = buffer.len().min(CONTENT.len());
        buffer[..len].copy_from_slice(&CONTENT[..len]);
        Ok(Piece::Data(len))
    }

    fn finish(&mut self, _: Digest) -> Result<Settled, Failure> {
        Ok(Settled::Yes)
    }

    fn recall(&mut self, _: Digest, _: i64) -> Result<Settled, Failure> {
        Ok(Settled::Yes)
    }

    fn attributes(&mut self, _: &EntryPath) -> Result<Attributes, Failure> {
        none()
    }
}

/// One command that writes its name to both outputs, and one that runs until it is interrupted.
pub(super) struct FakeCommands;

/// Seconds of all that was marked.
pub(super) static MARKED: AtomicU64 = AtomicU64::new(0);

impl Commands for FakeCommands {
    fn offered(&self) -> Result<Vec<Offered>, Failure> {
        let offered = |name| Offered {
            name: CommandName::checked(name).unwrap(),
            program: "fake".to_owned(),
            timeout_seconds: 1,
        };
        Ok(["echo", "hang"].map(offered).into())
    }

    fn permits(&self, _: &[Task]) -> Result<(), Failure> {
        Ok(())
    }

    fn act(
        &self,
        task: &Task,
        output: &mut (dyn FnMut(Output<'_>) + Send),
        watch: &dyn Watch,
    ) -> Result<Ended, Failure> {
        let Act::Command(name) = &task.act else {
            return none();
        };
        output(Output::Standard(name.as_str().as_bytes()));
        output(Output::Errors(name.as_str().as_bytes()));
        match name.as_str() {
            "mark" => {
                MARKED.fetch_add(task.timeout_seconds, Relaxed);
                none()
            }
            "echo" => Ok(Ended {
                how: HowEnded::Exited(7),
                omitted_bytes: 1,
                omitted_error_bytes: 2,
            }),
            "hang" => {
                while !watch.interrupted() {
                    std::thread::yield_now();
                }
                Err(Failure::new(Code::Interrupted, "hanging", "it was asked to end"))
            }
            _ => none(),
        }
    }
}
