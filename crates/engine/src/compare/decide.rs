//! What is done about one difference. Pure: the whole rule of the three-way truth is in this file.

use super::merge::{Difference, Seen};
use counterpart_model::{
    Action, Code, Fact, Finding, Kind, Metadata, PathGlobs, SiteRole, Standing, Step, Verdict,
};

/// What a decision depends on besides the difference.
pub(crate) struct Rules<'a> {
    /// Names that never change once certified.
    pub append_only: &'a PathGlobs,
    /// Paths known to have rotted, with the side that did.
    pub known_rot: &'a dyn Fn(&[u8]) -> Option<SiteRole>,
    /// The standby was observed in an earlier pass, so that what appeared there since was put there by something else.
    pub based: bool,
    /// The metadata that the standby's last manifest has is comparable with what is seen now.
    pub metadata: Comparable,
    /// The path that an operator approved to be put right.
    pub repair: Option<&'a [u8]>,
}

/// Of which entries the last manifest's metadata can be held against what is seen now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Comparable {
    /// Of none: it was made under another policy.
    Nothing,
    /// Of all but directories: an interrupted pass may have left one as it was while it was written in.
    Entries,
    /// Of all.
    Everything,
}

/// What is done about one difference.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Decision {
    /// A change at the standby.
    pub step: Option<Step>,
    /// Something to tell.
    pub finding: Option<Finding>,
    /// The standby keeps an entry that production lacks: the directories above it cannot go.
    pub kept: bool,
    /// The content would have to be read before anything can be said.
    pub doubtful: bool,
    /// Both sides differ in a way that the configuration declares: the roots differ, and that is no finding.
    pub declared: bool,
}

/// Decides one difference.
pub(crate) fn decide(difference: &Difference, rules: &Rules<'_>) -> Decision {
    let Difference {
        production, standby, ..
    } = difference;
    match (&production.now, &standby.now) {
        (None, None) => Decision::default(),
        (None, Some(present)) => gone(difference, present, rules),
        (Some(wanted), _) if wanted.standing != Standing::Compared => Decision {
            declared: standby.now.is_some(),
            kept: true,
            ..Decision::default()
        },
        (Some(wanted), None) => missing(difference, wanted),
        (Some(wanted), Some(present)) => both(difference, wanted, present, rules),
    }
}

/// Production lacks it, the standby has it.
fn gone(difference: &Difference, present: &Fact, rules: &Rules<'_>) -> Decision {
    let Difference {
        path,
        production,
        standby,
        ..
    } = difference;
    if production.withheld {
        let why = "beneath a directory of production that could not be listed; a deletion is withheld";
        return kept(Finding::new(
            path,
            Code::UnreadBeneath,
            SiteRole::Production,
            Verdict::NotCompared,
            why,
        ));
    }
    let known = production.before.is_some() || standby.before.is_some();
    if known && present.kind != Kind::Directory && rules.append_only.matches(path.as_bytes()) {
        let why = "certified and append-only, yet gone at production; the standby keeps it";
        return kept(Finding::new(
            path,
            Code::AppendOnlyDelete,
            SiteRole::Production,
            Verdict::Different,
            why,
        ));
    }
    let mut step = step(difference, Action::Remove, None, Some(present));
    step.drift = !known && rules.based;
    with_drift(step)
}

/// The standby lacks it, production has it.
fn missing(difference: &Difference, wanted: &Fact) -> Decision {
    let mut step = step(difference, Action::Create, Some(wanted), None);
    step.drift = difference.production.quiet && difference.standby.before.is_some();
    with_drift(step)
}

fn both(difference: &Difference, wanted: &Fact, present: &Fact, rules: &Rules<'_>) -> Decision {
    let other_link = wanted.kind != Kind::File && wanted.target != present.target;
    if wanted.kind != present.kind || other_link || present.standing != Standing::Compared {
        return replaced(difference, wanted, present, rules);
    }
    if wanted.kind == Kind::HardLink && !difference.production.quiet && difference.production.before.is_some()
    {
        // Its file changed, and only its first name says how.
        let step = step(difference, Action::Metadata, Some(wanted), Some(present));
        return Decision {
            step: Some(step),
            ..Decision::default()
        };
    }
    if wanted.kind != Kind::File {
        return metadata_only(difference, wanted, present, rules);
    }
    match wanted.same_content(present) {
        Some(true) => same_content(difference, wanted, present, rules),
        Some(false) if is_silent(difference, wanted, present, rules) => {
            silent_change(difference, wanted, present, rules)
        }
        Some(false) => content_changed(difference, wanted, present, rules),
        None => content_unknown(difference, wanted, present, rules),
    }
}

