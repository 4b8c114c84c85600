//! Manifests of earlier passes, each under the name of its root: what certificates refer to stays provable for a while.
//!
//! One is renamed, never copied, when the next takes its place. It goes when a caller says so, by this site's clock, and at
//! a site of another host not before a time of its own.

use crate::opening::now;
use crate::retention::Retention;
use crate::site::LocalSiteOptions;
use counterpart_model::{Code, Digest, Failure};
use counterpart_port::KeptManifest;
use counterpart_store::{Manifest, files};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SUFFIX: &str = ".cpm";
/// How long a site keeps them at the least, whatever callers of other hosts say.
const LEAST_SECONDS: u64 = 30 * 86_400;
/// Most that are told of at once; a caller that removes them asks again.
const MOST_AT_ONCE: usize = 1_000;

/// Keeps a manifest under its root. One that cannot be read serves nobody, and goes.
pub(crate) fn keep(state: &Path, file: &Path) -> Result<(), Failure> {
    let Ok(manifest) = Manifest::open(file) else {
        return files::remove(file);
    };
    let root = manifest.summary().root;
    drop(manifest);
    files::make_dir(&directory(state))?;
    files::rename(file, &path(state, root))?;
    touch(&path(state, root))
}

/// The manifest with a root, where it is kept.
pub(crate) fn find(state: &Path, root: Digest) -> Result<Option<Manifest>, Failure> {
    match Manifest::open(&path(state, root)) {
        Err(failure) if failure.code == Code::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// Those that were kept for so long, oldest first; removed where that is wanted.
pub(crate) fn expired(
    options: &LocalSiteOptions,
    asked_seconds: u64,
    remove: bool,
) -> Result<Vec<KeptManifest>, Failure> {
    let keep_seconds = match options.retention {
        Retention::Caller => asked_seconds,
        Retention::AtLeast(_) => asked_seconds.max(LEAST_SECONDS),
    };
    let kept = i64::try_from(keep_seconds).unwrap_or(i64::MAX);
    let before = now().seconds.saturating_sub(kept);
    let mut expired = all(&options.state)?;
    expired.retain(|kept| kept.since_seconds <= before);
    expired.sort_by_key(|kept| kept.since_seconds);
    expired.truncate(MOST_AT_ONCE);
    if remove {
        for kept in &expired {
            files::remove(&path(&options.state, kept.root))?;
        }
    }
    Ok(expired)
}

fn all(state: &Path) -> Result<Vec<KeptManifest>, Failure> {
    let directory = directory(state);
    let names = match files::names_with(&directory, SUFFIX) {
        Err(failure) if failure.code == Code::NotFound => return Ok(Vec::new()),
        names => names?,
    };
    let mut kept = Vec::with_capacity(names.len());
    for name in names {
        let Some(root) = Digest::from_hex(&name) else {
            continue;
        };
        let Some(file) = files::open_file(&path(state, root))? else {
            continue;
        };
        let failed = |error| Failure::new(Code::Io, format!("looking at {}", directory.display()), error);
        let found = file.metadata().map_err(failed)?;
        kept.push(KeptManifest {
            root,
            bytes: found.len(),
            since_seconds: seconds(found.modified().map_err(failed)?),
        });
    }
    Ok(kept)
}

/// From now on it is kept: the time at which it was made says nothing of how long it was in force.
fn touch(path: &Path) -> Result<(), Failure> {
    let Some(file) = files::open_file(path)? else {
        return Ok(());
    };
    let now = UNIX_EPOCH + Duration::from_secs(u64::try_from(now().seconds).unwrap_or_default());
    file.set_modified(now)
        .map_err(|error| Failure::new(Code::Io, format!("keeping {}", path.display()), error))
}

fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn directory(state: &Path) -> PathBuf {
    state.join("kept")
}

fn path(state: &Path, root: Digest) -> PathBuf {
    directory(state).join(format!("{root}{SUFFIX}"))
}
