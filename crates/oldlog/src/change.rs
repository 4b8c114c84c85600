//! One itemised line: what it says was done to which entry.

use crate::letters::{NO_TYPE, field};
use crate::name::{Ends, readings};

pub use crate::letters::Form;
pub use crate::name::Reading;

/// What a line says was done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The eleven letters, put back where some were lost; `?` for a type that is not said.
    pub letters: String,
    /// How they were written.
    pub form: Form,
    /// What they mean.
    pub done: Done,
    /// The entry. Where the line can be read in several ways, all of them, the likeliest first.
    pub readings: Vec<Reading>,
}

/// What was done to an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Done {
    /// Its content went to another host.
    Sent,
    /// Its content came to this host.
    Received,
    /// It was made without content: a directory, a symbolic link, a special file.
    Created,
    /// It was made another name of a file.
    Linked,
    /// It was changed without content: where a symbolic link points.
    Changed,
    /// Its attributes were changed.
    Attributes,
    /// Nothing: it was as it should be.
    Unchanged,
    /// It was removed.
    Deleted,
    /// The log does not say.
    Unknown,
}

impl Change {
    /// Reads an itemised line without its stamp; `None` where it is none.
    pub fn of(text: &[u8], stamped: bool) -> Option<Self> {
        if let Some((form, name)) = deleting(text) {
            return Self::deletion(form, name);
        }
        let (field, name) = field(text, stamped)?;
        let [update, kind, ..] = field.letters;
        let ends = Ends {
            target: kind == b'L',
            leader: update == b'h',
            remark: field.form == Form::Collapsed,
            slash: kind == b'd' || kind == NO_TYPE,
        };
        Self {
            letters: field.letters.iter().map(|&letter| char::from(letter)).collect(),
            form: field.form,
            done: done(&field.letters),
            readings: readings(name, ends),
        }
        .said()
    }

    fn deletion(form: Form, name: &[u8]) -> Option<Self> {
        let ends = Ends {
            remark: form == Form::Collapsed,
            slash: true,
            ..Ends::default()
        };
        Self {
            letters: "*deleting  ".to_owned(),
            form,
            done: Done::Deleted,
            readings: readings(name, ends),
        }
        .said()
    }

    fn said(self) -> Option<Self> {
        (!self.readings.is_empty()).then_some(self)
    }
}

/// `*deleting   name`, with one blank in versions before 3.0 and where blanks were lost, and `deleting name` in logs
/// without letters.
fn deleting(text: &[u8]) -> Option<(Form, &[u8])> {
    if let Some(name) = text.strip_prefix(b"*deleting   ") {
        return Some((Form::Exact, name));
    }
    if let Some(name) = text.strip_prefix(b"*deleting ") {
        return Some((Form::Collapsed, name));
    }
    let name = text.strip_prefix(b"deleting ")?;
    (!name.starts_with(b"in ")).then_some((Form::Word, name))
}

fn done(letters: &[u8; 11]) -> Done {
    let attributes = &letters[2..];
    let is_new = attributes[0] == b'+';
    let is_blank = attributes.iter().all(|letter| matches!(letter, b' ' | b'.'));
    match letters[0] {
        b'<' => Done::Sent,
        b'>' => Done::Received,
        _ if attributes[0] == b'?' => Done::Unknown,
        b'h' if is_new => Done::Linked,
        b'c' if is_new => Done::Created,
        _ if is_new => Done::Unknown,
        _ if is_blank => Done::Unchanged,
        b'c' => Done::Changed,
        _ => Done::Attributes,
    }
}
