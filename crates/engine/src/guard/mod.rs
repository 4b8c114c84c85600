//! Guards: rules that judge the whole plan before anything is changed, and can refuse it.
//!
//! A refusal names what it is about, entry by entry, so that an approval covers exactly that.

mod limits;
mod ransom;
mod refusal;
mod sites;
#[cfg(test)]
mod tests;

pub(crate) use refusal::{Judged, Refusal, judge_approval};

use crate::pass::{Observation, Sites};
use crate::plan::Plan;
use crate::request::{PassKind, PassRequest};
use crate::settings::PairSettings;
use counterpart_model::Failure;

/// What the guards look at.
pub(crate) struct Judging<'a> {
    /// The pair.
    pub settings: &'a PairSettings,
    /// What is asked.
    pub request: &'a PassRequest,
    /// Both sites.
    pub sites: &'a Sites<'a>,
    /// What both scans found.
    pub observation: &'a Observation,
    /// The plan.
    pub plan: &'a Plan,
    /// Identity of production's filesystem at the last pass.
    pub known_filesystem: Option<&'a str>,
}

/// Every refusal, in the order in which an operator should read them.
///
/// # Errors
/// A spool or a site failed.
pub(crate) fn judge(judging: &Judging<'_>) -> Result<Vec<Refusal>, Failure> {
    let mut refusals = sites::refusals(judging);
    refusals.extend(limits::refusals(judging));
    if judging.request.kind == PassKind::Run {
        refusals.extend(ransom::magic_lost(judging)?);
    }
    refusals.extend(ransom::extensions_changed(judging)?);
    refusals.extend(limits::space(judging)?);
    Ok(refusals)
}
