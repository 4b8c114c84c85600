//! The probes of a pass: asked at each site in turn, kept, compared and told. What equal and clean mean is `probe`'s.
//!
//! A pass calls [`Pass::run_probes`] when it observes a site, and [`Pass::judge_probes`] once it observed both.

mod ran;
mod record;
mod settings;
mod told;

pub use settings::ProbeSettings;

use crate::apply::lock;
use crate::pass::Pass;
use counterpart_evidence::certificate::{Layer, LayerVerdict};
use counterpart_model::{Code, EntryPath, Failure, Finding, SiteRole, Timestamp, Verdict};
use counterpart_probe::{Judged, LineKind, Obstacle, judge};
use ran::{Ran, Running};

const SITES: [SiteRole; 2] = [SiteRole::Production, SiteRole::Standby];
const NEVER_ASKED: &str = "the pass did not come to it";

/// What is known of the probes of a pass.
#[derive(Debug, Default)]
pub(crate) struct Probing {
    production: Vec<Ran>,
    standby: Vec<Ran>,
    judged: Vec<Judged>,
}

impl Probing {
    const fn ran(&self, role: SiteRole) -> &Vec<Ran> {
        match role {
            SiteRole::Production => &self.production,
            SiteRole::Standby => &self.standby,
        }
    }

    const fn ran_mut(&mut self, role: SiteRole) -> &mut Vec<Ran> {
        match role {
            SiteRole::Production => &mut self.production,
            SiteRole::Standby => &mut self.standby,
        }
    }

    /// What was asked at a site is asked again.
    fn forget(&mut self, role: SiteRole) {
        self.ran_mut(role).clear();
    }

    /// What a probe gave at a site, by its number; that it did not run, where the pass did not come to it.
    fn at(&self, role: SiteRole, number: usize) -> Option<&Ran> {
        self.ran(role).get(number)
    }

    /// Whether a probe was clean at both sites; `None` where that was not asked.
    fn clean(&self, settings: &ProbeSettings, number: usize) -> Option<bool> {
        settings.clean.as_ref()?;
        let clean = |role| self.at(role, number).is_some_and(|ran| ran.clean() == Some(true));
        Some(SITES.into_iter().all(clean))
    }

    /// How many probes have a verdict.
    pub(crate) fn count(&self, verdict: Verdict) -> u64 {
        self.judged
            .iter()
            .filter(|judged| judged.verdict == verdict)
            .count() as u64
    }
}

impl Ran {
    fn clean(&self) -> Option<bool> {
        self.came.as_ref().ok()?.clean
    }
}

