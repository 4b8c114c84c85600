//! A refusal: nothing was changed, and the journal says who was refused what.

use super::{Observation, Pass};
use crate::report::{PassReport, RefusalReport};
use counterpart_model::{Failure, Timestamp};
use serde_json::json;

impl Pass<'_> {
    pub(crate) fn refused(
        &self,
        observation: &Observation,
        refusal: RefusalReport,
    ) -> Result<PassReport, Failure> {
        let guards: Vec<&str> = refusal.guards.iter().map(|guard| guard.code.as_str()).collect();
        let body = json!({
            "pass": self.name,
            "guards": guards,
            "approve": refusal.approve,
            "account": self.request.actor.account,
            "host": self.request.actor.host,
            "reason": self.request.reason,
        });
        self.ledger.journal()?.append("refusal", now(), body)?;
        self.log.finish()?;
        let report = self.refusal_report(observation, refusal);
        self.ledger.keep_report(&report)?;
        Ok(report)
    }
}

/// The present time; only the engine and the sites read clocks.
pub(crate) fn now() -> Timestamp {
    let now = jiff::Timestamp::now();
    Timestamp::new(
        now.as_second(),
        u32::try_from(now.subsec_nanosecond()).unwrap_or(0),
    )
}
