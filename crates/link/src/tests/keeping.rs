//! What a far site keeps, asked for by an honest caller of an honest agent, and told with lies.

use super::fake::{CONTENT, MANY, entry};
use super::hostile_agent::{once, path};
use super::{both, caller};
use crate::call::{Batch, EXPORT_DIGEST, Sent};
use crate::connection::Channel;
use counterpart_model::{Code, EntryPath, Failure, Kind, SiteRole};
use counterpart_port::{
    Export, ExportSink, ExportedEntry, Listed, ListingHead, PassHistory, Site as _, Standby as _, Version,
};

/// Writes down what comes.
#[derive(Default)]
struct Notes(Vec<String>);

impl ExportSink for Notes {
    fn begin(&mut self, entry: &ExportedEntry) -> Result<(), Failure> {
        let name = String::from_utf8_lossy(&entry.name);
        self.0
            .push(format!("{} {name:?} {:o}", entry.kind.word(), entry.mode));
        Ok(())
    }

    fn data(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.0.push(String::from_utf8_lossy(bytes).into_owned());
        Ok(())
    }

    fn hole(&mut self, len_bytes: u64) -> Result<(), Failure> {
        self.0.push(format!("hole {len_bytes}"));
        if len_bytes > 1 << 30 {
            return Err(Failure::new(Code::Io, "taking a hole", "it is too long"));
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Failure> {
        self.0.push("end".to_owned());
        Ok(())
    }
}

fn wanted() -> Export {
    Export::Present(path("file"))
}

#[test]
fn an_export_comes_as_it_is_but_runs_as_nobody() {
    let mut notes = Notes::default();
    both(SiteRole::Standby).export(&wanted(), &mut notes).unwrap();
    let content = std::str::from_utf8(CONTENT).unwrap();
    let expected = [
        "directory \"\" 6755",
        "file \"file\" 755",
        content,
        "hole 4",
        "end",
        "end",
    ];
    assert_eq!(notes.0, expected);
}

#[test]
fn lists_that_no_message_can_hold_come_whole() {
    let site = both(SiteRole::Standby);
    let versions = site.versions(&EntryPath::root()).unwrap();
    assert_eq!(versions.len() as u64, MANY);
    assert_eq!(versions.last().unwrap().id.0, format!("pass/{}", MANY - 1));
    let expired = site.expired(7).unwrap();
    assert_eq!((expired.keep_seconds, expired.before_seconds), (7, 2));
    assert_eq!(expired.passes.len() as u64, MANY);
    let passes: Vec<String> = expired.passes.into_iter().map(|pass| pass.pass).collect();
    assert_eq!(site.end_history(&passes, 7).unwrap_err().code, Code::NotFound);
    assert!(site.listing(true).unwrap().is_none());
    assert_eq!(site.row(&path("file")).unwrap(), None);
    assert_eq!(site.chain_head().unwrap(), None);
}

/// What comes of an export that is answered so.
fn exported(answer: impl FnOnce(&Channel) -> Result<(), Failure> + Send + 'static) -> Result<(), Failure> {
    let site = caller(once(|channel| drop(answer(channel))));
    site.export(&wanted(), &mut Notes::default())
}

fn begin(channel: &Channel, kind: Kind) -> Result<(), Failure> {
    channel.send(&Sent::Begin(Box::new(entry("", kind, 3))))
}

#[test]
fn an_export_that_lies_is_refused() {
    let done = || Sent::Done(Ok(()));
    let honest = exported(move |channel| {
        begin(channel, Kind::File)?;
        channel.send_bytes(b"abc")?;
        channel.send(&Sent::End(Some(EXPORT_DIGEST.of(b"abc"))))?;
        channel.send(&done())
    });
    assert_eq!(honest, Ok(()));
    let lies = [
        exported(move |channel| channel.send(&done())),
        exported(|channel| channel.send(&Sent::End(None))),
        exported(|channel| channel.send_bytes(b"abc")),
        exported(|channel| channel.send(&Sent::Hole(1))),
        exported(|channel| begin(channel, Kind::File)),
        exported(move |channel| {
            begin(channel, Kind::File)?;
            channel.send(&done())
        }),
        exported(|channel| {
            begin(channel, Kind::File)?;
            begin(channel, Kind::File)
        }),
        exported(|channel| {
            begin(channel, Kind::Symlink)?;
            begin(channel, Kind::File)
        }),
        exported(|channel| {
            begin(channel, Kind::Directory)?;
            channel.send(&Sent::End(None))?;
            begin(channel, Kind::Directory)
        }),
        exported(|channel| {
            begin(channel, Kind::File)?;
            channel.send_bytes(b"abx")?;
            channel.send(&Sent::End(Some(EXPORT_DIGEST.of(b"abc"))))
        }),
        exported(|channel| {
            begin(channel, Kind::File)?;
            channel.send(&Sent::End(None))
        }),
        exported(|channel| {
            loop {
                begin(channel, Kind::Directory)?;
            }
        }),
    ];
    for (number, lie) in lies.into_iter().enumerate() {
        assert_eq!(lie.unwrap_err().code, Code::SiteLost, "{number}");
    }
    // A hole longer than any file is the sink's to refuse, before a byte of it is digested.
    let long = exported(|channel| {
        begin(channel, Kind::File)?;
        channel.send(&Sent::Hole(u64::MAX))
    });
    assert_eq!(long.unwrap_err().why, "it is too long");
}

fn head() -> ListingHead {
    ListingHead {
        pair: "p".to_owned(),
        role: SiteRole::Standby,
        algorithm: counterpart_model::Algorithm::Blake3,
        grain: counterpart_model::Grain::NANOSECOND,
        at_seconds: 1,
        root: counterpart_model::Digest([0; 32]),
        tally: counterpart_model::Tally::default(),
    }
}

fn listed(name: &str) -> Listed {
    let mut listed = Listed::default();
    listed.row.path = path(name);
    listed
}

#[test]
fn a_listing_out_of_order_or_without_its_end_is_refused() {
    let site = caller(once(|channel| {
        channel.send(&Ok::<_, Failure>(Some(head()))).unwrap();
        let items = vec![listed("b"), listed("a")];
        channel.send(&Batch::Items(items)).unwrap();
    }));
    let (_, mut rows) = site.listing(false).unwrap().unwrap();
    let mut item = Listed::default();
    assert!(rows.next_into(&mut item).unwrap());
    assert_eq!(rows.next_into(&mut item).unwrap_err().code, Code::SiteLost);

    let site = caller(once(|channel| {
        channel.send(&Ok::<_, Failure>(Some(head()))).unwrap();
    }));
    let (_, mut rows) = site.listing(false).unwrap().unwrap();
    assert!(rows.next_into(&mut item).is_err());
}

#[test]
fn the_row_of_another_path_is_refused() {
    let site = caller(once(|channel| {
        channel
            .send(&Ok::<_, Failure>(Some(listed("other").row)))
            .unwrap();
    }));
    assert_eq!(site.row(&path("file")).unwrap_err().code, Code::SiteLost);
}

#[test]
fn lists_without_their_ends_are_refused() {
    let site = caller(once(|channel| {
        channel.send(&Batch::<Version>::Items(Vec::new())).unwrap();
    }));
    assert_eq!(site.versions(&path("a")).unwrap_err().code, Code::SiteLost);
    let site = caller(once(|channel| {
        channel.send(&Batch::<PassHistory>::End(Ok(()))).unwrap();
    }));
    assert!(site.expired(1).is_err());
}
