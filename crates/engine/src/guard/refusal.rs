//! A guard's refusal, and whether an operator approved it.

use crate::ledger::Ledger;
use crate::ledger::approvals::{Approved, Offence, RefusalWriter};
use crate::plan::Plan;
use crate::report::{GuardReport, RefusalReport};
use counterpart_model::{Action, Code, EntryPath, Failure, Step};

/// Examples that a refusal shows.
const MAX_EXAMPLES: usize = 5;

/// What one guard refuses.
pub(crate) struct Refusal {
    /// The guard.
    pub code: Code,
    /// Why, in one paragraph.
    pub message: String,
    /// What it is about.
    pub about: About,
    /// False where no approval helps.
    pub approvable: bool,
}

/// What a refusal is about.
pub(crate) enum About {
    /// Every entry that the plan deletes.
    Deletions,
    /// Every entry whose content the plan changes.
    Changes,
    /// These entries.
    Entries(Vec<EntryPath>),
    /// The site as a whole, in this respect.
    Site(String),
}

/// The outcome of judging.
pub(crate) enum Judged {
    /// Nothing refuses, or all that does was approved.
    Allowed,
    /// Refused.
    Refused(RefusalReport),
}

impl Refusal {
    /// A refusal that may be approved.
    pub(crate) fn new(code: Code, message: String, about: About) -> Self {
        Self {
            code,
            message,
            about,
            approvable: true,
        }
    }

    /// The same refusal, which no approval lifts.
    pub(crate) fn final_(mut self) -> Self {
        self.approvable = false;
        self
    }

    /// Calls `each` with every offence, in path order.
    fn offences(
        &self,
        plan: &Plan,
        each: &mut dyn FnMut(&Offence) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let offence = |path: &EntryPath, text: &str| Offence {
            code: self.code,
            path: path.clone(),
            text: text.to_owned(),
        };
        match &self.about {
            About::Site(text) => each(&offence(&EntryPath::root(), text)),
            About::Entries(paths) => paths.iter().try_for_each(|path| each(&offence(path, ""))),
            About::Deletions => steps(plan, is_deletion, |step| each(&offence(&step.path, ""))),
            About::Changes => steps(plan, is_change, |step| each(&offence(&step.path, ""))),
        }
    }
}

fn steps(
    plan: &Plan,
    wanted: fn(&Step) -> bool,
    mut each: impl FnMut(&Step) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut reader = plan.steps.reader()?;
    let mut step = Step::of(EntryPath::root(), Action::Metadata);
    while reader.next_into(&mut step)? {
        if wanted(&step) {
            each(&step)?;
        }
    }
    Ok(())
}

fn is_deletion(step: &Step) -> bool {
    matches!(step.action, Action::Remove | Action::RemovedWithParent)
}

fn is_change(step: &Step) -> bool {
    matches!(step.action, Action::Modify | Action::Replace)
}

/// Holds refusals against what an operator approved, and writes down what stays refused.
///
/// # Errors
/// `approval` when nothing was refused under the hash given; a spool failed.
pub(crate) fn judge_approval(
    refusals: &[Refusal],
    plan: &Plan,
    ledger: &Ledger,
    approve: Option<&str>,
) -> Result<Judged, Failure> {
    if refusals.is_empty() {
        return Ok(Judged::Allowed);
    }
    if let Some(hash) = approve {
        let approved = Approved::load(ledger, hash)?;
        if refusals
            .iter()
            .map(|refusal| covered(refusal, plan, &approved))
            .collect::<Result<Vec<_>, _>>()?
            .iter()
            .all(|covered| *covered)
        {
            return Ok(Judged::Allowed);
        }
    }
    let mut writer = RefusalWriter::create(ledger)?;
    let guards = refusals
        .iter()
        .map(|refusal| write_down(refusal, plan, &mut writer))
        .collect::<Result<_, _>>()?;
    Ok(Judged::Refused(RefusalReport {
        approve: writer.finish(ledger)?,
        guards,
    }))
}

/// True when each of today's offences was approved: today's set may be smaller, never larger.
fn covered(refusal: &Refusal, plan: &Plan, approved: &Approved) -> Result<bool, Failure> {
    if !refusal.approvable {
        return Ok(false);
    }
    let mut approved = approved.of(refusal.code)?;
    let mut all = true;
    refusal.offences(plan, &mut |offence| {
        all = all && approved.covers(offence)?;
        Ok(())
    })?;
    Ok(all)
}

fn write_down(refusal: &Refusal, plan: &Plan, writer: &mut RefusalWriter) -> Result<GuardReport, Failure> {
    let mut examples = Vec::new();
    let mut entries = 0;
    refusal.offences(plan, &mut |offence| {
        entries += 1;
        if examples.len() < MAX_EXAMPLES && !offence.path.is_root() {
            examples.push(offence.path.to_string());
        }
        writer.push(offence)
    })?;
    Ok(GuardReport {
        code: refusal.code.word().to_owned(),
        message: refusal.message.clone(),
        hint: refusal.code.remedy().to_owned(),
        entries,
        examples,
        approvable: refusal.approvable,
    })
}
