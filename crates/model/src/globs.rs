//! Sets of globs over paths beneath a root, on bytes. Whether a later glob undoes an earlier one is its user's rule.

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

fn compile(pattern: &str) -> Result<GlobMatcher, Failure> {
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
        .map_err(|error| {
            Failure::new(
                Code::Config,
                format!("reading the glob {pattern:?}"),
                error.kind(),
            )
        })
}
