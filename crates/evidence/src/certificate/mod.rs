//! The certificate: the signed record of one pass, complete in itself.
//!
//! Plain data, one file a part; the engine fills it. Nothing is ever left out of the JSON: what was not done or not
//! known is `null` or an empty list, so that a reader sees that it is absent. How it looks on paper is `page`'s business.

pub mod actor;
pub mod changes;
pub mod consistency;
mod consistent_probes;
pub mod examples;
pub mod findings;
pub mod identity;
pub mod limits;
pub mod manifest;
pub mod moment;
pub mod probe;
pub mod scope;
pub mod sentences;
pub mod signing;
pub mod state;
pub mod times;
pub mod tool;
pub mod verdicts;

pub use actor::Actor;
pub use changes::{Attachment, Changes, HistorySummary};
pub use examples::{Example, Examples, FailureEntry, Listing};
pub use findings::{CodeCount, Collected, Collector, Failures, Group};
pub use identity::{Format, Identity};
pub use manifest::{Mounted, Obtained, SiteManifest};
pub use moment::Moment;
pub use probe::{Probe, ProbeClean, ProbeDifference, ProbeOutput, ProbeRule, ProbeSite};
pub use scope::{ClassScope, ClassStanding, Excluded, ExcludedAtSite, Scope, SiteScope};
pub use sentences::Sentences;
pub use signing::{Signed, Signing, check};
pub use state::{ExceptionInForce, HeldSpan, HoldMethod, ProductionState, Readiness, StepTaken};
pub use times::{ClockOffset, Grains, Span, Times};
pub use tool::Tool;
pub use verdicts::{Layer, LayerVerdict, Verdicts};

use serde::{Deserialize, Serialize};

/// The record of one pass. The numbers in brackets are those of the twelve points in docs/FORMAT.md.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// Name and version of the format.
    pub format: Format,
    /// Which record this is (1).
    pub identity: Identity,
    /// Who and why (2).
    pub actor: Actor,
    /// What was compared, and what was left out by which rule (3).
    pub scope: Scope,
    /// When, by which clocks (4).
    pub times: Times,
    /// With which program and configuration (5).
    pub tool: Tool,
    /// In which state production was (6).
    pub production_state: ProductionState,
    /// What production held (7); `null` when the pass ended before it was known.
    pub production: Option<SiteManifest>,
    /// What the standby held (7); `null` when the pass ended before it was known.
    pub standby: Option<SiteManifest>,
    /// The verdicts (8).
    pub verdicts: Verdicts,
    /// What was not compared, by code (8).
    pub not_compared: Vec<Group>,
    /// What was changed (9).
    pub changes: Changes,
    /// All other findings, by code (8).
    pub findings: Vec<Group>,
    /// What a guard or a step refused, and what failed (8).
    pub failures: Failures,
    /// The first findings and failures by name: a document of its own (8); `null` when there are none.
    pub examples: Option<Attachment>,
    /// Accepted findings (10).
    pub exceptions: Vec<ExceptionInForce>,
    /// Probes and their outputs (11).
    pub probes: Vec<Probe>,
    /// What files do not carry, as it was found at the standby (6).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readiness: Vec<Readiness>,
    /// The steps of the pass that were taken, in order, until it was certified (4).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepTaken>,
    /// The same in the two sentences that an auditor reads.
    pub sentences: Sentences,
    /// How it is signed (12).
    pub signing: Signing,
}
