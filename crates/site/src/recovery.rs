//! What an interrupted pass left at a standby: its apply log is folded in, so that nothing is read or brought twice.

use crate::closing;
use crate::learned::Learned;
use crate::opening::{self, Current, current_manifest, now};
use crate::site::LocalSiteOptions;
use counterpart_model::{
    Algorithm, Code, Content, EntryPath, Fact, Failure, Kind, Observation, Obtained, Row, Standing, Timestamp,
};
use counterpart_store::apply_log::{self, LogContents};
use counterpart_store::manifest::Header;
use counterpart_store::spool::{Spool, SpoolReader, SpoolWriter};
use counterpart_store::{Manifest, PathSorter, RowChange, RowChanges, boot_id, files};
use counterpart_tree::{Leftover, Root, Stat, Touched, Why};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Name of the apply log in a standby's state.
pub(crate) const LOG_NAME: &str = "apply.log";
/// How the names of logs of interrupted passes begin that were folded in, and how all logs end.
const KEPT_PREFIX: &str = "interrupted-";
const LOG_SUFFIX: &str = ".log";
/// Most logs of passes that were interrupted one after the other.
const MAX_LOGS: usize = 16;
/// Memory for the leftovers' sorter, in bytes.
const MEMORY_BYTES: usize = 4 << 20;
/// Leftovers kept behind the front of the requests, which come nearly in order.
const WINDOW: usize = 4096;

/// What was taken over from an interrupted pass.
#[derive(Default)]
pub(crate) struct Recovered {
    pub(crate) changes: u64,
    pub(crate) since_seconds: Option<i64>,
    pub(crate) leftovers: Option<Leftovers>,
}

/// Folds the apply logs in of all passes that were interrupted since the last one that came to its end. They are kept
/// until one does: what they say of content in `incoming` holds until it is used.
pub(crate) fn recover(
    options: &LocalSiteOptions,
    algorithm: Algorithm,
    root: &Root,
    spool_dir: &Path,
    began_seconds: i64,
) -> Result<Recovered, Failure> {
    let mut since_seconds =
        opening::current(&options.state)?.and_then(|current| current.interrupted_since_seconds);
    let logs = keep_logs(&options.state)?;
    if logs.is_empty() {
        return Ok(Recovered {
            since_seconds,
            ..Recovered::default()
        });
    }
    let base = current_manifest(&options.state)?;
    let mut recovery = Recovery {
        root,
        forgotten: false,
        base: base.as_ref(),
        learned: Learned::new(spool_dir),
        arrived: PathSorter::new(spool_dir, MEMORY_BYTES),
        changes: 0,
    };
    let memory = memory_of(root)?;
    for path in &logs {
        if let Some(log) = apply_log::read::<Touched>(path)? {
            since_seconds = since_seconds.into_iter().chain(began_of(&log.pass)).min();
            recovery.forgotten = log.boot_id != memory;
            recovery.read(&log)?;
        }
    }
    let Recovery {
        learned,
        arrived,
        changes,
        ..
    } = recovery;
    let header = base
        .as_ref()
        .map_or_else(|| first_header(options, algorithm), |base| base.header().clone());
    let folding = Folding {
        base: base.as_ref(),
        header: &header,
        began_seconds,
        since_seconds,
    };
    fold_in(options, &learned, &folding)?;
    let leftovers = Leftovers::new(arrived, spool_dir)?;
    Ok(Recovered {
        changes,
        since_seconds,
        leftovers: Some(leftovers),
    })
}

/// Names what holds writes to the standby that were not synced: this boot, through this mount of its filesystem. A disk
/// that failed may be mounted again without a reboot.
pub(crate) fn memory_of(root: &Root) -> Result<String, Failure> {
    let mount = counterpart_tree::stat::mount_number(root.fd()).map_err(|errno| {
        let doing = format!("asking for the mount of {}", root.path().display());
        Failure::new(Code::Io, doing, errno.to_string())
    })?;
    Ok(format!("{} mount {mount}", boot_id()?))
}

/// Puts the last pass's log with those that are kept, so that its name is free; all of them, oldest first.
fn keep_logs(state: &Path) -> Result<Vec<PathBuf>, Failure> {
    let kept = |number: u32| state.join(format!("{KEPT_PREFIX}{number:08}{LOG_SUFFIX}"));
    let names = files::names_with(state, LOG_SUFFIX)?;
    let mut numbers: Vec<u32> = names
        .iter()
        .filter_map(|name| name.strip_prefix(KEPT_PREFIX)?.parse().ok())
        .collect();
    numbers.sort_unstable();
    if names.iter().any(|name| format!("{name}{LOG_SUFFIX}") == LOG_NAME) {
        let next = numbers.last().map_or(1, |last| last + 1);
        files::rename(&state.join(LOG_NAME), &kept(next))?;
        numbers.push(next);
    }
    // Older ones only save a reading.
    while numbers.len() > MAX_LOGS {
        files::remove(&kept(numbers.remove(0)))?;
    }
    Ok(numbers.into_iter().map(kept).collect())
}

