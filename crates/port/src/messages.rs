//! The messages between the engine and a site. Plain data; each can cross a link.

use counterpart_model::{Carry, Digest, EntryPath, Fact, Grain, Policy, SiteRole, Tally, Timestamp};
use serde::{Deserialize, Serialize};

/// How a pass is opened at a site.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OpenRequest {
    /// Name of the pair.
    pub pair: String,
    /// Name of the pass, unique and sortable: `20261122T021407123Z`.
    pub pass: String,
    /// The policy of the tree.
    pub policy: Policy,
    /// True when nothing but this site's own state may change (`plan`, `verify`).
    pub read_only: bool,
    /// The round of this same pass that went before: what it read counts as read in this one.
    pub after: Option<String>,
    /// At production: where the tree is read in place of its root, as a snapshot of it, as bytes of a path at that host.
    pub read_from: Option<Vec<u8>>,
}

/// What a site tells when it is opened.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Opened {
    /// What the site is.
    pub profile: Profile,
    /// The manifest of its last pass; `None` at the first.
    pub base: Option<Base>,
    /// At the standby: the root is empty and always was, or was given to this pair before.
    pub adopted: bool,
    /// At the standby: the other pair that the root was given to.
    pub given_to: Option<String>,
    /// Changes of an interrupted pass that were folded in.
    pub recovered: u64,
    /// When the first of the passes began, in seconds since 1970, that were interrupted since one came to its end.
    /// As long as this is set, the standby is not known to be synced.
    pub recovered_since_seconds: Option<i64>,
}

/// The manifest that a site keeps of its last pass.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Base {
    /// Root over its facts.
    pub root: Digest,
    /// Hash of the policy that it was made under.
    pub policy: Digest,
    /// What it holds.
    pub tally: Tally,
    /// When the pass that made it ended, in seconds since 1970, by the site's clock.
    pub at_seconds: i64,
    /// When the file that was read longest ago was read, in seconds since 1970: 0 where one never was, `None` where
    /// there is none.
    pub oldest_read_seconds: Option<i64>,
}

/// What a site is, measured and recorded as evidence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Profile {
    /// Which end.
    pub role: SiteRole,
    /// Where its root is, as a person would write it.
    pub location: String,
    /// Host name.
    pub host: String,
    /// Operating system and kernel.
    pub system: String,
    /// The filesystem of the root.
    pub filesystem: Mount,
    /// What it can hold, measured at a standby and assumed at production.
    pub capabilities: Capabilities,
    /// The site's clock when it answered.
    pub clock: Timestamp,
    /// How it was reached, as its caller found; `None` for a site of the caller's own host.
    pub link: Option<LinkProfile>,
}

/// What was measured of a far site, and told by its agent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LinkProfile {
    /// The site's clock minus the caller's, in milliseconds.
    pub clock_ahead_ms: i64,
    /// The offset is right to so many milliseconds: half of what the answer took.
    pub clock_uncertainty_ms: u64,
    /// SHA-256 of the agent's program, as the agent says.
    pub agent_sha256: Option<Digest>,
}

/// One mounted filesystem of a tree.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mount {
    /// Where in the tree it is mounted; the root for the tree's own.
    pub path: EntryPath,
    /// Kind of filesystem: `ext4`, `cifs`.
    pub kind: String,
    /// Its identity that survives a reboot: `uuid:…`, else the source that is mounted. Never a device number.
    pub identity: String,
}

/// What a filesystem can hold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Capabilities {
    /// Grain of its times.
    pub grain: Grain,
    /// Times of modification can be set, and are kept.
    #[serde(default = "kept")]
    pub times: bool,
    /// Names that it can hold.
    pub names: NameRules,
    /// Symbolic links.
    pub symlinks: bool,
    /// Hard links.
    pub hardlinks: bool,
    /// Extended attributes in `user.`.
    pub xattrs: bool,
    /// POSIX access control lists.
    pub acls: bool,
    /// Permission bits.
    pub modes: bool,
    /// Owners can be given to files.
    pub owners: bool,
    /// Atomic exchange of two names.
    pub exchange: bool,
}

/// Names that a filesystem can hold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NameRules {
    /// Names differ by case.
    pub case_sensitive: bool,
    /// Names in composed and decomposed Unicode differ.
    pub normalisation_sensitive: bool,
    /// Any byte but `/` and NUL, not only valid UTF-8.
    pub any_bytes: bool,
    /// Control characters and `<>:"\|?*`.
    pub reserved_characters: bool,
    /// A dot or space at the end.
    pub trailing_dot_or_space: bool,
    /// Longest name in bytes.
    pub max_bytes: u32,
}

/// How a tree is scanned.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ScanRequest {
    /// The pair's grain: facts carry times at it.
    pub grain: Grain,
    /// The classes of metadata that both sites can hold.
    pub carry: Carry,
    /// Hash of the policy in force, for the manifest's header.
    pub policy: Digest,
    /// Files changed less than this many seconds before the scan began are held back.
    pub settle_seconds: u64,
    /// Production moved to other storage, with approval: size and time alone decide what is unchanged.
    pub moved: bool,
    /// Excluded entries are walked and counted again.
    pub refresh_excluded: bool,
}