fn same_content(difference: &Difference, wanted: &Fact, present: &Fact, rules: &Rules<'_>) -> Decision {
    let mut decision = metadata_only(difference, wanted, present, rules);
    decision.finding = both_moved(difference).or(decision.finding);
    decision
}

/// The finding for two copies that agree, yet are both not what was certified, behind unchanged sizes and times.
fn both_moved(difference: &Difference) -> Option<Finding> {
    let Difference {
        path,
        production,
        standby,
        ..
    } = difference;
    let silent = |seen: &Seen| seen.quiet && has_moved(seen);
    (silent(production) && silent(standby)).then(|| {
        let why =
            "both contents differ from the last certificate in the same way, their sizes and times do not";
        Finding::new(
            path,
            Code::RotProduction,
            SiteRole::Production,
            Verdict::Different,
            why,
        )
    })
}

/// Another kind of entry, or another link, stands in production.
fn replaced(difference: &Difference, wanted: &Fact, present: &Fact, rules: &Rules<'_>) -> Decision {
    if let Some(finding) = append_only_change(difference, rules) {
        return kept(finding);
    }
    let mut step = step(difference, Action::Replace, Some(wanted), Some(present));
    step.drift = difference.production.quiet && !difference.standby.quiet;
    with_drift(step)
}

fn metadata_only(difference: &Difference, wanted: &Fact, present: &Fact, rules: &Rules<'_>) -> Decision {
    if wanted.metadata == present.metadata {
        return Decision::default();
    }
    let mut step = step(difference, Action::Metadata, Some(wanted), Some(present));
    step.drift = is_metadata_drift(difference, wanted, present, rules);
    with_drift(step)
}

/// True when only the standby's metadata is not what its last manifest says. A directory's time moves with what
/// happens in it, which is told by itself; a further name's metadata is its file's, which its first name tells.
fn is_metadata_drift(difference: &Difference, wanted: &Fact, present: &Fact, rules: &Rules<'_>) -> bool {
    let directory = wanted.kind == Kind::Directory;
    let comparable = match rules.metadata {
        Comparable::Nothing => false,
        Comparable::Entries => !directory,
        Comparable::Everything => true,
    };
    let weighed = |fact: &Fact| Metadata {
        mtime: fact.metadata.mtime.filter(|_| !directory),
        ..fact.metadata.clone()
    };
    let is_as = |before: &Option<Fact>, now| before.as_ref().map(|before| weighed(before) == weighed(now));
    comparable
        && wanted.kind != Kind::HardLink
        && is_as(&difference.production.before, wanted) == Some(true)
        && is_as(&difference.standby.before, present) == Some(false)
}

/// True when contents differ although nothing says that somebody meant to change them. Times that differ from side to
/// side say so: an earlier pass left a change of production undone.
fn is_silent(difference: &Difference, wanted: &Fact, present: &Fact, rules: &Rules<'_>) -> bool {
    let Difference {
        path,
        production,
        standby,
        ..
    } = difference;
    let read = wanted.digest().is_some() && present.digest().is_some();
    if !read || wanted.size_bytes != present.size_bytes {
        return false;
    }
    let known = || (rules.known_rot)(path.as_bytes()) == Some(SiteRole::Production);
    if production.quiet && (has_moved(production) || known()) {
        return true;
    }
    if is_foreign(standby, rules) {
        return false;
    }
    let agree = times_agree(wanted, present);
    let differ = !agree && wanted.metadata.mtime.is_some() && present.metadata.mtime.is_some();
    let first_sight = production.before.is_none() || standby.before.is_none();
    let quiet = production.quiet && standby.quiet;
    let certified = was_read(production) && was_read(standby);
    !differ && (quiet && (agree || certified) || first_sight && agree)
}

/// True for what something else put at a standby that was observed before: its times prove nothing.
fn is_foreign(standby: &Seen, rules: &Rules<'_>) -> bool {
    rules.based && standby.before.is_none()
}

fn times_agree(wanted: &Fact, present: &Fact) -> bool {
    wanted.metadata.mtime.is_some() && wanted.metadata.mtime == present.metadata.mtime
}

/// True when the site's last manifest has a digest of the content.
fn was_read(seen: &Seen) -> bool {
    seen.before.as_ref().and_then(Fact::digest).is_some()
}

/// True when the content is not the one that the site's last manifest has the digest of.
fn has_moved(seen: &Seen) -> bool {
    was_read(seen) && seen.before.as_ref().and_then(Fact::digest) != seen.now.as_ref().and_then(Fact::digest)
}

