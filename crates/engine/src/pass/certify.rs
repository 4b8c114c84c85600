//! Certifying: both manifests are folded, the certificate is filled in, signed, chained and kept.

use super::refused::now;
use super::{Observation, Pass};
use crate::apply::Applied;
use crate::event::{Event, StepName};
use crate::findings::Sums;
use crate::ledger::memory::ExcludedCount;
use crate::plan::Plan;
use crate::report::{PassReport, SideReport};
use crate::request::PassKind;
use counterpart_evidence::certificate as evidence;
use counterpart_evidence::certificate::{Certificate, Moment};
use counterpart_model::{Code, Digest, EntryPath, Failure, Finding, SiteRole, Tally, Timestamp, Verdict};
use counterpart_port::{Closed, Mount, Profile, ScanReport};
use counterpart_store::FinishedLog;
use serde_json::json;

impl Pass<'_> {
    pub(crate) fn certify(
        &self,
        observation: &Observation,
        applied: &Applied,
        plan: &Plan,
    ) -> Result<PassReport, Failure> {
        self.listener.event(&Event::Began(StepName::Certify));
        let production = self.sites.production.close()?;
        let standby = self.sites.standby.close()?;
        self.tell_what_is_left(observation, &production, &standby, plan);
        let log = self.log.finish()?;
        let sums = self.findings.sums();
        let verdict = Judgement { congruent: sums.allow_congruence(), sums };
        self.remember(observation)?;
        let certificate = self.certificate(observation, applied, &verdict, [&production, &standby], log)?;
        let file = self.sign(certificate)?;
        let report = self.report(observation, applied, &verdict, [&production, &standby], file);
        self.ledger.keep_report(&report)?;
        Ok(report)
    }

    /// What neither a step nor a finding has told: files never read, nothing at all, and roots that differ though no
    /// entry was said to.
    fn tell_what_is_left(&self, observation: &Observation, production: &Closed, standby: &Closed, plan: &Plan) {
        let tell = |code, site, verdict, why: String| {
            self.findings.add(&Finding::new(&EntryPath::root(), code, site, verdict, why));
        };
        for (closed, role) in [(production, SiteRole::Production), (standby, SiteRole::Standby)] {
            if closed.unread.files > 0 {
                let why = format!("{} files of {role} were never read", closed.unread.files);
                tell(Code::NotRead, role, Verdict::NotCompared, why);
            }
        }
        if production.tally.entries() == 0 && standby.tally.entries() == 0 {
            tell(Code::NothingCompared, SiteRole::Production, Verdict::NotCompared, "both trees are empty".into());
        }
        let explained = plan.totals.declared > 0 || !self.findings.sums().allow_congruence();
        let declared = observation.production.stubs.entries() > 0;
        if production.root != standby.root && !explained && !declared {
            let why = "the roots of the two manifests differ";
            tell(Code::Differs, SiteRole::Standby, Verdict::Different, why.into());
        }
    }

    fn remember(&self, observation: &Observation) -> Result<(), Failure> {
        let mut memory = crate::apply::lock(&self.memory);
        let rotten = crate::apply::lock(&self.rotten);
        let found = self.began.as_second();
        rotten.iter().for_each(|(path, site)| memory.note_rot(path, *site, found));
        memory.keep_rot(|path| rotten.iter().any(|(known, _)| known == path));
        if self.request.kind == PassKind::Run {
            memory.production_filesystem = Some(observation.production_profile.filesystem.identity.clone());
        }
        self.ledger.remember(&memory)
    }

    fn certificate(
        &self,
        observation: &Observation,
        applied: &Applied,
        judgement: &Judgement,
        closed: [&Closed; 2],
        log: Option<FinishedLog>,
    ) -> Result<Certificate, Failure> {
        let key = self.ledger.signing_key()?;
        let last = self.ledger.last_link()?;
        let [production, standby] = closed;
        let (not_compared, findings) = self.findings.groups();
        let certificate = Certificate {
            format: evidence::Format::default(),
            identity: evidence::Identity {
                pair: self.settings.name.clone(),
                pass: self.name.clone(),
                sequence: last.map_or(1, |link| link.sequence + 1),
                previous: last.map(|link| link.sha256),
            },
            actor: self.actor(),
            scope: self.scope(observation),
            times: self.times(observation),
            tool: self.tool(observation),
            production_state: self.production_state(observation),
            production: Some(self.manifest(production, &observation.production)),
            standby: Some(self.manifest(standby, &observation.standby)),
            verdicts: judgement.verdicts(standby),
            not_compared,
            changes: self.changes(applied, log),
            findings,
            failures: evidence::Failures::default(),
            exceptions: Vec::new(),
            probes: Vec::new(),
            sentences: evidence::Sentences::default(),
            signing: evidence::Signing::of(&key)?,
        };
        Ok(certificate.with_sentences())
    }

    fn sign(&self, certificate: Certificate) -> Result<String, Failure> {
        let key = self.ledger.signing_key()?;
        let signed = certificate.to_signed(&key)?;
        let path = self.ledger.keep_certificate(&self.name, &signed)?;
        let body = json!({
            "pass": self.name,
            "sha256": signed.sha256,
            "congruent": certificate.verdicts.congruent,
            "production_root": certificate.production.as_ref().map(|manifest| manifest.root),
            "standby_root": certificate.standby.as_ref().map(|manifest| manifest.root),
        });
        self.ledger.journal()?.append("certificate", now(), body)?;
        Ok(path.display().to_string())
    }

    fn moment(&self, time: Timestamp) -> Moment {
        Moment::new(time, self.request.tool.utc_offset_seconds)
    }

    fn moment_of_seconds(&self, seconds: i64) -> Moment {
        Moment::from_seconds(seconds, self.request.tool.utc_offset_seconds)
    }

    fn actor(&self) -> evidence::Actor {
        let actor = &self.request.actor;
        evidence::Actor {
            account: actor.account.clone(),
            person: None,
            host: actor.host.clone(),
            command: vec![actor.command.clone()],
            reason: self.request.reason.clone(),
            schedule: None,
            approval: self.request.approve.clone(),
        }
    }

    fn scope(&self, observation: &Observation) -> evidence::Scope {
        let policy = &self.settings.policy;
        let counted = crate::apply::lock(&self.memory).excluded;
        evidence::Scope {
            production: site_scope(&observation.production_profile),
            standby: site_scope(&observation.standby_profile),
            layers: vec![evidence::Layer::Tree],
            metadata: evidence::Scope::classes(policy.carry, observation.carry),
            owner_by: policy.owner_by,
            excluded: evidence::Excluded {
                patterns: policy.exclude.clone(),
                production: counted.map(|count| self.excluded_at(count, SiteRole::Production)),
                standby: counted.map(|count| self.excluded_at(count, SiteRole::Standby)),
            },
            stubs: policy.stubs.clone(),
            settle_seconds: self.settings.settle_seconds,
            append_only: self.settings.append_only.clone(),
        }
    }

    fn excluded_at(&self, count: ExcludedCount, role: SiteRole) -> evidence::ExcludedAtSite {
        let (holds, newest) = match role {
            SiteRole::Production => (count.production, count.production_newest_seconds),
            SiteRole::Standby => (count.standby, count.standby_newest_seconds),
        };
        evidence::ExcludedAtSite {
            holds,
            newest: newest.map(|seconds| self.moment_of_seconds(seconds)),
            counted: self.moment_of_seconds(count.at_seconds),
        }
    }

    fn times(&self, observation: &Observation) -> evidence::Times {
        let span = |report: &ScanReport| evidence::Span {
            began: self.moment(report.began),
            ended: self.moment(report.ended),
        };
        let seen = observation.production.grain_seen.unwrap_or(counterpart_model::Grain::TWO_SECONDS);
        evidence::Times {
            as_of: self.moment(observation.production.began),
            standby_as_of: Some(self.moment(now())),
            began: self.moment_of_seconds(self.began.as_second()),
            ended: self.moment(now()),
            production_scan: span(&observation.production),
            standby_scan: Some(span(&observation.standby)),
            clock_offset: None,
            grains: evidence::Grains {
                production_ns: seen.nanos(),
                standby_ns: observation.standby_profile.capabilities.grain.nanos(),
                compared_ns: observation.grain.nanos(),
            },
        }
    }

    fn tool(&self, observation: &Observation) -> evidence::Tool {
        let tool = &self.request.tool;
        evidence::Tool {
            name: tool.name.clone(),
            version: tool.version.clone(),
            sha256: Digest::from_hex(&tool.sha256),
            agent_sha256: None,
            system: observation.standby_profile.system.clone(),
            configuration: Digest::from_hex(&self.request.config_sha256).unwrap_or(observation.policy),
            policy: observation.policy,
        }
    }

    fn production_state(&self, observation: &Observation) -> evidence::ProductionState {
        let moving = now().seconds.saturating_sub(observation.production.began.seconds);
        evidence::ProductionState {
            hold: evidence::HoldMethod::None,
            moving_seconds: u64::try_from(moving).unwrap_or(0),
            after_cut_off: observation.production.after_cut_off,
            settling: observation.production.settling,
            database_position: None,
        }
    }

    fn manifest(&self, closed: &Closed, scanned: &ScanReport) -> evidence::SiteManifest {
        let how = closed.how;
        evidence::SiteManifest {
            root: closed.root,
            holds: closed.tally,
            algorithm: self.settings.policy.algorithm,
            obtained: evidence::Obtained {
                read: how.read,
                written: how.written,
                carried: how.carried,
                moved: how.moved,
                unread: how.unread,
            },
            unread: closed.unread,
            oldest_read: closed.oldest_read_seconds.map(|seconds| self.moment_of_seconds(seconds)),
            mounts: scanned.mounts.iter().map(mounted).collect(),
        }
    }

    fn changes(&self, applied: &Applied, log: Option<FinishedLog>) -> evidence::Changes {
        let set_aside = applied.counts.modified + applied.counts.deleted;
        let keep = i64::try_from(self.settings.history_seconds).unwrap_or(i64::MAX);
        let kept_until = self.moment_of_seconds(self.began.as_second().saturating_add(keep));
        evidence::Changes {
            created: applied.counts.created,
            modified: applied.counts.modified,
            deleted: applied.counts.deleted,
            renamed: applied.counts.renamed,
            metadata: applied.counts.metadata,
            bytes_read: applied.bytes_read + self.reread_bytes(),
            bytes_sent: applied.bytes_sent,
            log: log.map(|log| evidence::Attachment {
                name: log.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
                bytes: log.len_bytes,
                sha256: log.sha256,
            }),
            history: evidence::HistorySummary {
                replaced: applied.counts.modified,
                removed: applied.counts.deleted,
                drifted: self.findings.sums().by_code.get(&Code::Drift).map_or(0, |(count, _)| *count),
                kept_until: (set_aside > 0).then_some(kept_until),
            },
        }
    }

    fn reread_bytes(&self) -> u64 {
        self.reread_bytes.load(std::sync::atomic::Ordering::Relaxed)
    }

    fn report(
        &self,
        observation: &Observation,
        applied: &Applied,
        judgement: &Judgement,
        closed: [&Closed; 2],
        certificate: String,
    ) -> PassReport {
        let [production, standby] = closed;
        let sums = &judgement.sums;
        let mut report = self.empty_report(observation);
        report.congruent = judgement.congruent;
        report.production = side(&observation.production_profile, production);
        report.standby = side(&observation.standby_profile, standby);
        report.changes = applied.counts;
        report.bytes_read = applied.bytes_read + self.reread_bytes();
        report.bytes_sent = applied.bytes_sent;
        report.different = sums.different;
        let oldest = production.oldest_read_seconds.into_iter().chain(standby.oldest_read_seconds).min();
        report.oldest_read = oldest.map(|seconds| Timestamp::new(seconds, 0).rfc3339());
        report.certificate = Some(certificate);
        report.seconds = self.clock.elapsed().as_secs_f64();
        report
    }

    /// A report with what is known before anything was changed.
    pub(crate) fn empty_report(&self, observation: &Observation) -> PassReport {
        let sums = self.findings.sums();
        let scan = &observation.production;
        let left_out = scan.stubs.entries() + scan.excluded.entries();
        PassReport {
            pair: self.settings.name.clone(),
            pass: self.name.clone(),
            kind: if self.request.kind == PassKind::Verify { "verify" } else { "run" }.to_owned(),
            congruent: false,
            clean: None,
            as_of: Some(scan.began.rfc3339()),
            production: SideReport::new(&observation.production_profile.location, &scan.tally),
            standby: SideReport::new(&observation.standby_profile.location, &observation.standby.tally),
            changes: crate::report::ChangeCounts::default(),
            bytes_read: 0,
            bytes_sent: 0,
            not_compared: sums.not_compared + sums.declared.max(left_out),
            declared: sums.declared.max(left_out),
            unsettled: sums.unsettled,
            excepted: 0,
            different: sums.different,
            after_cut_off: scan.after_cut_off + scan.settling,
            failures: sums.listed,
            failures_omitted: sums.omitted,
            oldest_read: None,
            seconds: self.clock.elapsed().as_secs_f64(),
            certificate: None,
            refusal: None,
            resumed: observation.recovered,
        }
    }
}

