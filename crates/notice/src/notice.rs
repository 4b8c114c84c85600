//! What there is to say about one pass: plain data, and the JSON document that commands and webhooks are given.

use counterpart_evidence::certificate::Moment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a pass ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Both sides are equal.
    Congruent,
    /// Both sides are equal again, after a pass that ended otherwise.
    Recovered,
    /// Both sides are not equal.
    NotCongruent,
    /// A guard refused; nothing was changed.
    Refused,
    /// The pass could not come to its end.
    Unfinished,
}

/// What the absence of the next message means.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Promise {
    /// One comes by `next_due`; that none has come by then means that something is wrong.
    Dated,
    /// Nothing says when the pair runs next, so silence says nothing.
    NoSchedule,
    /// Messages come when something is wrong, and not else: silence says nothing.
    OnFailure,
}

/// One message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// Always `counterpart-notice`.
    pub format: String,
    /// Changes when a reader of the version before would misread it.
    pub version: u64,
    /// The same for a message however often it is sent.
    pub id: String,
    /// True for a message that only tries the way.
    pub test: bool,
    /// Name of the pair.
    pub pair: String,
    /// How the pass ended.
    pub outcome: Outcome,
    /// `run` or `verify`.
    pub kind: String,
    /// Name of the pass; absent where it did not come so far.
    pub pass: Option<String>,
    /// When production's scan began; absent where it did not come so far.
    #[schemars(with = "Option<Time>")]
    pub as_of: Option<Moment>,
    /// The time of the last certificate before that called both sides equal.
    #[schemars(with = "Option<Time>")]
    pub last_congruent: Option<Moment>,
    /// When this was written.
    #[schemars(with = "Time")]
    pub written: Moment,
    /// How long the pass took.
    pub seconds: Option<u64>,
    /// What production holds; absent where it is not known.
    pub production: Option<Side>,
    /// What the standby holds; absent where it is not known.
    pub standby: Option<Side>,
    /// What was changed at the standby.
    pub changes: Changes,
    /// What the verdict says nothing about, and what speaks against it.
    pub left_out: LeftOut,
    /// Findings and refusals, one for each cause.
    pub causes: Vec<Cause>,
    /// When the byte that was read longest ago was read.
    #[schemars(with = "Option<Time>")]
    pub oldest_read: Option<Moment>,
    /// Findings that somebody accepted.
    pub exceptions: Exceptions,
    /// The application's own verdict; absent where it was not asked.
    pub clean: Option<bool>,
    /// Each probe.
    pub probes: Vec<Probe>,
    /// The name of the certificate; absent where there is none.
    pub certificate: Option<String>,
    /// Number and hash of the journal's last record, for `certificate verify --head`.
    pub journal_head: Option<String>,
    /// When the next message is due at the latest.
    #[schemars(with = "Option<Time>")]
    pub next_due: Option<Moment>,
    /// What it means when none comes.
    pub promise: Promise,
    /// Older messages that were dropped unsent, since too many waited.
    pub dropped: u64,
    /// The host that ran the pass.
    pub host: String,
    /// The program and its version.
    pub program: String,
}

/// A time: UTC, and the local offset then.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "the schema of a moment")]
struct Time {
    /// RFC 3339 in UTC.
    utc: String,
    /// The offset of the local clock, such as `+01:00`.
    offset: String,
}

/// What one side holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Side {
    /// Where its root is; absent where paths are not told.
    pub location: Option<String>,
    /// Regular files.
    pub files: u64,
    /// Directories.
    pub directories: u64,
    /// Bytes of content.
    pub bytes: u64,
}

/// How many entries were changed how.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// New entries.
    pub created: u64,
    /// Entries whose content was changed.
    pub modified: u64,
    /// Entries moved to history.
    pub deleted: u64,
    /// Entries renamed in place.
    pub renamed: u64,
    /// Entries whose metadata alone was changed.
    pub metadata: u64,
    /// Bytes of content brought to the standby.
    pub bytes_sent: u64,
}

/// Counts of entries.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// Known to differ.
    pub different: u64,
    /// Changed while they were observed.
    pub unsettled: u64,
    /// Not compared, though nothing declares that.
    pub not_compared: u64,
    /// Not compared, as the configuration declares.
    pub declared: u64,
    /// Born after the cut-off, or held back.
    pub after_cut_off: u64,
}

/// Findings of one cause.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// The stable code.
    pub code: String,
    /// `production`, `standby` or `pair`.
    pub site: String,
    /// The verdict; empty of a refusal or a failure.
    pub verdict: String,
    /// How many entries it concerns.
    pub entries: u64,
    /// What the code means.
    pub meaning: String,
    /// What to do about it.
    pub remedy: String,
    /// The reason in words; absent where paths are not told, for it may name some.
    pub reason: Option<String>,
    /// The first entries; none where paths are not told.
    pub examples: Vec<Example>,
}

/// One entry with a finding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Example {
    /// Its path, or what stands for it.
    pub path: String,
    /// The reason in words; absent where paths are not told.
    pub message: Option<String>,
}

/// Accepted findings.
#[derive(Clone, Copy, Default, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Exceptions {
    /// Exceptions in force.
    pub in_force: u64,
    /// Entries that they covered.
    pub covered: u64,
    /// When the first of them ends.
    #[schemars(with = "Option<Time>")]
    pub soonest_end: Option<Moment>,
}

/// One probe.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Probe {
    /// Its name.
    pub name: String,
    /// The verdict.
    pub verdict: String,
    /// Whether the application is content; absent where that was not asked.
    pub clean: Option<bool>,
}

impl Notice {
    /// What `format` says.
    pub const FORMAT: &'static str = "counterpart-notice";
    /// What `version` says.
    pub const VERSION: u64 = 1;

    /// An empty message about a pair, written now.
    pub fn new(pair: &str, outcome: Outcome, written: Moment) -> Self {
        Self {
            format: Self::FORMAT.to_owned(),
            version: Self::VERSION,
            id: String::new(),
            test: false,
            pair: pair.to_owned(),
            outcome,
            kind: "run".to_owned(),
            pass: None,
            as_of: None,
            last_congruent: None,
            written,
            seconds: None,
            production: None,
            standby: None,
            changes: Changes::default(),
            left_out: LeftOut::default(),
            causes: Vec::new(),
            oldest_read: None,
            exceptions: Exceptions::default(),
            clean: None,
            probes: Vec::new(),
            certificate: None,
            journal_head: None,
            next_due: None,
            promise: Promise::NoSchedule,
            dropped: 0,
            host: String::new(),
            program: String::new(),
        }
    }

    /// True when both sides are equal and the application is content, as far as it was asked.
    pub fn is_good(&self) -> bool {
        let congruent = matches!(self.outcome, Outcome::Congruent | Outcome::Recovered);
        congruent && self.as_of.is_some() && self.clean != Some(false)
    }

    /// The causes in a form that can be compared with those of another message, in order.
    pub fn cause_words(&self) -> Vec<String> {
        let mut words: Vec<String> = self
            .causes
            .iter()
            .map(|cause| format!("{}@{}", cause.code, cause.site))
            .collect();
        if self.clean == Some(false) {
            words.push("not-clean".to_owned());
        }
        words.sort();
        words.dedup();
        words
    }
}

impl Changes {
    /// All of them.
    pub const fn entries(&self) -> u64 {
        self.created + self.modified + self.deleted + self.renamed + self.metadata
    }
}
