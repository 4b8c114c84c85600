//! Pages of certificates, made when they are wanted, and the trends beside them. Neither is evidence, so neither is kept.

use crate::ledger::Ledger;
use counterpart_evidence::canonical::sha256_hex;
use counterpart_evidence::certificate::Certificate;
use counterpart_evidence::page::{Subject, TREND_PASSES, Trends};
use counterpart_model::Failure;

impl Ledger {
    /// The page of a pass's certificate, in the form that `form` gives it.
    ///
    /// # Errors
    /// As [`Ledger::certificate`], [`Ledger::examples`] and [`Ledger::trends`].
    pub fn page(&self, pass: &str, form: fn(Subject<'_>) -> String) -> Result<String, Failure> {
        let (certificate, json) = self.certificate(pass)?;
        Ok(form(Subject {
            certificate: &certificate,
            sha256: &sha256_hex(&json),
            examples: self.examples(&certificate)?.as_ref(),
            trends: Some(&self.trends(Some(pass))?),
        }))
    }

    /// The trends over the last certificates, up to that of a pass or to the last.
    ///
    /// # Errors
    /// As [`Ledger::certificate`].
    pub fn trends(&self, up_to: Option<&str>) -> Result<Trends, Failure> {
        self.settle_certificates(false)?;
        let mut passes = self.certified_passes()?;
        passes.retain(|pass| up_to.is_none_or(|last| pass.as_str() <= last));
        let recent = passes.split_off(passes.len().saturating_sub(TREND_PASSES));
        let certificates: Result<Vec<Certificate>, Failure> = recent
            .iter()
            .map(|pass| self.certificate(pass).map(|(certificate, _)| certificate))
            .collect();
        certificates.map(|certificates| Trends::of(&certificates))
    }
}
