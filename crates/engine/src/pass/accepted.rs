//! What somebody accepted, read once a pass: from a journal that holds, or nothing is believed of it.

use super::Pass;
use crate::exceptions::InForce;
use counterpart_evidence::certificate::ExceptionInForce;
use counterpart_model::{Code, EntryPath, Failure, Finding, SiteRole, Verdict};

impl Pass<'_> {
    /// Puts the exceptions in force that have not ended when the pass begins. Where the journal does not hold, the standby
    /// is kept equal all the same, nothing is accepted, and the pass is not congruent.
    pub(super) fn accept(&self) -> Result<(), Failure> {
        let began = self.began.as_second();
        let known = self.ledger.exceptions();
        match known.and_then(|known| InForce::of(&known, began)) {
            Ok(in_force) => self.findings.accept(in_force),
            Err(failure) if failure.code == Code::EvidenceBroken => self.tell_disbelief(&failure),
            Err(failure) => return Err(failure),
        }
        Ok(())
    }

    fn tell_disbelief(&self, failure: &Failure) {
        let why = format!("the journal does not hold, so no exception is believed: {failure}");
        self.findings.add(&Finding::new(
            &EntryPath::root(),
            Code::EvidenceBroken,
            SiteRole::Production,
            Verdict::Different,
            why,
        ));
    }

    /// The exceptions in force, as the certificate has them.
    pub(super) fn exceptions_certified(&self) -> Vec<ExceptionInForce> {
        self.findings
            .exceptions()
            .map(InForce::certified)
            .unwrap_or_default()
    }
}
