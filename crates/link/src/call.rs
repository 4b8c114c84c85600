//! What can be asked over a link, and what comes back: the port's calls as messages.

use crate::frame::MAX_PAYLOAD_BYTES;
use counterpart_model::{Algorithm, Digest, EntryPath, Fact, Failure, Finding, Step};
use counterpart_port::{
    Arrived, Attributes, ChainHead, Ended, Export, ExportedEntry, Extent, OpenRequest, Progress, ScanReport,
    ScanRequest, Settled, Task,
};
use serde::{Deserialize, Serialize};

/// Opens a channel. Where nothing else is said, one answer comes: `Result<T, Failure>`, with what the port's call gives.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Call {
    Open(OpenRequest),
    /// Answered by [`Seen`] until `Done`; any message of the caller interrupts it.
    Scan(Box<ScanRequest>),
    /// Answered by [`Batch`] of `Observed`.
    Observed(Extent),
    /// Answered by [`Batch`] of `ExcludedEntry`.
    Excluded,
    /// Answered by [`Batch`] of `KnownFile`.
    Files(EntryPath),
    /// Asked by [`Ask`] until its end; content is digested with this algorithm at its site, too.
    Content(Algorithm),
    /// Answered by the site's clock.
    Clock,
    SameTree,
    Close,
    Abandon,
    Room,
    Adopt,
    /// Answered by one `Result<(), Failure>`, then asked by [`Order`] until its end.
    Apply,
    /// A lane of the present application: asked by [`Fill`] until its end.
    Lane,
    /// Answered by [`Batch`] of `Version`.
    Versions(EntryPath),
    /// What commands may be asked for.
    Commands,
    /// Answered by [`Ran`] until `Done`; any message of the caller, or its end, ends what is done.
    Act(Task),
    /// Whether all of these would be done: answered by `Result<(), Failure>`.
    Permits(Vec<Task>),
    /// What is done when the caller is gone: answered by `Result<(), Failure>`.
    WhenGone(Vec<Task>),
    /// Answered by [`Batch`] of `SegmentRoot`.
    Segments,
    /// Answered by [`Batch`] of `Observed`; of segments with these roots only what changed.
    Unlike(Vec<Digest>),
    /// Answered by `Result<Option<ListingHead>, Failure>`, and where there is one by [`Batch`] of `Listed`.
    Listing(bool),
    /// As `Listing`, of the manifest with this root.
    ListingOf(Digest),
    /// How long manifests are kept, and whether those that were are removed: answered by `Result<Vec<KeptManifest>, Failure>`.
    ExpiredManifests(u64, bool),
    Row(EntryPath),
    ChainHead,
    KeepChainHead(ChainHead),
    /// Answered by bytes and [`Sent`].
    Export(Export),
    /// Answered by `Result<Expired, Failure>` without its passes, and where it is good by [`Batch`] of `PassHistory`.
    Expired(u64),
    /// Passes, and how long history is kept.
    EndHistory(Vec<String>, u64),
}

/// What stands between the bytes of an export.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Sent {
    Begin(Box<ExportedEntry>),
    Hole(u64),
    /// The entry ends; the digest of its content as it was read at its site, where it is a file.
    End(Option<Digest>),
    Done(Result<(), Failure>),
}

/// Content of an export is digested with this at both ends.
pub(crate) const EXPORT_DIGEST: Algorithm = Algorithm::Blake3;

/// What a scan tells.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Seen {
    Found(Finding),
    Progress(Progress),
    Done(Result<Box<ScanReport>, Failure>),
}

/// A part of a stream.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Batch<T> {
    Items(Vec<T>),
    End(Result<(), Failure>),
}

