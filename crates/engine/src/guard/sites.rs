//! Guards of identity: is production the tree of the last pass, and is the standby ours?

use super::Judging;
use super::refusal::{About, Refusal};
use counterpart_model::Code;

/// Refusals about the sites themselves.
pub(super) fn refusals(judging: &Judging<'_>) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    refusals.extend(emptied(judging));
    refusals.extend(moved(judging));
    refusals.extend(replaced(judging));
    refusals.extend(unmounted(judging));
    refusals.extend(not_adopted(judging));
    refusals.extend(unapproved_repair(judging));
    refusals
}

fn emptied(judging: &Judging<'_>) -> Option<Refusal> {
    let observation = judging.observation;
    let held = observation.standby.tally.entries();
    (observation.production.tally.entries() == 0 && held > 0).then(|| {
        let message = format!("Production is empty, and the standby holds {held} entries.");
        Refusal::new(Code::SourceEmpty, message, About::Site("empty".to_owned()))
    })
}

fn moved(judging: &Judging<'_>) -> Option<Refusal> {
    let now = &judging.observation.production_profile.filesystem.identity;
    let before = judging.known_filesystem?;
    (before != now).then(|| {
        let message = format!("Production's root was on the filesystem {before}, and is now on {now}.");
        Refusal::new(
            Code::SourceIdentity,
            message,
            About::Site(format!("{before} {now}")),
        )
    })
}

/// None of what was there is there now, under its name or another, though it is not empty: another tree.
fn replaced(judging: &Judging<'_>) -> Option<Refusal> {
    let base = judging.observation.production_base.as_ref()?;
    let report = &judging.observation.production;
    let known = base.tally.entries();
    let strange = known > 0 && report.known == 0 && report.tally.entries() > 0;
    (strange && !is_renamed(judging)).then(|| {
        let message =
            format!("None of the {known} entries of the last pass is in production now: it is another tree.");
        Refusal::new(
            Code::SourceIdentity,
            message,
            About::Site("other entries".to_owned()),
        )
    })
}

/// True when at least half of the files that vanished are there under other names, as a rename of a directory above
/// them leaves them: with their inodes, sizes and exact times. Inodes say so only on the filesystem of the last pass,
/// where another tree may have got some of those of one that was removed, but hardly with the times.
fn is_renamed(judging: &Judging<'_>) -> bool {
    let observation = judging.observation;
    let report = &observation.production;
    let here = observation.production_profile.filesystem.identity.as_str();
    let many = report.renamed_files >= report.vanished_files.div_ceil(2);
    judging.known_filesystem == Some(here) && report.renamed_files > 0 && many
}

fn unmounted(judging: &Judging<'_>) -> Option<Refusal> {
    let missing = &judging.observation.production.missing_mounts;
    (!missing.is_empty()).then(|| {
        let names: Vec<String> = missing
            .iter()
            .map(|mount| format!("{} ({})", mount.path, mount.identity))
            .collect();
        let message = format!(
            "Filesystems that the last pass crossed are not mounted: {}.",
            names.join(", ")
        );
        let paths = missing.iter().map(|mount| mount.path.clone()).collect();
        Refusal::new(Code::MountMissing, message, About::Entries(paths))
    })
}

/// A repair is shown first, and done with an approval.
fn unapproved_repair(judging: &Judging<'_>) -> Option<Refusal> {
    let path = judging.request.repair.clone()?;
    let message = format!(
        "The standby's {path} would be put back from production; the file that is there now goes to history."
    );
    Some(Refusal::new(
        Code::RotStandby,
        message,
        About::Entries(vec![path]),
    ))
}

fn not_adopted(judging: &Judging<'_>) -> Option<Refusal> {
    let observation = judging.observation;
    (!observation.adopted && !judging.request.adopt).then(|| {
        let location = &observation.standby_profile.location;
        let here = observation.standby.tally.entries();
        let known = observation
            .standby_base
            .as_ref()
            .map_or(0, |base| base.tally.entries());
        let (code, message) = match &observation.given_to {
            Some(pair) => {
                let message = format!("{location} is the standby of another pair, {pair}.");
                (Code::TargetIdentity, message)
            }
            None if here == 0 && known > 0 => {
                let why = "is empty and has no mark of Counterpart: look whether its filesystem is mounted";
                let message = format!("The last pass left {known} entries at {location}, which {why}.");
                (Code::TargetNotAdopted, message)
            }
            None => {
                let message = format!("{location} holds {here} entries that Counterpart did not put there.");
                (Code::TargetNotAdopted, message)
            }
        };
        Refusal::new(code, message, About::Site("adopt".to_owned())).final_()
    })
}
