//! What a pass reports: the document that `mirror`, `run`, `verify` and `plan` print with `--json`.

use crate::hooks::Checked;
use counterpart_evidence::certificate::ExceptionInForce;
use counterpart_model::{Code, EntryPath, Finding, SiteRole, Tally, Verdict, escape};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most failures that a document lists; the others are counted, and all are in the pass's log.
pub const MAX_LISTED: usize = 1_000;

/// Most accepted findings that a document lists behind the others.
pub const MAX_EXCEPTED_LISTED: usize = 100;

/// The document of one pass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PassReport {
    /// Name of the pair.
    pub pair: String,
    /// Name of the pass.
    pub pass: String,
    /// `run` or `verify`.
    pub kind: String,
    /// True when both sides are equal and nothing undeclared was left out.
    pub congruent: bool,
    /// The application's own verdict; absent where no probe is declared.
    pub clean: Option<bool>,
    /// When production's scan began, RFC 3339 in UTC.
    pub as_of: Option<String>,
    /// What production holds.
    pub production: SideReport,
    /// What the standby holds.
    pub standby: SideReport,
    /// What was changed at the standby.
    pub changes: ChangeCounts,
    /// Bytes of content read at both sites.
    pub bytes_read: u64,
    /// Bytes of content brought to the standby.
    pub bytes_sent: u64,
    /// Entries of which nothing is said, declared ones included.
    pub not_compared: u64,
    /// Those of `not_compared` that the configuration declares.
    pub declared: u64,
    /// Entries that changed while they were observed.
    pub unsettled: u64,
    /// Entries, and probes, of which somebody accepted what was found.
    pub excepted: u64,
    /// Entries known to differ.
    pub different: u64,
    /// Entries born after the cut-off, or held back by `settle`.
    pub after_cut_off: u64,
    /// Findings and refusals, at most a thousand; behind them the first hundred that somebody accepted.
    pub failures: Vec<FailureReport>,
    /// How many more there are.
    pub failures_omitted: u64,
    /// The oldest time at which any file of either copy was read, RFC 3339 in UTC.
    pub oldest_read: Option<String>,
    /// How long the pass took.
    pub seconds: f64,
    /// The certificate's file.
    pub certificate: Option<String>,
    /// Set where a guard refused: what approves it.
    pub refusal: Option<RefusalReport>,
    /// Changes of an interrupted pass that were taken over.
    pub resumed: u64,
    /// The steps that were taken, in order.
    #[serde(default)]
    pub steps: Vec<StepReport>,
    /// How production was held: `none`, `check-idle`, `read-only` or `stop`.
    #[serde(default)]
    pub hold: Option<String>,
    /// For how long production was held, in seconds; absent where it was not.
    #[serde(default)]
    pub held_seconds: Option<f64>,
    /// What files do not carry, as it was found at the standby.
    #[serde(default)]
    pub readiness: Vec<ReadinessReport>,
    /// What each probe came to; absent where none is declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<ProbeReport>,
    /// The exceptions that were in force when the pass began.
    #[serde(default)]
    pub exceptions: Vec<ExceptionReport>,
}

/// One step of a pass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepReport {
    /// The step.
    pub step: String,
    /// How long it took.
    pub seconds: f64,
}

/// One thing at the standby that files do not carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReadinessReport {
    /// The check's name.
    pub name: String,
    /// True where it is as it should be.
    pub ready: bool,
    /// Why not.
    pub message: Option<String>,
    /// When it was looked at, RFC 3339 in UTC.
    pub at: String,
    /// Since when it is so, RFC 3339 in UTC.
    pub since: String,
}

impl ReadinessReport {
    /// Of what was found.
    pub fn of(checked: &Checked) -> Self {
        Self {
            name: checked.name.clone(),
            ready: checked.ready,
            message: checked.why.clone(),
            at: checked.at.rfc3339(),
            since: checked.since.rfc3339(),
        }
    }
}

/// What one probe came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProbeReport {
    /// Its name.
    pub name: String,
    /// Whether both sites gave the same.
    pub verdict: String,
    /// Whether both said that the application is content; absent where that was not asked.
    pub clean: Option<bool>,
    /// Why it was not compared.
    pub why: Option<String>,
    /// The lines that differ, with those around them, as a unified diff has them; at most two hundred.
    pub difference: Vec<DifferenceLine>,
    /// How many more lines differ.
    pub difference_omitted: u64,
    /// Lines after those, too many to be compared one by one.
    pub difference_not_compared: u64,
}

/// A line of a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DifferenceLine {
    /// Whose it is: `production`, `standby`, `same` (both have it), or `hunk`, which says which lines follow.
    pub line: String,
    /// The line, escaped for reading, and cut where it is very long.
    pub text: String,
}

/// One exception that was in force in a pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExceptionReport {
    /// Its name.
    pub id: String,
    /// What it covers.
    pub pattern: String,
    /// The codes that it covers; empty for every code.
    pub codes: Vec<String>,
    /// Why it was accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// When it was accepted, RFC 3339 in UTC.
    pub accepted: String,
    /// Until when it holds, RFC 3339 in UTC.
    pub expires: String,
    /// Entries that it covered in this pass.
    pub matched: u64,
    /// True where it ends within two weeks of the pass.
    pub ends_soon: bool,
}

