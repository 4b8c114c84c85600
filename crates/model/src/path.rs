//! Paths of entries beneath a root: bytes, compared so that a folder is followed at once by what it holds.
//!
//! A path here is a name, never a location: nothing in this module opens or resolves anything.

use crate::escape;
use std::cmp::Ordering;
use std::fmt;

/// The name at the top of both roots that belongs to Counterpart and is never part of a tree.
pub const RESERVED_NAME: &[u8] = b".counterpart";

/// Longest name of one component, in bytes, that any supported filesystem holds.
pub const MAX_NAME_BYTES: usize = 255;

/// A path beneath a root: components joined by `/`, without a leading or trailing one. The empty path is the root.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct EntryPath(Vec<u8>);

/// Why bytes from elsewhere are not a path beneath a root.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// A component is empty, `.` or `..`.
    #[error("a component is empty, \".\" or \"..\"")]
    Component,
    /// A component has a NUL byte.
    #[error("a component has a NUL byte")]
    Nul,
    /// A component is longer than [`MAX_NAME_BYTES`].
    #[error("a component is longer than 255 bytes")]
    TooLong,
    /// The first component is `.counterpart`.
    #[error("the name .counterpart belongs to Counterpart")]
    Reserved,
}

impl EntryPath {
    /// The root itself.
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// Takes bytes that come from another machine, a file or a person.
    ///
    /// # Errors
    /// A [`PathError`] when any component could leave the root or is not a name.
    pub fn checked(bytes: &[u8]) -> Result<Self, PathError> {
        if bytes.is_empty() {
            return Ok(Self::root());
        }
        for (position, name) in bytes.split(|&byte| byte == b'/').enumerate() {
            check_name(name)?;
            if position == 0 && name == RESERVED_NAME {
                return Err(PathError::Reserved);
            }
        }
        Ok(Self(bytes.to_vec()))
    }

    /// Takes bytes that this process made itself, from names that a directory listing gave.
    pub fn trusted(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes of the path.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// True for the root itself.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The last component; empty for the root.
    pub fn name(&self) -> &[u8] {
        split(&self.0).1
    }

    /// The directory that holds this entry; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        (!self.is_root()).then(|| Self(split(&self.0).0.to_vec()))
    }

    /// This path with one more component.
    pub fn join(&self, name: &[u8]) -> Self {
        let mut joined = self.clone();
        joined.push(name);
        joined
    }

    /// Adds one component in place.
    pub fn push(&mut self, name: &[u8]) {
        if !self.0.is_empty() {
            self.0.push(b'/');
        }
        self.0.extend_from_slice(name);
    }

    /// Replaces the whole path, keeping the allocation.
    pub fn set(&mut self, bytes: &[u8]) {
        self.0.clear();
        self.0.extend_from_slice(bytes);
    }

    /// Cuts the path to its first `len_bytes` bytes.
    pub fn truncate(&mut self, len_bytes: usize) {
        self.0.truncate(len_bytes);
    }

    /// The components, outermost first; none for the root.
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.0.split(|&byte| byte == b'/').filter(|name| !name.is_empty())
    }

    /// True when `self` lies beneath `directory`; a directory does not lie beneath itself.
    pub fn is_beneath(&self, directory: &Self) -> bool {
        if directory.is_root() {
            return !self.is_root();
        }
        self.0.len() > directory.0.len()
            && self.0.starts_with(&directory.0)
            && self.0[directory.0.len()] == b'/'
    }
}

/// Splits a path into its directory and its last component.
pub fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (&[], path),
    }
}

/// Checks one component: not empty, not `.` or `..`, no `/` or NUL, at most [`MAX_NAME_BYTES`].
///
/// # Errors
/// The rule it breaks.
pub fn check_name(name: &[u8]) -> Result<(), PathError> {
    if name.is_empty() || name == b"." || name == b".." || name.contains(&b'/') {
        Err(PathError::Component)
    } else if name.contains(&0) {
        Err(PathError::Nul)
    } else if name.len() > MAX_NAME_BYTES {
        Err(PathError::TooLong)
    } else {
        Ok(())
    }
}

/// The order of every stream of facts: bytewise, with `/` as the lowest byte.
pub fn compare(left: &[u8], right: &[u8]) -> Ordering {
    let shared = left.len().min(right.len());
    let at = common_prefix(left, right);
    if at == shared {
        return left.len().cmp(&right.len());
    }
    let rank = |byte: u8| if byte == b'/' { 0 } else { byte };
    rank(left[at]).cmp(&rank(right[at]))
}

/// How many leading bytes two paths share; eight at a time, since paths of neighbours are mostly alike.
pub fn common_prefix(left: &[u8], right: &[u8]) -> usize {
    let shared = left.len().min(right.len());
    let words = left[..shared]
        .chunks_exact(8)
        .zip(right[..shared].chunks_exact(8));
    let start = 8 * words.take_while(|(a, b)| a == b).count();
    start
        + left[start..shared]
            .iter()
            .zip(&right[start..shared])
            .take_while(|(a, b)| a == b)
            .count()
}

impl Ord for EntryPath {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.0, &other.0)
    }
}

impl PartialOrd for EntryPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for EntryPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            out.write_str(".")
        } else {
            out.write_str(&escape::shown(&self.0))
        }
    }
}

impl fmt::Debug for EntryPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "\"{self}\"")
    }
}

impl serde::Serialize for EntryPath {
    /// In text the shown form, elsewhere the bytes.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

impl<'de> serde::Deserialize<'de> for EntryPath {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = if deserializer.is_human_readable() {
            let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
            if text == "." {
                Vec::new()
            } else {
                escape::from_shown(&text)
            }
        } else {
            <serde_bytes::ByteBuf>::deserialize(deserializer)?.into_vec()
        };
        Self::checked(&bytes).map_err(serde::de::Error::custom)
    }
}
