//! What the private tests of this crate share: streams of lists, and short words for paths and facts.

use counterpart_model::{Content, Digest, EntryPath, Fact, Failure, Kind, Timestamp};
use counterpart_port::{Observed, Stream};

struct Listed<T>(std::vec::IntoIter<T>);

impl<T: Send> Stream<T> for Listed<T> {
    fn next_into(&mut self, item: &mut T) -> Result<bool, Failure> {
        Ok(self.0.next().is_some_and(|next| {
            *item = next;
            true
        }))
    }
}

/// A stream of a list.
pub(crate) fn listed<T: Send + 'static>(list: Vec<T>) -> Box<dyn Stream<T>> {
    Box::new(Listed(list.into_iter()))
}

/// A path.
pub(crate) fn path(text: &str) -> EntryPath {
    if text == "." {
        return EntryPath::root();
    }
    EntryPath::checked(text.as_bytes()).unwrap()
}

/// A file that was read: `byte` stands for its content.
pub(crate) fn file(byte: u8, size_bytes: u64) -> Fact {
    let mut fact = Fact {
        size_bytes,
        content: Content::Digest(Digest([byte; 32])),
        ..Fact::of(Kind::File)
    };
    fact.metadata.mtime = Some(Timestamp::new(i64::from(byte), 0));
    fact
}

/// A file that was not read yet.
pub(crate) fn unread(byte: u8, size_bytes: u64) -> Fact {
    Fact {
        content: Content::Unread,
        ..file(byte, size_bytes)
    }
}

/// A directory.
pub(crate) fn directory() -> Fact {
    Fact::of(Kind::Directory)
}

/// An entry that is new at a site.
pub(crate) fn new(at: &str, fact: Fact) -> Observed {
    Observed {
        path: path(at),
        now: Some(fact),
        ..Observed::default()
    }
}

/// An entry that is gone at a site.
pub(crate) fn gone(at: &str, fact: Fact) -> Observed {
    Observed {
        path: path(at),
        before: Some(fact),
        ..Observed::default()
    }
}

/// An entry that another one has taken the place of.
pub(crate) fn changed(at: &str, before: Fact, now: Fact) -> Observed {
    Observed {
        path: path(at),
        before: Some(before),
        now: Some(now),
        ..Observed::default()
    }
}
