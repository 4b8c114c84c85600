//! A BagIt bag (RFC 8493) in one tar file: evidence to hand over.
//!
//! The same payload in the same order gives the same bytes: no entry has a time, an owner or a mode of its own. What belongs
//! into a pack is not known here.

use counterpart_model::{Algorithm, Code, Digest, Failure};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Read, Seek, Write};
use tar::{Builder, EntryType, Header};

const DECLARATION: &[u8] = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// A bag that is being written.
pub struct Bag<W: Write> {
    tar: Builder<W>,
    /// The one directory that all lies in.
    name: String,
    /// SHA-256 of each payload file, by its name.
    payload: BTreeMap<String, Digest>,
    payload_bytes: u64,
}

impl<W: Write> Bag<W> {
    /// Begins a bag, which unpacks into a directory of this name.
    pub fn begin(out: W, name: &str) -> Self {
        Self {
            tar: Builder::new(out),
            name: name.to_owned(),
            payload: BTreeMap::new(),
            payload_bytes: 0,
        }
    }

    /// Adds a payload file.
    ///
    /// # Errors
    /// The output cannot be written, or the name is there already or is none for a bag.
    pub fn add(&mut self, name: &str, content: &[u8]) -> Result<(), Failure> {
        self.add_from(name, &mut io::Cursor::new(content))
    }

    /// Adds a payload file that is read twice: to be digested, and to be copied.
    ///
    /// # Errors
    /// As of [`Bag::add`], or it cannot be read, or changes meanwhile.
    pub fn add_from<R: Read + Seek>(&mut self, name: &str, content: &mut R) -> Result<(), Failure> {
        let name = format!("data/{name}");
        if !is_plain(&name) || self.payload.contains_key(&name) {
            return Err(unwritable(format!("{name} cannot be a name in it")));
        }
        let (sha256, len_bytes) = digested(content).map_err(unwritable)?;
        self.put(&name, len_bytes, content)?;
        self.payload.insert(name, sha256);
        self.payload_bytes += len_bytes;
        Ok(())
    }

    /// Adds the bag's own files, and ends it. `info` are the lines of `bag-info.txt`, each a label and a value without
    /// line ends; what was counted is added.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn finish(mut self, info: &[(&str, String)]) -> Result<W, Failure> {
        let mut text = String::new();
        for (label, value) in info {
            let value = value.replace(['\r', '\n'], " ");
            // Writing to a string does not fail.
            let _ = writeln!(text, "{label}: {value}");
        }
        let _ = writeln!(
            text,
            "Payload-Oxum: {}.{}",
            self.payload_bytes,
            self.payload.len()
        );
        let mut tags = BTreeMap::new();
        for (name, content) in [
            ("bagit.txt", DECLARATION),
            ("bag-info.txt", text.as_bytes()),
            ("manifest-sha256.txt", listed(&self.payload).as_bytes()),
        ] {
            self.put(name, content.len() as u64, &mut &*content)?;
            tags.insert(name.to_owned(), Algorithm::Sha256.of(content));
        }
        let tags = listed(&tags);
        self.put("tagmanifest-sha256.txt", tags.len() as u64, &mut tags.as_bytes())?;
        self.tar.into_inner().map_err(unwritable)
    }

    fn put(&mut self, name: &str, len_bytes: u64, content: &mut dyn Read) -> Result<(), Failure> {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_size(len_bytes);
        header.set_mode(0o644);
        header.set_mtime(0);
        let (path, mut exactly) = (format!("{}/{name}", self.name), content.take(len_bytes));
        self.tar
            .append_data(&mut header, path, &mut exactly)
            .map_err(unwritable)?;
        if exactly.limit() > 0 {
            return Err(unwritable(format!("{name} became shorter")));
        }
        Ok(())
    }
}

/// Digest and length of a content, which is then at its beginning.
fn digested(content: &mut (impl Read + Seek)) -> io::Result<(Digest, u64)> {
    content.rewind()?;
    let digested = Algorithm::Sha256.of_stream(content)?;
    content.rewind()?;
    Ok(digested)
}

/// Names that need no escape in a bag's lists, and lead nowhere else.
fn is_plain(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    let is_part = |part: &str| !part.is_empty() && part != "." && part != "..";
    name.bytes().all(is_plain) && name.split('/').all(is_part)
}

fn listed(files: &BTreeMap<String, Digest>) -> String {
    let mut list = String::new();
    for (name, sha256) in files {
        // Writing to a string does not fail.
        let _ = writeln!(list, "{sha256}  {name}");
    }
    list
}

fn unwritable(why: impl std::fmt::Display) -> Failure {
    Failure::new(Code::Io, "writing a pack", why)
}