impl ExceptionReport {
    /// Of what a certificate tells.
    pub fn of(exception: &ExceptionInForce) -> Self {
        let codes = exception.codes.iter();
        Self {
            id: exception.id.clone(),
            pattern: exception.pattern.clone(),
            codes: codes.map(|code| code.word().to_owned()).collect(),
            reason: exception.reason.clone(),
            owner: exception.owner.clone(),
            accepted: exception.accepted.utc(),
            expires: exception.expires.utc(),
            matched: exception.matched,
            ends_soon: false,
        }
    }
}

/// One side in a pass's document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SideReport {
    /// Where its root is.
    pub location: String,
    /// Regular files.
    pub files: u64,
    /// Directories, without the root.
    pub directories: u64,
    /// Symbolic links.
    pub symlinks: u64,
    /// Bytes of content.
    pub bytes: u64,
    /// Root over its facts, in hexadecimal; absent where no manifest was made.
    pub root: Option<String>,
}

/// How many entries were changed how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeCounts {
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
}

/// One finding or refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FailureReport {
    /// The entry, escaped for reading; `.` for a site as a whole.
    pub path: String,
    /// The stable code.
    pub code: String,
    /// The side.
    pub site: String,
    /// The verdict.
    pub verdict: String,
    /// The reason in words.
    pub message: String,
    /// The exception that covers it; absent where none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<String>,
}

/// A refusal by one or more guards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RefusalReport {
    /// What to give to `--approve`; it covers these entries and no others.
    pub approve: String,
    /// Each guard that refused.
    pub guards: Vec<GuardReport>,
}

/// One guard that refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GuardReport {
    /// The stable code.
    pub code: String,
    /// Why, in one paragraph.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// How many entries it is about.
    pub entries: u64,
    /// Some of them, escaped for reading.
    pub examples: Vec<String>,
    /// False where no approval helps.
    pub approvable: bool,
}

/// The document of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanReport {
    /// Name of the pair.
    pub pair: String,
    /// When production's scan began, RFC 3339 in UTC.
    pub as_of: String,
    /// What production holds.
    pub production: SideReport,
    /// What the standby holds.
    pub standby: SideReport,
    /// What would be changed.
    pub changes: ChangeCounts,
    /// Bytes that would be brought to the standby, at most.
    pub bytes: u64,
    /// New entries that may turn out to be renames of vanished ones.
    pub rename_candidates: u64,
    /// Files whose content would be read again before it is believed.
    pub doubtful: u64,
    /// Stubs of hierarchical storage.
    pub stubs: u64,
    /// Excluded entries and their bytes.
    pub excluded: u64,
    /// See `excluded`.
    pub excluded_bytes: u64,
    /// Names that the standby cannot hold, or cannot tell apart, and other findings.
    pub findings: Vec<FailureReport>,
    /// How many more there are.
    pub findings_omitted: u64,
    /// The steps that a run would take, in order.
    #[serde(default)]
    pub pass: Vec<PassStep>,
    /// The first changes, as `log` would show them.
    pub steps: Vec<PlannedStep>,
    /// How many more there are.
    pub steps_omitted: u64,
    /// What a run would be refused for.
    pub refusal: Option<RefusalReport>,
    /// How long the last passes moved content, in bytes a second; absent before the first.
    pub bytes_per_second: Option<f64>,
    /// The limits of the link by hour that the estimate heeds; empty where there are none.
    pub bandwidth: Vec<String>,
    /// How long a run would take, by that rate and the time of this scan; by the link's limits where there is no rate yet.
    pub seconds_expected: Option<f64>,
    /// How long the plan took.
    pub seconds: f64,
}

/// A step that a run would take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PassStep {
    /// The step.
    pub step: String,
    /// What is done in it beside what always is: the commands that the configuration names.
    pub does: String,
}

/// One change of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedStep {
    /// rsync's eleven letters.
    pub letters: String,
    /// The entry, escaped for reading.
    pub path: String,
    /// The old name, for a rename.
    pub from: Option<String>,
    /// Bytes to move at most.
    pub bytes: u64,
}

impl SideReport {
    /// A side with its counts.
    pub fn new(location: &str, tally: &Tally) -> Self {
        let Tally {
            files,
            directories,
            symlinks,
            bytes,
            ..
        } = *tally;
        Self {
            location: location.to_owned(),
            files,
            directories,
            symlinks,
            bytes,
            root: None,
        }
    }
}

impl FailureReport {
    /// A finding as it is listed.
    pub fn new(finding: &Finding) -> Self {
        Self {
            path: finding.path.to_string(),
            code: finding.code.word().to_owned(),
            site: finding.site.word().to_owned(),
            verdict: finding.verdict.word().to_owned(),
            message: finding.message.clone(),
            exception: None,
        }
    }

    /// The finding that is listed; nothing for what this version has no word for.
    pub(crate) fn finding(&self) -> Option<Finding> {
        let path = EntryPath::checked(&escape::from_shown(&self.path)).ok()?;
        let code = Code::ALL.iter().copied().find(|code| code.word() == self.code)?;
        let site = [SiteRole::Production, SiteRole::Standby]
            .into_iter()
            .find(|site| site.word() == self.site)?;
        let verdict = Verdict::ALL
            .into_iter()
            .find(|verdict| verdict.word() == self.verdict)?;
        Some(Finding::new(&path, code, site, verdict, self.message.clone()))
    }

    /// True for codes that a run is refused for.
    pub fn is(&self, code: Code) -> bool {
        self.code == code.word()
    }
}
