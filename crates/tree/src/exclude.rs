//! Which entries a policy leaves out, by globs over the bytes of their paths.
//!
//! Precedence, in full:
//!
//! 1. A pattern without `/` matches a **name at any depth**; a pattern with `/`, other than one at its end, is
//!    **anchored at the root** (`**/x/y` floats again). A `/` at the front anchors and is otherwise ignored.
//! 2. `*` and `?` never match `/`; `**` matches any number of whole components; `[a-z]` and `{a,b}` work as usual, and
//!    a backslash takes the next byte as it is. `?` and a class match one byte; a class of longer characters is refused.
//! 3. A `/` at the end matches **directories only**.
//! 4. A `!` at the front **brings back in** what the rest matches.
//! 5. Of all patterns that match an entry, the **last one** decides; an entry that none matches is in.
//! 6. **Beneath an excluded directory everything is excluded**; nothing in it can be brought back in.
//! 7. The root itself is never excluded.
//!
//! [`Excluder::excludes`] answers by rules 1 to 5 for one entry; the walk sees to rule 6, as does
//! [`Excluder::excludes_somewhere`] for a path on its own.

use counterpart_model::globs::check_classes;
use counterpart_model::{Code, EntryPath, Failure};
use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

/// A compiled set of exclude patterns. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Excluder {
    rules: Option<Arc<Rules>>,
}

#[derive(Debug)]
struct Rules {
    globs: GlobSet,
    effects: Vec<Effect>,
}

#[derive(Clone, Copy, Debug)]
struct Effect {
    excludes: bool,
    directories_only: bool,
}

impl Excluder {
    /// Compiles patterns, in the order in which the configuration lists them.
    ///
    /// # Errors
    /// `config`, naming the pattern that is none.
    pub fn new(patterns: &[String]) -> Result<Self, Failure> {
        if patterns.is_empty() {
            return Ok(Self::default());
        }
        let mut globs = GlobSetBuilder::new();
        let mut effects = Vec::with_capacity(patterns.len());
        for pattern in patterns {
            let (glob, effect) = compile(pattern)?;
            globs.add(glob);
            effects.push(effect);
        }
        let globs = globs
            .build()
            .map_err(|error| Failure::new(Code::Config, "compiling the exclude patterns", error))?;
        Ok(Self {
            rules: Some(Arc::new(Rules { globs, effects })),
        })
    }

    /// True when there is no pattern, so that nothing needs to be asked.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.rules.is_none()
    }

    /// True when the patterns leave this entry out on its own account.
    pub fn excludes(&self, path: &[u8], directory: bool) -> bool {
        let Some(rules) = &self.rules else {
            return false;
        };
        if path.is_empty() {
            return false;
        }
        let matched = rules.globs.matches_candidate(&candidate(path));
        let applies = |at: &&usize| directory || !rules.effects[**at].directories_only;
        matched
            .iter()
            .filter(applies)
            .max()
            .is_some_and(|&at| rules.effects[at].excludes)
    }

    /// True when the entry, or any directory above it, is left out.
    pub fn excludes_somewhere(&self, path: &EntryPath, directory: bool) -> bool {
        if self.is_empty() {
            return false;
        }
        let bytes = path.as_bytes();
        let slashes = bytes.iter().enumerate().filter(|&(_, &byte)| byte == b'/');
        slashes
            .into_iter()
            .any(|(at, _)| self.excludes(&bytes[..at], true))
            || self.excludes(bytes, directory)
    }
}

pub(crate) fn candidate(path: &[u8]) -> Candidate<'_> {
    Candidate::new(Path::new(OsStr::from_bytes(path)))
}

fn compile(pattern: &str) -> Result<(globset::Glob, Effect), Failure> {
    let (excludes, body) = pattern
        .strip_prefix('!')
        .map_or((true, pattern), |body| (false, body));
    let (directories_only, body) = body.strip_suffix('/').map_or((false, body), |body| (true, body));
    let glob = glob(body).map_err(|why| {
        Failure::new(
            Code::Config,
            format!("reading the exclude pattern {pattern:?}"),
            why,
        )
    })?;
    Ok((
        glob,
        Effect {
            excludes,
            directories_only,
        },
    ))
}

/// Compiles one pattern without `!` and closing `/` by rules 1 and 2; the words of the failure are the reason alone.
pub(crate) fn glob(body: &str) -> Result<globset::Glob, String> {
    check_classes(body)?;
    let anchored = body.contains('/');
    let body = body.trim_start_matches('/');
    if body.is_empty() {
        return Err("it is empty".to_owned());
    }
    let whole = if anchored {
        body.to_owned()
    } else {
        format!("**/{body}")
    };
    GlobBuilder::new(&whole)
        .literal_separator(true)
        .backslash_escape(true)
        .build()
        .map_err(|error| error.kind().to_string())
}
