//! Probes in the certificate: what was asked, by which rules, with which outputs. No line of an output.

use super::ran::{Came, Ran};
use super::{ProbeSettings, Probing};
use crate::apply::lock;
use crate::pass::Pass;
use counterpart_evidence::certificate as evidence;
use counterpart_model::{SiteRole, Verdict};
use counterpart_port::Act;
use counterpart_probe::{Ended, Judged, Obstacle, Rule};

impl Pass<'_> {
    /// Every probe as the certificate has it.
    pub(crate) fn probes_record(&self) -> Vec<evidence::Probe> {
        let probing = lock(&self.probing);
        let judged = self.settings.probes.iter().zip(&probing.judged).enumerate();
        judged
            .map(|(number, (settings, judged))| self.probe_record(&probing, number, settings, judged))
            .collect()
    }

    fn probe_record(
        &self,
        probing: &Probing,
        number: usize,
        settings: &ProbeSettings,
        judged: &Judged,
    ) -> evidence::Probe {
        let [at_production, at_standby] = &judged.obstacles;
        let site = |role, obstacle: &Option<Obstacle>| {
            self.probe_site(settings, role, obstacle.as_ref(), probing.at(role, number))
        };
        evidence::Probe {
            name: settings.name.clone(),
            rules: settings.rules.iter().map(rule).collect(),
            clean_rule: settings.clean.as_ref().map(|clean| evidence::ProbeClean {
                pattern: clean.pattern.clone(),
                exits: clean.exits.clone(),
            }),
            may_be_empty: settings.may_be_empty,
            verdict: judged.verdict,
            difference: matches!(judged.verdict, Verdict::Different | Verdict::Excepted).then_some(
                evidence::ProbeDifference {
                    only_production: judged.difference.only_production,
                    only_standby: judged.difference.only_standby,
                    not_compared: judged.difference.not_compared,
                },
            ),
            clean: probing.clean(settings, number),
            production: site(SiteRole::Production, at_production),
            standby: site(SiteRole::Standby, at_standby),
        }
    }

    fn probe_site(
        &self,
        settings: &ProbeSettings,
        role: SiteRole,
        obstacle: Option<&Obstacle>,
        ran: Option<&Ran>,
    ) -> evidence::ProbeSite {
        let (act, words) = act(&settings.task(role).act);
        let output = ran.and_then(|ran| ran.came.as_ref().ok().map(|came| self.probe_output(ran, came)));
        evidence::ProbeSite {
            act: act.to_owned(),
            words,
            obstacle: obstacle.map(|obstacle| obstacle.word().to_owned()),
            output,
        }
    }

    fn probe_output(&self, ran: &Ran, came: &Came) -> evidence::ProbeOutput {
        let (ended_by, status) = match came.output.ended {
            Ended::Status { status, .. } => ("status", Some(status)),
            Ended::Signalled(signal) => ("signal", Some(signal.into())),
            Ended::TimedOut => ("timeout", None),
        };
        evidence::ProbeOutput {
            began: self.moment(ran.began),
            ended: self.moment(ran.ended),
            ended_by: ended_by.to_owned(),
            status,
            omitted_bytes: came.output.omitted_bytes,
            raw: came.raw.clone(),
            errors: came.errors.clone(),
            normalised: came.normalised.clone(),
            clean: came.clean,
        }
    }
}

fn rule(rule: &Rule) -> evidence::ProbeRule {
    let separator = match rule {
        Rule::Drop(drop) => drop.separator.clone(),
        _ => None,
    };
    evidence::ProbeRule {
        rule: rule.word().to_owned(),
        values: rule.values(),
        separator,
    }
}

/// What is done, and to what; without a secret.
fn act(act: &Act) -> (&'static str, Vec<String>) {
    match act {
        Act::Run(words) => ("run", words.clone()),
        Act::Get(address) => ("get", vec![address.to_string()]),
        Act::Connect(place) => ("connect", vec![place.clone()]),
        Act::Command(name) => ("command", vec![name.to_string()]),
    }
}
