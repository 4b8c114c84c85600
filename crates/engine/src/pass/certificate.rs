//! The certificate of a pass, filled in from what the pass saw and did.

use super::certify::Judgement;
use super::refused::now;
use super::{Observation, Pass};
use crate::apply::Applied;
use crate::ledger::Acting;
use crate::ledger::memory::ExcludedCount;
use crate::settings::PairSettings;
use counterpart_evidence::certificate as evidence;
use counterpart_evidence::certificate::{Certificate, Moment};
use counterpart_model::{Digest, Failure, SiteRole, Timestamp};
use counterpart_port::{Closed, Mount, Profile, ScanReport};
use counterpart_store::FinishedLog;

impl Pass<'_> {
    /// The certificate, and the document of examples that lies beside it.
    pub(super) fn certificate(
        &self,
        observation: &Observation,
        applied: &Applied,
        judgement: &Judgement,
        closed: [&Closed; 2],
        log: Option<FinishedLog>,
    ) -> Result<(Certificate, Option<Vec<u8>>), Failure> {
        let key = self.ledger.signer(&self.acting())?;
        let last = self.ledger.last_link()?;
        let [production, standby] = closed;
        let collected = self.findings.groups();
        let examples = collected.examples.named(&self.settings.name, &self.name);
        let (attached, examples) = examples.to_attached()?.unzip();
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
            times: self.times(observation, standby),
            tool: self.tool(observation),
            production_state: self.production_state(observation),
            production: Some(self.manifest(production, &observation.production)),
            standby: Some(self.manifest(standby, &observation.standby)),
            verdicts: judgement.verdicts(closed),
            not_compared: collected.not_compared,
            changes: self.changes(applied, log),
            findings: collected.findings,
            failures: evidence::Failures::default(),
            examples: attached,
            exceptions: self.exceptions_certified(),
            probes: self.probes_record(),
            readiness: self.readiness_found(),
            steps: self.steps_taken(),
            sentences: evidence::Sentences::default(),
            signing: evidence::Signing::of(key.as_ref())?,
        };
        Ok((certificate.with_sentences(), examples))
    }

    /// Who signs, and when.
    pub(super) fn acting(&self) -> Acting<'_> {
        Acting {
            pair: &self.settings.name,
            actor: &self.request.actor,
            reason: self.request.reason.as_deref(),
            at: now(),
            utc_offset_seconds: self.request.tool.utc_offset_seconds,
        }
    }

    pub(crate) fn moment(&self, time: Timestamp) -> Moment {
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
            schedule: self.request.schedule.clone(),
            approval: self.request.approve.clone(),
        }
    }

    fn scope(&self, observation: &Observation) -> evidence::Scope {
        let policy = &self.settings.policy;
        let counted = crate::apply::lock(&self.memory).excluded;
        evidence::Scope {
            production: site_scope(&observation.production_profile),
            standby: site_scope(&observation.standby_profile),
            layers: judged_layers(self.settings),
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

    fn times(&self, observation: &Observation, standby: &Closed) -> evidence::Times {
        let span = |report: &ScanReport| evidence::Span {
            began: self.moment(report.began),
            ended: self.moment(report.ended),
        };
        let seen = observation
            .production
            .grain_seen
            .unwrap_or(counterpart_model::Grain::TWO_SECONDS);
        evidence::Times {
            as_of: self.moment(observation.production.began),
            standby_as_of: Some(self.moment(standby.at)),
            began: self.moment_of_seconds(self.began.as_second()),
            ended: self.moment(now()),
            production_scan: span(&observation.production),
            standby_scan: Some(span(&observation.standby)),
            clock_offset: clock_offset(observation),
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
            agent_sha256: observation.far().and_then(|link| link.agent_sha256),
            system: observation.standby_profile.system.clone(),
            configuration: Digest::from_hex(&self.request.config_sha256).unwrap_or(observation.policy),
            policy: observation.policy,
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
            oldest_read: closed
                .oldest_read_seconds
                .map(|seconds| self.moment_of_seconds(seconds)),
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
                name: log
                    .path
                    .file_name()
                    .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
                bytes: log.len_bytes,
                sha256: log.sha256,
            }),
            history: evidence::HistorySummary {
                replaced: applied.counts.modified,
                removed: applied.counts.deleted,
                drifted: applied.drifted,
                kept_until: (set_aside > 0).then_some(kept_until),
            },
        }
    }
}

/// One of the two sites at most is far; the other's clock is the one that was measured against.
fn clock_offset(observation: &Observation) -> Option<evidence::ClockOffset> {
    let link = observation.far()?;
    let standby_ahead_ms = match &observation.standby_profile.link {
        Some(_) => link.clock_ahead_ms,
        None => -link.clock_ahead_ms,
    };
    Some(evidence::ClockOffset {
        standby_ahead_ms,
        uncertainty_ms: link.clock_uncertainty_ms,
    })
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

/// The layers that a pair declares.
fn judged_layers(settings: &PairSettings) -> Vec<evidence::Layer> {
    let probes = (!settings.probes.is_empty()).then_some(evidence::Layer::Probes);
    std::iter::once(evidence::Layer::Tree).chain(probes).collect()
}