/// What a scan found, in sum.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ScanReport {
    /// When it began and ended, by the site's clock.
    pub began: Timestamp,
    /// See `began`.
    pub ended: Timestamp,
    /// Everything that is there now and takes part.
    pub tally: Tally,
    /// Entries of the base that were seen again.
    pub known: u64,
    /// Files of the base that are not there under their names any more.
    pub vanished_files: u64,
    /// Those of them that a new name has the inode, size and exact time of: renamed, most likely.
    pub renamed_files: u64,
    /// Observed changes since the base.
    pub changes: u64,
    /// Born after the scan began, and so left for the next pass.
    pub after_cut_off: u64,
    /// Held back by `settle`.
    pub settling: u64,
    /// Stubs of hierarchical storage.
    pub stubs: Tally,
    /// Excluded entries, as of the last refresh.
    pub excluded: Tally,
    /// Newest time of modification of an excluded entry.
    pub excluded_newest: Option<Timestamp>,
    /// Directories that could not be listed, in path order.
    pub unlisted: Vec<EntryPath>,
    /// Filesystems that were crossed, in path order, the root's own first.
    pub mounts: Vec<Mount>,
    /// Filesystems that the last pass crossed and this one did not meet.
    pub missing_mounts: Vec<Mount>,
    /// Grain of the times seen.
    pub grain_seen: Option<Grain>,
    /// The latest change of any entry, by the time that nobody can set.
    pub newest_change: Option<Timestamp>,
}

/// How much of what a scan saw is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Extent {
    /// Only entries that changed since the base.
    Changes,
    /// Every entry.
    Everything,
}

/// One entry as a site saw it, before and now.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Observed {
    /// The entry.
    pub path: EntryPath,
    /// What the site's last manifest says; `None` when it was not there.
    pub before: Option<Fact>,
    /// What is there now; `None` when it is gone. A file whose stamp changed has its content unread.
    pub now: Option<Fact>,
    /// Size and exact time of modification are as before; only inode or time of change moved. The content is read
    /// again before it is believed.
    pub times_same: bool,
    /// At production, for a new entry: the vanished path of the same inode, size and time.
    pub moved_from: Option<EntryPath>,
    /// Nothing is known of it now: it lies beneath a directory that could not be listed.
    pub withheld: bool,
    /// The other site's last manifest says the same of it as `before`: so wherever only changes are told.
    pub shared: bool,
}

/// Longest name of a pass.
const MAX_PASS_BYTES: usize = 64;

/// True for what a pass may be called: its name becomes a part of names of files, at both sites.
pub fn is_pass_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !name.is_empty() && name.len() <= MAX_PASS_BYTES && name.bytes().all(plain)
}

/// The root of a segment of a manifest.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SegmentRoot(pub Digest);

impl Default for SegmentRoot {
    fn default() -> Self {
        Self(Digest([0; 32]))
    }
}

/// One file whose content can be read again.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct KnownFile {
    /// The file.
    pub path: EntryPath,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// Its digest as the site knows it; `None` when it was never read.
    pub digest: Option<Digest>,
    /// When it was last read or written, in seconds since 1970; 0 when it never was.
    pub read_seconds: i64,
    /// The digest is of what was written there, and so of what was read at the other site.
    pub written: bool,
}

/// One excluded entry.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ExcludedEntry {
    /// The entry.
    pub path: EntryPath,
    /// Its kind, size in bytes and time of modification at the pair's grain; `None` where it was only met, not looked at.
    pub stat: Option<(counterpart_model::Kind, u64, Timestamp)>,
}

/// The manifest that a closed pass left.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Closed {
    /// When it was, by the site's clock.
    pub at: Timestamp,
    /// Root over its facts.
    pub root: Digest,
    /// What it holds.
    pub tally: Tally,
    /// Files whose content was never read.
    pub unread: Tally,
    /// How the digests were obtained.
    pub how: HowCounts,
    /// Oldest time at which any file in it was read, in seconds since 1970; `None` without files.
    pub oldest_read_seconds: Option<i64>,
}

/// How many digests were obtained how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct HowCounts {
    /// Read in this pass.
    pub read: u64,
    /// Digested on the way to the disk in this pass.
    pub written: u64,
    /// Carried from an earlier pass.
    pub carried: u64,
    /// Carried over a move of storage.
    pub moved: u64,
    /// Not read.
    pub unread: u64,
}

/// Room at a standby.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Room {
    /// Bytes that this account may still write.
    pub free_bytes: u64,
    /// Entries that may still be made; `None` where the filesystem sets no number.
    pub free_entries: Option<u64>,
}

/// What a measurement says that was made before times were measured.
const fn kept() -> bool {
    true
}

impl Capabilities {
    /// Everything that a Linux filesystem of today holds; what production is assumed to hold.
    pub const fn full() -> Self {
        let names = NameRules {
            case_sensitive: true,
            normalisation_sensitive: true,
            any_bytes: true,
            reserved_characters: true,
            trailing_dot_or_space: true,
            max_bytes: 255,
        };
        Self {
            grain: Grain::NANOSECOND,
            times: true,
            names,
            symlinks: true,
            hardlinks: true,
            xattrs: true,
            acls: true,
            modes: true,
            owners: true,
            exchange: true,
        }
    }
}
