//! Sets of globs over paths beneath a root, on bytes. Whether a later glob undoes an earlier one is its user's rule.
//!
//! `?` and a class match one byte, for the library that compiles globs knows no characters. So a class that names a
//! character of several bytes would never match it, and is refused.

use crate::{Code, Failure};
use globset::{GlobBuilder, GlobMatcher};

/// Globs of which any one may match.
#[derive(Clone, Debug, Default)]
pub struct PathGlobs(Vec<GlobMatcher>);

impl PathGlobs {
    /// Compiles globs; one without `/` matches a name at any depth, one with `/` is anchored at the root.
    ///
    /// # Errors
    /// `config`, naming the glob that cannot be understood.
    pub fn new(patterns: &[String]) -> Result<Self, Failure> {
        patterns
            .iter()
            .map(|pattern| compile(pattern))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// True when there is no glob.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True when any glob matches the path.
    pub fn matches(&self, path: &[u8]) -> bool {
        use std::os::unix::ffi::OsStrExt;
        !self.0.is_empty() && {
            let path = std::path::Path::new(std::ffi::OsStr::from_bytes(path));
            self.0.iter().any(|glob| glob.is_match(path))
        }
    }
}

/// Refuses a class with a character that is more than one byte; the words of the failure are the reason alone.
///
/// # Errors
/// The reason, with what to write instead.
pub fn check_classes(pattern: &str) -> Result<(), String> {
    let mut rest = pattern;
    while let Some(at) = rest.find(['\\', '[']) {
        let (opened, after) = (rest.as_bytes()[at] == b'[', &rest[at + 1..]);
        if !opened {
            let mut letters = after.chars();
            letters.next();
            rest = letters.as_str();
            continue;
        }
        let listed = after.trim_start_matches(['!', '^']);
        // A bracket that comes first is one of the listed.
        let first = usize::from(listed.starts_with(']'));
        let Some(len) = listed[first..].find(']') else {
            return Ok(());
        };
        let (class, after) = listed.split_at(first + len);
        if let Some(wide) = class.chars().find(|letter| !letter.is_ascii()) {
            return Err(format!(
                "a class takes single bytes, and {wide:?} is several: write {{{wide},...}} with each character in braces"
            ));
        }
        rest = after;
    }
    Ok(())
}

fn compile(pattern: &str) -> Result<GlobMatcher, Failure> {
    let refuse = |why: String| Failure::new(Code::Config, format!("reading the glob {pattern:?}"), why);
    check_classes(pattern).map_err(refuse)?;
    let anchored = pattern.strip_prefix('/').unwrap_or(pattern);
    let whole = if pattern.contains('/') {
        anchored.to_owned()
    } else {
        format!("**/{pattern}")
    };
    GlobBuilder::new(&whole)
        .literal_separator(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| refuse(error.kind().to_string()))
}
