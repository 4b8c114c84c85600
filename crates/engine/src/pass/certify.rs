//! Certifying: both manifests are folded, the certificate is filled in, signed, chained and kept.

use super::refused::now;
use super::{Observation, Pass};
use crate::apply::Applied;
use crate::event::StepName;
use crate::findings::{Sums, unread_and_told};
use crate::plan::Plan;
use crate::report::PassReport;
use crate::request::PassKind;
use counterpart_evidence::certificate as evidence;
use counterpart_evidence::certificate::Certificate;
use counterpart_model::{Code, EntryPath, Failure, Finding, SiteRole, Verdict};
use counterpart_port::Closed;
use serde_json::json;
use std::collections::BTreeMap;

impl Pass<'_> {
    pub(crate) fn certify(
        &self,
        observation: &Observation,
        applied: &Applied,
        plan: &Plan,
    ) -> Result<PassReport, Failure> {
        self.begin(StepName::Certify);
        let told = self.unread_and_told()?;
        self.remember_rot()?;
        // The standby last: until then its apply log says what arrived. Closed first, a kill in between would have
        // production read again.
        let production = self.sites.production.close()?;
        let standby = self.sites.standby.close()?;
        self.tell_what_is_left(observation, [(&production, told[0]), (&standby, told[1])], plan);
        let log = self.log.finish()?;
        let sums = self.findings.sums();
        let probes = self.probes_verdict();
        let verdict = Judgement {
            congruent: sums.allow_congruence()
                && probes.is_none_or(|layer| matches!(layer.verdict, Verdict::Equal | Verdict::Excepted)),
            clean: self.clean(),
            probes,
            sums,
        };
        self.remember(observation)?;
        let (certificate, examples) =
            self.certificate(observation, applied, &verdict, [&production, &standby], log)?;
        let file = self.sign(&certificate, examples.as_deref())?;
        let report = self.report(observation, applied, &verdict, [&production, &standby], file);
        self.ledger.keep_report(&report)?;
        self.keep_heads(observation)?;
        Ok(report)
    }

    /// Makes what was learned the known state of both sites, without a certificate.
    pub(super) fn fold(&self, observation: &Observation) -> Result<(), Failure> {
        self.remember_rot()?;
        self.sites.production.close()?;
        self.sites.standby.close()?;
        self.remember(observation)
    }

    /// Files of production and of the standby that were never read and that a finding names already.
    fn unread_and_told(&self) -> Result<[u64; 2], Failure> {
        unread_and_told(self.findings.told()?, |role, from| match role {
            SiteRole::Production => self.sites.production.files(from),
            SiteRole::Standby => self.sites.standby.files(from),
        })
    }

    /// What neither a step nor a finding has told: files never read, nothing at all, and roots that differ though no
    /// entry was said to. With each site comes how many of its files that were never read a finding names already.
    fn tell_what_is_left(&self, observation: &Observation, sites: [(&Closed, u64); 2], plan: &Plan) {
        let [(production, told_of_production), (standby, told_of_standby)] = sites;
        let tell = |code, site, verdict, why: String| {
            self.findings
                .add(&Finding::new(&EntryPath::root(), code, site, verdict, why));
        };
        for (closed, told, role) in [
            (production, told_of_production, SiteRole::Production),
            (standby, told_of_standby, SiteRole::Standby),
        ] {
            let unread = closed.unread.files.saturating_sub(told);
            if unread > 0 {
                let why = format!("{unread} files of {role} were never read");
                tell(Code::NotRead, role, Verdict::NotCompared, why);
            }
        }
        let sums = self.findings.sums();
        let nothing = if production.tally.entries() == 0 && standby.tally.entries() == 0 {
            Some("both trees are empty")
        } else if sums.excepted > 0 && sums.equal([&production.tally, &standby.tally]) == 0 {
            Some("an exception covers all that there is")
        } else {
            None
        };
        if let Some(why) = nothing {
            tell(
                Code::NothingCompared,
                SiteRole::Production,
                Verdict::NotCompared,
                why.into(),
            );
        }
        // With what was accepted the roots differ, and so the next pass compares all that both sites hold.
        let explained = plan.totals.declared > 0 || sums.excepted > 0 || !sums.allow_congruence();
        let declared = observation.production.stubs.entries() > 0;
        if production.root != standby.root && !explained && !declared {
            let why = "the roots of the two manifests differ";
            tell(Code::Differs, SiteRole::Standby, Verdict::Different, why.into());
        }
    }

    /// Remembers which side rotted before the manifests take in what is there now: from then on only this memory says
    /// it, also when the pass is killed before its certificate.
    fn remember_rot(&self) -> Result<(), Failure> {
        let rotten = crate::apply::lock(&self.rotten);
        if rotten.is_empty() {
            return Ok(());
        }
        let mut memory = crate::apply::lock(&self.memory);
        let found = self.began.as_second();
        rotten
            .iter()
            .for_each(|(path, site)| memory.note_rot(path, *site, found));
        self.ledger.remember(&memory)
    }

    fn remember(&self, observation: &Observation) -> Result<(), Failure> {
        let mut memory = crate::apply::lock(&self.memory);
        let rotten = crate::apply::lock(&self.rotten);
        memory.keep_rot(|path| rotten.iter().any(|(known, _)| known == path));
        if self.request.kind == PassKind::Run {
            memory.production_filesystem = Some(observation.production_profile.filesystem.identity.clone());
        }
        self.ledger.remember(&memory)
    }

    fn sign(&self, certificate: &Certificate, examples: Option<&[u8]>) -> Result<String, Failure> {
        let key = self.ledger.signer(&self.acting())?;
        let signed = certificate.to_signed(key.as_ref())?;
        let mut body = json!({
            "pass": self.name,
            "sha256": signed.sha256,
            "congruent": certificate.verdicts.congruent,
            "production_root": certificate.production.as_ref().map(|manifest| manifest.root),
            "standby_root": certificate.standby.as_ref().map(|manifest| manifest.root),
        });
        let matched = certificate
            .exceptions
            .iter()
            .map(|one| (one.id.as_str(), one.matched));
        let matched: BTreeMap<&str, u64> = matched.collect();
        if !matched.is_empty() {
            body["exceptions"] = json!(matched);
        }
        let path = self
            .ledger
            .keep_certificate(&self.name, &signed, examples, now(), body)?;
        Ok(path.display().to_string())
    }

    pub(super) fn reread_bytes(&self) -> u64 {
        self.reread_bytes.load(std::sync::atomic::Ordering::Relaxed)
    }
}

/// The verdict of a pass, and what it rests on.
pub(super) struct Judgement {
    pub(super) congruent: bool,
    pub(super) clean: Option<bool>,
    pub(super) probes: Option<evidence::LayerVerdict>,
    pub(super) sums: Sums,
}

impl Judgement {
    pub(super) fn verdicts(&self, [production, standby]: [&Closed; 2]) -> evidence::Verdicts {
        let sums = &self.sums;
        let verdict = if sums.different > 0 {
            Verdict::Different
        } else if sums.unsettled > 0 {
            Verdict::Unsettled
        } else if sums.not_compared > 0 {
            Verdict::NotCompared
        } else if sums.excepted > 0 {
            Verdict::Excepted
        } else {
            Verdict::Equal
        };
        let layer = evidence::LayerVerdict {
            layer: evidence::Layer::Tree,
            verdict,
            equal: sums.equal([&production.tally, &standby.tally]),
            different: sums.different,
            not_compared: sums.not_compared + sums.declared,
            unsettled: sums.unsettled,
            excepted: sums.excepted,
        };
        evidence::Verdicts {
            congruent: self.congruent,
            clean: self.clean,
            layers: std::iter::once(layer).chain(self.probes).collect(),
        }
    }
}
