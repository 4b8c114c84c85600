//! The documents that list entries: of `log` and `manifest`. Their entries are written one by one, not held.

use counterpart_engine::LogItem;
use counterpart_model::{Finding, Row, Standing, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

/// What `log` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LogDocument {
    /// Name of the pair.
    pub pair: String,
    /// Name of the pass.
    pub pass: String,
    /// What it changed and found, in the order in which it happened.
    pub entries: Vec<LogEntry>,
}

/// One change or finding.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LogEntry {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// The eleven letters of rsync's `%i`.
    pub letters: String,
    /// The entry, escaped for reading.
    pub path: String,
    /// The bytes of the path, in hexadecimal.
    pub path_hex: String,
    /// The old name, for a rename.
    pub from: Option<String>,
    /// Size of the content in bytes.
    pub bytes: u64,
    /// Digest of the content, in hexadecimal.
    pub digest: Option<String>,
    /// The version in history that holds what was replaced or removed.
    pub history: Option<String>,
    /// The change in the application's words.
    pub words: Option<String>,
    /// What was found; absent for a change.
    pub finding: Option<LogFinding>,
}

/// What was found of an entry.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LogFinding {
    /// The stable code.
    pub code: String,
    /// The side.
    pub site: String,
    /// The verdict.
    pub verdict: String,
    /// True where the configuration declares it.
    pub declared: bool,
    /// The reason in words.
    pub message: String,
    /// The exception that covers it; absent where none does.
    pub exception: Option<String>,
}

/// What `manifest` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ManifestDocument {
    /// Name of the pair.
    pub pair: String,
    /// `production` or `standby`.
    pub side: String,
    /// Root over its facts, in hexadecimal.
    pub root: String,
    /// Algorithm of the digests.
    pub algorithm: String,
    /// Grain of the times in its facts, in nanoseconds.
    pub grain_nanoseconds: u64,
    /// When the pass that made it ended, RFC 3339 in UTC.
    pub at: String,
    /// Regular files.
    pub files: u64,
    /// Directories, without the root.
    pub directories: u64,
    /// Symbolic links.
    pub symlinks: u64,
    /// Bytes of content.
    pub bytes: u64,
    /// Every entry in path order.
    pub entries: Vec<ManifestEntry>,
}

/// One entry of a manifest: its facts, and what the site observed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ManifestEntry {
    /// The entry, escaped for reading; `.` for the root.
    pub path: String,
    /// The bytes of the path, in hexadecimal.
    pub path_hex: String,
    /// `file`, `directory`, `symlink`, `hardlink` or `special`.
    pub kind: String,
    /// `compared`, `stub` or `special`.
    pub standing: String,
    /// Size of a file's content in bytes.
    pub bytes: u64,
    /// Digest of a file's content, in hexadecimal; absent where it was not read.
    pub digest: Option<String>,
    /// Target of a link, escaped for reading.
    pub target: Option<String>,
    /// Permission bits in octal; absent where they are not carried.
    pub mode: Option<String>,
    /// Time of modification at the pair's grain, in seconds with nine decimals.
    pub mtime: Option<String>,
    /// User and group.
    pub owner: Option<String>,
    /// Digest of the extended attributes.
    pub xattr: Option<String>,
    /// Digest of the access control lists.
    pub acl: Option<String>,
    /// Inode number.
    pub inode: u64,
    /// Exact time of modification, in seconds with nine decimals.
    pub mtime_exact: String,
    /// Time of change of the inode, in seconds with nine decimals.
    pub ctime: String,
    /// How the digest was obtained: `read`, `written`, `moved` or `unread`.
    pub obtained: String,
    /// When, RFC 3339 in UTC.
    pub obtained_at: Option<String>,
    /// True when it changed within one grain of being read.
    pub racy: bool,
}

impl From<&LogItem> for LogEntry {
    fn from(item: &LogItem) -> Self {
        Self {
            at: item.at.rfc3339(),
            letters: item.letters.clone(),
            path: item.path.to_string(),
            path_hex: hex(item.path.as_bytes()),
            from: item.from.as_ref().map(ToString::to_string),
            bytes: item.size_bytes,
            digest: item.digest.map(|digest| digest.to_string()),
            history: item.history.as_ref().map(|history| history.0.clone()),
            words: item.words.clone(),
            finding: item
                .finding
                .as_ref()
                .map(|finding| LogFinding::of(finding, item.exception.clone())),
        }
    }
}

impl LogFinding {
    fn of(finding: &Finding, exception: Option<String>) -> Self {
        Self {
            code: finding.code.word().to_owned(),
            site: finding.site.word().to_owned(),
            verdict: finding.verdict.word().to_owned(),
            declared: finding.declared,
            message: finding.message.clone(),
            exception,
        }
    }
}

impl From<&Row> for ManifestEntry {
    fn from(row: &Row) -> Self {
        let (fact, seen) = (&row.fact, &row.seen);
        let metadata = &fact.metadata;
        Self {
            path: row.path.to_string(),
            path_hex: hex(row.path.as_bytes()),
            kind: fact.kind.word().to_owned(),
            standing: standing(fact.standing).to_owned(),
            bytes: fact.size_bytes,
            digest: fact.digest().map(|digest| digest.to_string()),
            target: (!fact.target.is_empty()).then(|| counterpart_model::escape::shown(&fact.target)),
            mode: metadata.mode.map(|mode| format!("{mode:04o}")),
            mtime: metadata.mtime.map(|time| time.to_string()),
            owner: metadata.owner.as_ref().map(|owner| crate::clean::clean(&owner.0)),
            xattr: metadata.xattr.map(|digest| digest.to_string()),
            acl: metadata.acl.map(|digest| digest.to_string()),
            inode: seen.inode,
            mtime_exact: seen.mtime.to_string(),
            ctime: seen.ctime.to_string(),
            obtained: seen.obtained.how.word().to_owned(),
            obtained_at: time(seen.obtained.at_seconds),
            racy: seen.racy,
        }
    }
}

/// A time of a document; `None` where there is none.
pub(crate) fn time(seconds: i64) -> Option<String> {
    (seconds != 0).then(|| Timestamp::new(seconds, 0).rfc3339())
}

const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Compared => "compared",
        Standing::Stub => "stub",
        Standing::Special => "special",
    }
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}