/// Forgets all logs: a pass came to its end.
pub(crate) fn forget_logs(state: &Path) -> Result<(), Failure> {
    for name in files::names_with(state, LOG_SUFFIX)? {
        files::remove(&state.join(format!("{name}{LOG_SUFFIX}")))?;
    }
    Ok(())
}

/// When a pass began, by its name.
fn began_of(pass: &str) -> Option<i64> {
    let digits: Vec<i64> = pass
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|digit| i64::from(digit - b'0'))
        .collect();
    let number = |from: usize, len: usize| {
        digits
            .get(from..from + len)
            .map(|part| part.iter().fold(0, |sum, digit| sum * 10 + digit))
    };
    let (year, month, day) = (number(0, 4)?, number(4, 2)?, number(6, 2)?);
    let (hour, minute, second) = (number(8, 2)?, number(10, 2)?, number(12, 2)?);
    Some(days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// Days since 1970-01-01 of a date of the Gregorian calendar: whole years, then the days of a year that begins in March.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468
}

struct Recovery<'a> {
    root: &'a Root,
    /// The log is of another boot or another mount: what was not synced may be gone.
    forgotten: bool,
    base: Option<&'a Manifest>,
    learned: Learned,
    arrived: PathSorter<Arrived>,
    changes: u64,
}

/// Content that lies in `incoming`.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Arrived {
    size_bytes: u64,
    mtime: Timestamp,
    leftover: Leftover,
}

impl Recovery<'_> {
    fn read(&mut self, log: &LogContents<Touched>) -> Result<(), Failure> {
        let mut records = log.records()?;
        while let Some(logged) = records.next()? {
            let doubted = self.forgotten && logged.after_last_sync;
            self.take(&logged.record, doubted)?;
        }
        Ok(())
    }

    /// A record is believed as far as the tree bears it out: the time of change may have moved on, as when a file got a
    /// further name. The scan then sees that it has, and another record or a reading tells the rest.
    fn take(&mut self, touched: &Touched, doubted: bool) -> Result<(), Failure> {
        if let Some(from) = &touched.renamed_from
            && self.root.stat(from).is_err()
        {
            self.learned.gone(from, touched.whole)?;
        }
        let stat = self.root.stat(&touched.path).ok();
        match (&touched.now, stat) {
            (None, None) => {
                self.changes += 1;
                self.learned.gone(&touched.path, touched.whole)
            }
            (Some((fact, seen)), Some(stat)) if is_that(&stat, fact, seen) => {
                self.changes += 1;
                self.there(touched, doubted)
            }
            (Some((fact, seen)), _) => match &touched.incoming {
                Some(location) if !doubted => self.lies_in_incoming(&touched.path, fact, seen, location),
                _ => Ok(()),
            },
            (None, Some(_)) => Ok(()),
        }
    }

    fn there(&mut self, touched: &Touched, doubted: bool) -> Result<(), Failure> {
        let Some((fact, seen)) = touched.now.clone() else {
            return Ok(());
        };
        let inode = seen.inode;
        let (mut fact, seen) = complete(touched.why, fact, seen, || self.known(touched, inode))?;
        if doubted && fact.kind == Kind::File {
            fact.content = Content::Unread;
        }
        let row = Row {
            path: touched.path.clone(),
            fact,
            seen,
        };
        let whole = touched.whole && touched.renamed_from.is_none();
        self.learned.change(&RowChange {
            path: touched.path.clone(),
            row: Some(row),
            whole,
        })
    }

    /// What the manifest says of the entry: under its name where the log was folded in before, else under the old one.
    fn known(&self, touched: &Touched, inode: u64) -> Result<Option<Row>, Failure> {
        let Some(base) = self.base else {
            return Ok(None);
        };
        for path in [Some(&touched.path), touched.renamed_from.as_ref()]
            .into_iter()
            .flatten()
        {
            let found = base.find(path)?.filter(|row| row.seen.inode == inode);
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn lies_in_incoming(
        &mut self,
        path: &EntryPath,
        fact: &Fact,
        seen: &Observation,
        location: &[u8],
    ) -> Result<(), Failure> {
        let Some(digest) = fact.digest() else {
            return Ok(());
        };
        let leftover = Leftover {
            digest,
            location: location.to_vec(),
        };
        let arrived = Arrived {
            size_bytes: fact.size_bytes,
            mtime: seen.mtime,
            leftover,
        };
        self.arrived.push(path, &arrived)
    }
}

fn is_that(stat: &Stat, fact: &Fact, seen: &Observation) -> bool {
    let kind = stat.kind == fact.kind || fact.kind == Kind::HardLink && stat.kind == Kind::File;
    let size = fact.kind != Kind::File || stat.size_bytes == fact.size_bytes;
    kind && size && stat.inode == seen.inode && stat.mtime == seen.mtime
}

/// Puts in what a change that did not look at the content leaves as it was known before.
pub(crate) fn complete(
    why: Why,
    mut fact: Fact,
    mut seen: Observation,
    known: impl FnOnce() -> Result<Option<Row>, Failure>,
) -> Result<(Fact, Observation), Failure> {
    let untouched = matches!(why, Why::Metadata | Why::Renamed | Why::Directory);
    if !untouched || fact.kind != Kind::File || fact.standing != Standing::Compared {
        return Ok((fact, seen));
    }
    let Some(row) = known()? else {
        return Ok((fact, seen));
    };
    let agrees =
        row.fact.size_bytes == fact.size_bytes && (fact.is_unread() || row.fact.digest() == fact.digest());
    if agrees {
        fact.content = row.fact.content;
        seen.obtained = row.seen.obtained;
    } else if fact.digest().is_some() && seen.obtained == Obtained::default() {
        seen.obtained = Obtained {
            how: counterpart_model::How::Read,
            at_seconds: now().seconds,
        };
    }
    Ok((fact, seen))
}

/// What a recovered manifest is made of, besides what was learned.
struct Folding<'a> {
    base: Option<&'a Manifest>,
    header: &'a Header,
    began_seconds: i64,
    since_seconds: Option<i64>,
}