/// What is asked of a reader of content.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Ask {
    /// Answered by [`Told`].
    Open(EntryPath),
    /// The content of the open file, answered by bytes and [`Part`].
    Content,
    /// The open file again, which was not read: answered by `Result<Settled, Failure>`.
    Recall(EntryPath, Digest, i64),
    /// Answered by `Result<Attributes, Failure>`.
    Attributes(EntryPath),
    /// As `Content`, after the signature of content that the asking end has: what is in it is told by [`Part::Old`].
    /// The signature follows.
    Changed,
    /// A file that will only be digested: answered by [`Told`], nothing follows.
    Look(EntryPath),
    /// The digest of the open file: answered by [`Part::Digested`] now and then, and [`Part::End`].
    Digest,
    /// The first bytes of a file, at most so many: answered by `Result<Head, Failure>`.
    Head(EntryPath, u16),
    /// Small files, of which each is opened and read to its end, and whether their attributes are wanted, too: answered by
    /// lists of `Option<Ahead>`, together one for each path, in order; none for a file that is not small, or with which
    /// anything is wrong. After each list whose files have any content come bytes: the contents one after the other.
    Several(Vec<EntryPath>, bool),
}

/// A small file that was read before it was opened.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Ahead {
    pub fact: Fact,
    pub len_bytes: u32,
    pub settled: Settled,
    pub digest: Digest,
    pub attributes: Option<Attributes>,
}

/// Most content in one answer to [`Ask::Several`] and of one [`Fill::Files`], in bytes: one frame.
pub(crate) const TOGETHER_BYTES: usize = MAX_PAYLOAD_BYTES;

/// What a file is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Told {
    pub fact: Result<Fact, Failure>,
    /// It is small: its content follows without being asked for.
    pub follows: bool,
}

/// The first bytes of a file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Head(#[serde(with = "serde_bytes")] pub Vec<u8>);

/// What stands between the bytes of a content.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Part {
    Hole(u64),
    /// A range of the content that was signed: from, and how many bytes.
    Old(u64, u64),
    /// So many bytes more were digested.
    Digested(u64),
    /// The end: whether it stayed as it was, and the digest at its site.
    End(Result<(Settled, Digest), Failure>),
}

/// What is ordered of a standby that is being changed. Places are made in this order.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Order {
    /// Places, with their numbers. Not answered: a failure is told to whoever fills the place.
    Places(Vec<(u64, Step)>),
    /// A place that nobody filled; not answered.
    Forget(u64),
    /// Answered by [`Rested`].
    Rest,
    /// Answered by `Result<(), Failure>`.
    Sync,
}

/// How a round ended.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Rested {
    pub rested: Result<(), Failure>,
    /// Committed steps that did not get their names.
    pub unpublished: Vec<(EntryPath, Failure)>,
}

/// What is done to one place; bytes are content. The first failure ends it, and is told at once.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Fill {
    Begin(u64),
    /// Answered by `Option<Digest>`.
    ArrivedBefore,
    Hole(u64),
    /// Ends the place; answered by `Result<Committed, Failure>`.
    Commit(Box<Commit>),
    /// Ends the place; not answered.
    Drop,
    /// Asks for the signature of what is there of the content; what is then written is digested there, too, with this
    /// algorithm. Answered by the signature, or that there is none.
    Sign(Algorithm),
    /// A range of the content that was signed: from, and how many bytes.
    Old(u64, u64),
    /// Small files, each for a place of its own; where they have any content, bytes follow: the contents one after the other.
    /// Answered by a list of `Result<Committed, Failure>`, one for each, in order.
    Files(Vec<FilledFile>),
}

/// One small file, of which the content follows.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FilledFile {
    pub number: u64,
    pub len_bytes: u32,
    pub fact: Fact,
    pub attributes: Attributes,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Commit {
    pub fact: Option<Fact>,
    pub attributes: Attributes,
    pub arrived: Arrived,
}

/// What a command tells.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Ran {
    Standard(#[serde(with = "serde_bytes")] Vec<u8>),
    Errors(#[serde(with = "serde_bytes")] Vec<u8>),
    Done(Result<Ended, Failure>),
}
