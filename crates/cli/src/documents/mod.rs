//! What `--json` prints, one type a document. Each has a schema in docs/schema, made from the type itself.
//!
//! The documents of passes and plans are the engine's.

mod certificate;
mod check;
mod copies;
mod demo;
mod exception;
mod explain;
mod hold;
mod imported;
mod key;
pub(crate) mod listing;
mod notify;
mod pause;
mod probe;
mod proof;
mod status;
mod timestamp;
mod watchdog;

pub use certificate::{
    CertificateLine, CertificateListDocument, CertificateShowDocument, CertificateVerifyDocument, FarHead,
};
pub use check::{CheckDocument, CheckLine, MistakeDocument, PairCheck};
pub use copies::{
    CopyDocument, HistoryDocument, NotHeldAttribute, NotHeldDocument, PruneDocument, PrunedKind, PrunedPass,
    RepairExportDocument, UndeleteDocument, VersionDocument, WhereDocument,
};
pub use demo::{DemoDocument, DemoRefusal, InitDocument};
pub use exception::{
    ExceptionAddDocument, ExceptionEndDocument, ExceptionEnded, ExceptionLine, ExceptionListDocument,
};
pub use explain::{CompletionsDocument, ExplainDocument, Explained};
pub use hold::{HeldDocument, ReleasedDocument};
pub use imported::{
    ClaimDocument, ImportDocument, ImportLogDocument, ImportedEntry, ImportedLinesDocument, ImportedReading,
    ImportedRunDocument, ImportedRunsDocument, PathClaims, UnreadLine,
};
pub use key::{AllowedSignersDocument, KeyLine, KeyListDocument, KeyRevokeDocument, KeyRotateDocument};
pub use listing::{LogDocument, LogEntry, LogFinding, ManifestDocument, ManifestEntry};
pub use notify::{NotifyDocument, NotifyLine, TriedDocument};
pub use pause::{PauseDocument, PausedPair};
pub use probe::{ProbeOutputDocument, ProbeShown, ProbeSiteDocument, ProbesDocument};
pub use proof::{
    AuditPathDocument, CertificatePackDocument, CertificateProveDocument, CertifiedDocument,
    ProofFormatDocument,
};
pub use status::{MessagesDocument, RangeDocument, StatusDocument, StatusLine, TrendsDocument};
pub use timestamp::{TimestampLine, TimestampRequestDocument, TimestampTakeDocument};
pub use watchdog::{WatchdogDocument, WatchdogLine};

use counterpart_engine::{PassReport, PlanReport};
use counterpart_model::Failure;
use schemars::JsonSchema;
use serde::Serialize;

/// Printed in place of any other document when a command fails.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ErrorDocument {
    /// What failed.
    pub error: ErrorBody,
}

/// What failed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ErrorBody {
    /// The stable code.
    pub code: String,
    /// What was being done to which thing.
    pub doing: String,
    /// Why it did not work.
    pub why: String,
    /// What to do next.
    pub hint: String,
}

/// What `mirror` prints: a pass, or a plan with `--dry-run`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum MirrorDocument {
    /// A pass.
    Pass(Box<PassReport>),
    /// A plan.
    Plan(Box<PlanReport>),
}

impl ErrorDocument {
    /// The document of a failure.
    pub fn of(failure: &Failure) -> Self {
        Self {
            error: ErrorBody::of(failure),
        }
    }
}

impl ErrorBody {
    /// The parts of a failure.
    pub fn of(failure: &Failure) -> Self {
        let Failure {
            code,
            doing,
            why,
            hint,
        } = failure;
        Self {
            code: code.word().to_owned(),
            doing: doing.clone(),
            why: why.clone(),
            hint: hint.clone(),
        }
    }
}