/// Rot or tampering: never mirrored; the finding says which side differs from the last certificate.
fn silent_change(difference: &Difference, wanted: &Fact, present: &Fact, rules: &Rules<'_>) -> Decision {
    let Difference {
        path,
        production,
        standby,
        ..
    } = difference;
    let wrong = wrong_side(production, standby).or_else(|| (rules.known_rot)(path.as_bytes()));
    if rules.repair == Some(path.as_bytes()) && wrong == Some(SiteRole::Standby) {
        let step = step(difference, Action::Modify, Some(wanted), Some(present));
        return Decision {
            step: Some(step),
            ..Decision::default()
        };
    }
    let (code, site, why) = match wrong {
        Some(SiteRole::Production) => (
            Code::RotProduction,
            SiteRole::Production,
            "production's content differs from the last certificate, its size and times do not; not mirrored",
        ),
        Some(SiteRole::Standby) => (
            Code::RotStandby,
            SiteRole::Standby,
            "the standby's content differs from the last certificate, its size and times do not",
        ),
        None => (
            Code::RotUnknown,
            SiteRole::Standby,
            "the contents differ, size and times agree, and no certificate says which is right; not mirrored",
        ),
    };
    Decision {
        finding: Some(Finding::new(path, code, site, Verdict::Different, why)),
        ..Decision::default()
    }
}

fn wrong_side(production: &Seen, standby: &Seen) -> Option<SiteRole> {
    match (has_moved(production), has_moved(standby)) {
        (true, false) => Some(SiteRole::Production),
        (false, true) => Some(SiteRole::Standby),
        _ => None,
    }
}

fn content_changed(difference: &Difference, wanted: &Fact, present: &Fact, rules: &Rules<'_>) -> Decision {
    if let Some(finding) = append_only_change(difference, rules) {
        return kept(finding);
    }
    modify(difference, wanted, present, false)
}

/// At least one side's content was not read since it changed.
fn content_unknown(difference: &Difference, wanted: &Fact, present: &Fact, rules: &Rules<'_>) -> Decision {
    let Difference {
        production, standby, ..
    } = difference;
    let doubtful = |seen: &Seen, fact: &Fact| fact.is_unread() && was_read(seen) && seen.quiet;
    if doubtful(production, wanted) || doubtful(standby, present) && production.quiet {
        return Decision {
            doubtful: true,
            ..metadata_only(difference, wanted, present, rules)
        };
    }
    let first_sight = production.before.is_none() && present.is_unread();
    let both_unread_before = production.quiet && standby.quiet;
    let believed = first_sight && !is_foreign(standby, rules) || both_unread_before;
    if times_agree(wanted, present) && believed {
        return metadata_only(difference, wanted, present, rules);
    }
    match append_only_change(difference, rules) {
        Some(finding) if wanted.size_bytes != present.size_bytes => kept(finding),
        protected => modify(difference, wanted, present, protected.is_some()),
    }
}

fn modify(difference: &Difference, wanted: &Fact, present: &Fact, protected: bool) -> Decision {
    let mut step = step(difference, Action::Modify, Some(wanted), Some(present));
    step.drift =
        difference.production.quiet && difference.standby.before.is_some() && !difference.standby.quiet;
    step.append_only = protected;
    with_drift(step)
}

/// The finding for a certified, append-only name whose content at production is not the certified one. The standby's
/// manifest is what was certified; where production agrees with it, the standby drifted and is put back.
fn append_only_change(difference: &Difference, rules: &Rules<'_>) -> Option<Finding> {
    let Difference {
        path,
        production,
        standby,
        ..
    } = difference;
    if !rules.append_only.matches(path.as_bytes()) {
        return None;
    }
    let certified = standby.before.as_ref()?.digest()?;
    let agrees = production.now.as_ref().and_then(Fact::digest) == Some(certified);
    (!agrees).then(|| {
        let why =
            "certified and append-only, yet rewritten at production; the standby keeps the certified one";
        Finding::new(
            path,
            Code::AppendOnlyChange,
            SiteRole::Production,
            Verdict::Different,
            why,
        )
    })
}

fn kept(finding: Finding) -> Decision {
    Decision {
        finding: Some(finding),
        kept: true,
        ..Decision::default()
    }
}

fn with_drift(step: Step) -> Decision {
    let finding = step.drift.then(|| {
        let why = match step.action {
            Action::Remove => "appeared at the standby since the last pass; moved to history",
            Action::Create => "was gone at the standby; put back from production",
            Action::Metadata => {
                "its metadata changed at the standby since the last pass; put back from production"
            }
            _ => "changed at the standby since the last pass; put back from production",
        };
        Finding::new(&step.path, Code::Drift, SiteRole::Standby, Verdict::Equal, why)
    });
    Decision {
        step: Some(step),
        finding,
        ..Decision::default()
    }
}

fn step(difference: &Difference, action: Action, wanted: Option<&Fact>, present: Option<&Fact>) -> Step {
    let mut step = Step::of(difference.path.clone(), action);
    step.wanted = wanted.cloned();
    step.present = present.cloned();
    step.certified.clone_from(&difference.production.before);
    step
}