impl Pass<'_> {
    /// Runs every probe at a site, one after the other, and keeps what they wrote.
    ///
    /// # Errors
    /// The pass was interrupted, the site is lost, or nothing can be kept. A probe that does not work is a finding.
    pub(crate) fn run_probes(&self, role: SiteRole) -> Result<(), Failure> {
        let running = Running {
            ledger: self.ledger,
            pass: &self.name,
            role,
            commands: self.sites.commands(role),
            watch: self.listener,
        };
        lock(&self.probing).forget(role);
        for probe in &self.settings.probes {
            self.stop_if_asked()?;
            let ran = running.run(probe)?;
            lock(&self.probing).ran_mut(role).push(ran);
        }
        Ok(())
    }

    /// Compares what the probes gave at both sites; each that is not equal, or not clean, is a finding.
    pub(crate) fn judge_probes(&self) {
        let mut probing = lock(&self.probing);
        probing.judged.clear();
        for (number, settings) in self.settings.probes.iter().enumerate() {
            let [production, standby] = SITES.map(|role| match probing.at(role, number) {
                Some(ran) => ran.came.as_ref().map(|came| &came.output).map_err(String::as_str),
                None => Err(NEVER_ASKED),
            });
            let mut judged = judge(production, standby, settings.judging());
            let accepted = self.accepted_lines(&settings.name, &judged);
            if accepted.is_some() {
                judged.verdict = Verdict::Excepted;
            }
            let unclean = |role: &SiteRole| probing.at(*role, number).and_then(Ran::clean) == Some(false);
            let unclean: Vec<SiteRole> = SITES.into_iter().filter(unclean).collect();
            self.tell_probe(&settings.name, &judged, accepted.as_deref(), &unclean);
            probing.judged.push(judged);
        }
    }

    /// The exceptions that cover every line in which a probe differs; none where one is not covered, or not known whole.
    fn accepted_lines(&self, name: &str, judged: &Judged) -> Option<String> {
        let difference = &judged.difference;
        let whole = difference.not_shown == 0 && difference.not_compared == 0 && !judged.ends_differ;
        if judged.verdict != Verdict::Different || !whole {
            return None;
        }
        let differing = difference
            .lines
            .iter()
            .filter(|line| matches!(line.kind, LineKind::Production | LineKind::Standby));
        let lines: Option<Vec<&[u8]>> = differing
            .map(|line| (line.omitted_bytes == 0).then_some(line.bytes.as_slice()))
            .collect();
        let ids = self.findings.exceptions()?.covering_lines(name, &lines?)?;
        Some(ids.join(", "))
    }

    fn tell_probe(&self, name: &str, judged: &Judged, accepted: Option<&str>, unclean: &[SiteRole]) {
        let tell = |code, site, verdict, why: String| {
            self.findings
                .add(&Finding::new(&EntryPath::root(), code, site, verdict, why));
        };
        if matches!(judged.verdict, Verdict::Different | Verdict::Excepted) {
            let why = format!("the probe {name} differs: {}", told::difference(judged));
            let (code, site) = (Code::ProbeDiffers, SiteRole::Standby);
            match accepted {
                None => tell(code, site, Verdict::Different, why),
                Some(ids) => {
                    let finding = Finding::new(&EntryPath::root(), code, site, Verdict::Excepted, why);
                    self.findings.add_excepted(&finding, ids);
                }
            }
        }
        let [production, standby] = &judged.obstacles;
        // What is so at both sites is told once.
        let standby = standby
            .as_ref()
            .filter(|obstacle| Some(*obstacle) != production.as_ref() || !says_of_both(obstacle));
        for (role, obstacle) in [
            (SiteRole::Production, production.as_ref()),
            (SiteRole::Standby, standby),
        ] {
            if let Some(obstacle) = obstacle {
                let why = format!("the probe {name} was not compared: {obstacle}");
                tell(code_of(obstacle), role, Verdict::NotCompared, why);
            }
        }
        for role in unclean {
            let why = format!("the probe {name} says that the application is not clean");
            tell(Code::NotClean, *role, Verdict::Equal, why);
        }
    }

    /// The verdict of all probes; `None` where none is declared.
    pub(crate) fn probes_verdict(&self) -> Option<LayerVerdict> {
        if self.settings.probes.is_empty() {
            return None;
        }
        let probing = lock(&self.probing);
        let [equal, different, not_compared, excepted] = [
            Verdict::Equal,
            Verdict::Different,
            Verdict::NotCompared,
            Verdict::Excepted,
        ]
        .map(|verdict| probing.count(verdict));
        let verdict = if different > 0 {
            Verdict::Different
        } else if not_compared > 0 {
            Verdict::NotCompared
        } else if excepted > 0 {
            Verdict::Excepted
        } else {
            Verdict::Equal
        };
        Some(LayerVerdict {
            layer: Layer::Probes,
            verdict,
            equal,
            different,
            not_compared,
            unsettled: 0,
            excepted,
        })
    }

    /// Whether the application is clean by all probes that were asked; `None` where none was.
    pub(crate) fn probes_clean(&self) -> Option<bool> {
        let probing = lock(&self.probing);
        let probes = self.settings.probes.iter().enumerate();
        let mut asked = probes
            .filter_map(|(number, settings)| probing.clean(settings, number))
            .peekable();
        asked.peek()?;
        Some(asked.all(|clean| clean))
    }

    /// When the first probe began at a site.
    pub(crate) fn probes_began(&self, role: SiteRole) -> Option<Timestamp> {
        lock(&self.probing).ran(role).first().map(|ran| ran.began)
    }
}

const fn says_of_both(obstacle: &Obstacle) -> bool {
    matches!(obstacle, Obstacle::Empty | Obstacle::Unmatched(_))
}

const fn code_of(obstacle: &Obstacle) -> Code {
    match obstacle {
        Obstacle::Empty | Obstacle::Unmatched(_) => Code::ProbeEmpty,
        _ => Code::ProbeFailed,
    }
}
