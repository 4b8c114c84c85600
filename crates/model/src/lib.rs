//! The words of Counterpart as types: paths, facts, observations, differences, verdicts, plans, findings.
//!
//! Everything here is pure: no file, clock, environment or terminal is touched, so every rule can be tested on
//! values alone. What a rule needs from the world is passed in.

pub mod carry;
pub mod clock;
pub mod digest;
pub mod escape;
mod excepting;
pub mod fact;
pub mod failure;
pub mod finding;
pub mod globs;
pub mod itemize;
pub mod line;
pub mod observation;
pub mod path;
pub mod plan;
pub mod policy;
pub mod secret;
pub mod tally;
pub mod verdict;

pub use carry::{Carry, MetadataClass};
pub use clock::{Grain, Timestamp};
pub use digest::{Algorithm, Digest, Hasher};
pub use fact::{Content, Fact, Kind, Metadata, Owner, Standing};
pub use failure::{Code, Failure};
pub use finding::{Finding, SiteRole};
pub use globs::PathGlobs;
pub use observation::{How, Observation, Obtained, Row};
pub use path::EntryPath;
pub use plan::{Action, Step};
pub use policy::Policy;
pub use secret::Secret;
pub use tally::Tally;
pub use verdict::Verdict;
