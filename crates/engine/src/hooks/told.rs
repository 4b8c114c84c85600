//! The steps of a run in words, as a plan shows them beforehand.

use super::settings::{Hold, Hooks};
use crate::event::StepName;
use crate::probes::ProbeSettings;
use counterpart_evidence::certificate::HoldMethod;
use counterpart_model::SiteRole;
use counterpart_port::Task;

impl Hooks {
    /// Every step that a run would take, with what it would do beside what it always does.
    pub fn steps(&self, probes: &[ProbeSettings]) -> Vec<(StepName, String)> {
        let all = StepName::ALL.into_iter();
        all.filter_map(|step| Some((step, self.step(step, probes)?)))
            .collect()
    }

    /// Nothing for a step that is left out.
    fn step(&self, step: StepName, probes: &[ProbeSettings]) -> Option<String> {
        match step {
            StepName::CopyAhead => self
                .copies_ahead()
                .then(|| "a first round while production runs".to_owned()),
            StepName::Hold => self.holding(),
            StepName::Stop => shown(self.application.stop.as_ref()),
            StepName::Release => self.releasing(),
            StepName::Start => self.starting(),
            StepName::Observe => Some(asked(probes).unwrap_or_default()),
            StepName::ObserveStandby => self.observing(probes),
            StepName::Verdict => (!probes.is_empty()).then(|| "what the probes said is compared".to_owned()),
            _ => Some(String::new()),
        }
    }

    fn holding(&self) -> Option<String> {
        let sites = [SiteRole::Production, SiteRole::Standby].into_iter();
        let mut told: Vec<String> = sites
            .filter_map(|role| Some(format!("{role} {}", self.hold(role).told()?)))
            .collect();
        told.extend(
            self.snapshot
                .as_ref()
                .map(|snapshot| format!("then a snapshot: {}", snapshot.take.act)),
        );
        (!told.is_empty()).then(|| told.join("; "))
    }

    fn releasing(&self) -> Option<String> {
        let hold = &self.production_hold;
        match hold.method {
            HoldMethod::None => None,
            HoldMethod::CheckIdle => Some("asked once more".to_owned()),
            HoldMethod::ReadOnly | HoldMethod::Stop => shown(hold.end.as_ref()),
        }
    }

    fn starting(&self) -> Option<String> {
        let application = &self.application;
        let start = shown(application.start.as_ref())?;
        Some(match &application.ready {
            None => start,
            Some(ready) => format!("{start}; ready by {}", ready.act),
        })
    }

    fn observing(&self, probes: &[ProbeSettings]) -> Option<String> {
        let names: Vec<&str> = self.readiness.iter().map(|check| check.name.as_str()).collect();
        let readiness = (!names.is_empty()).then(|| format!("readiness: {}", names.join(", ")));
        let told: Vec<String> = asked(probes).into_iter().chain(readiness).collect();
        (!told.is_empty()).then(|| told.join("; "))
    }
}

fn asked(probes: &[ProbeSettings]) -> Option<String> {
    let names: Vec<&str> = probes.iter().map(|probe| probe.name.as_str()).collect();
    (!names.is_empty()).then(|| format!("probes: {}", names.join(", ")))
}

impl Hold {
    fn told(&self) -> Option<String> {
        match self.method {
            HoldMethod::None => None,
            HoldMethod::CheckIdle => {
                let idle = self.idle.as_ref().map(|idle| idle.act.to_string());
                let quiet = (self.quiet_seconds > 0).then(|| format!("quiet for {} s", self.quiet_seconds));
                let asked: Vec<String> = idle.into_iter().chain(quiet).collect();
                Some(format!("check-idle: {}", asked.join(", ")))
            }
            method => {
                let idle = self.idle.as_ref();
                let first = idle.map_or_else(String::new, |idle| format!("idle by {}, then ", idle.act));
                let begin = shown(self.begin.as_ref()).unwrap_or_default();
                Some(format!("{first}{}: {begin}", method.word()))
            }
        }
    }
}

fn shown(task: Option<&Task>) -> Option<String> {
    task.map(|task| task.act.to_string())
}