/// The verdict of a pass, and what it rests on.
struct Judgement {
    congruent: bool,
    sums: Sums,
}

impl Judgement {
    fn verdicts(&self, standby: &Closed) -> evidence::Verdicts {
        let sums = &self.sums;
        let not_equal = sums.different + sums.not_compared + sums.unsettled;
        let verdict = if sums.different > 0 {
            Verdict::Different
        } else if sums.unsettled > 0 {
            Verdict::Unsettled
        } else if sums.not_compared > 0 {
            Verdict::NotCompared
        } else {
            Verdict::Equal
        };
        let layer = evidence::LayerVerdict {
            layer: evidence::Layer::Tree,
            verdict,
            equal: standby.tally.entries().saturating_sub(not_equal),
            different: sums.different,
            not_compared: sums.not_compared + sums.declared,
            unsettled: sums.unsettled,
            excepted: 0,
        };
        evidence::Verdicts { congruent: self.congruent, clean: None, layers: vec![layer] }
    }
}

fn side(profile: &Profile, closed: &Closed) -> SideReport {
    let tally: &Tally = &closed.tally;
    SideReport { root: Some(closed.root.to_string()), ..SideReport::new(&profile.location, tally) }
}

fn site_scope(profile: &Profile) -> evidence::SiteScope {
    evidence::SiteScope {
        location: profile.location.clone(),
        host: profile.host.clone(),
        system: profile.system.clone(),
    }
}

fn mounted(mount: &Mount) -> evidence::Mounted {
    evidence::Mounted {
        path: mount.path.to_string(),
        kind: mount.kind.clone(),
        identity: mount.identity.clone(),
    }
}