fn fold_in(options: &LocalSiteOptions, learned: &Learned, folding: &Folding<'_>) -> Result<(), Failure> {
    let mut changes = Batches::new(&learned.batches()?)?;
    let began_seconds = folding.began_seconds;
    let current = Current {
        manifest: format!("manifest-recovered-{began_seconds}.cpm"),
        interrupted_since_seconds: folding.since_seconds,
    };
    closing::replace(
        &options.state,
        folding.base,
        &mut changes,
        folding.header,
        began_seconds,
        &current,
    )
    .map(drop)
}

/// The header of a manifest that an interrupted first pass left: no policy matches it, so its facts are made anew.
fn first_header(options: &LocalSiteOptions, algorithm: Algorithm) -> Header {
    Header {
        policy: counterpart_model::Digest([0; 32]),
        algorithm,
        grain: counterpart_model::Grain::NANOSECOND,
        at_seconds: 0,
        pair: options.pair.clone(),
        role: options.role,
        extra: serde_json::Value::Null,
    }
}

/// The one batch that a recovery learns.
struct Batches(Vec<SpoolReader<RowChange>>);

impl Batches {
    fn new(batches: &[Arc<Spool<RowChange>>]) -> Result<Self, Failure> {
        batches
            .iter()
            .map(|batch| batch.reader())
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl RowChanges for Batches {
    fn next_into(&mut self, change: &mut RowChange) -> Result<bool, Failure> {
        match self.0.first_mut() {
            Some(reader) => reader.next_into(change),
            None => Ok(false),
        }
    }
}

/// Content that an interrupted pass brought without publishing it, asked for nearly in path order.
pub(crate) struct Leftovers {
    reader: SpoolReader<(EntryPath, Arrived)>,
    window: VecDeque<(EntryPath, Arrived)>,
    ended: bool,
}

impl Leftovers {
    fn new(arrived: PathSorter<Arrived>, dir: &Path) -> Result<Self, Failure> {
        let mut sorted = arrived.finish()?;
        let mut writer = SpoolWriter::temporary(dir)?;
        let mut path = EntryPath::root();
        let leftover = Leftover {
            digest: counterpart_model::Digest([0; 32]),
            location: Vec::new(),
        };
        let mut item = Arrived {
            size_bytes: 0,
            mtime: Timestamp::default(),
            leftover,
        };
        let mut last: Option<(EntryPath, Arrived)> = None;
        while sorted.next_into(&mut path, &mut item)? {
            // Of several, the youngest says where it lies now.
            if let Some(other) = last.take_if(|(known, _)| *known != path) {
                writer.push(&other)?;
            }
            last = Some((path.clone(), item.clone()));
        }
        last.map_or(Ok(()), |last| writer.push(&last))?;
        Ok(Self {
            reader: writer.finish()?.reader()?,
            window: VecDeque::new(),
            ended: false,
        })
    }

    /// What lies ready for a path with exactly this size and time.
    pub(crate) fn find(&mut self, path: &EntryPath, size_bytes: u64, mtime: Timestamp) -> Option<Leftover> {
        while !self.ended && self.window.back().is_none_or(|(last, _)| last < path) {
            match self.reader.next() {
                Ok(Some(next)) => self.window.push_back(next),
                // A damaged spool only costs the saving.
                Ok(None) | Err(_) => self.ended = true,
            }
            if self.window.len() > WINDOW {
                self.window.pop_front();
            }
        }
        let at = self.window.binary_search_by(|(known, _)| known.cmp(path)).ok()?;
        let (_, arrived) = self.window.get(at)?;
        (arrived.size_bytes == size_bytes && arrived.mtime == mtime).then(|| arrived.leftover.clone())
    }
}

#[cfg(test)]
mod tests;
