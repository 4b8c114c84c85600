//! The seven acts of the demo.

use super::Places;
use super::archive::{DELETED, EDITED, NEW, RETIRED, beside, build, live_a_day, move_all, no_longer_beside};
use super::proof::{ask_ssh_keygen, digest_of};
use super::stage::Stage;
use crate::clean::{clean, clean_lines};
use crate::commands::{bring_back, report_of, which_version};
use crate::digests;
use crate::documents::{DemoDocument, DemoRefusal, HistoryDocument, UndeleteDocument, VersionDocument};
use crate::exit::Exit;
use crate::render::{self, Allowing};
use crate::units;
use crate::wire::{Wired, Wish};
use counterpart_engine::{Outcome, PassKind, PassReport};
use counterpart_evidence::page;
use counterpart_model::{EntryPath, Failure};
use std::ffi::OsStr;

/// Plays the whole demo and tells what came of it.
pub(crate) fn play(stage: &Stage<'_>, places: &Places, wired: &Wired) -> Result<DemoDocument, Failure> {
    an_archive(stage, places)?;
    let first = first_mirror(stage, wired)?;
    a_day_passes(stage, places, wired)?;
    let second = second_mirror(stage, wired)?;
    let brought_back_equal = nothing_is_lost(stage, places, wired)?;
    let emptied = somebody_empties_production(stage, places, wired)?;
    let (check, accepted) = the_certificate(stage, wired, &second)?;
    farewell(stage, places)?;
    Ok(DemoDocument {
        directory: clean(&places.root.display().to_string()),
        configuration: clean(&places.config.display().to_string()),
        certificate: second.certificate.clone().unwrap_or_default(),
        passes: vec![first, second],
        brought_back_equal,
        emptied,
        check,
        accepted,
    })
}

fn an_archive(stage: &Stage<'_>, places: &Places) -> Result<(), Failure> {
    stage.act(1, "An archive")?;
    let files = build(&places.production)?;
    stage.say(&format!(
        "{} files were written to {}: three studies of valid DICOM images, and the pages of a clinical trial. The \
         patients are made up; the same files come out every time. The commands below work in {}.",
        units::count(files),
        clean(&places.production.display().to_string()),
        places.directory()
    ))
}

fn first_mirror(stage: &Stage<'_>, wired: &Wired) -> Result<PassReport, Failure> {
    stage.act(2, "The first mirror")?;
    stage.say(
        "One pass: both sides are scanned, compared, planned and judged; then files are copied, each read once, \
         digested on its way, and put under its name whole. At the end the standby is synced, and only then certified.",
    )?;
    run(stage, wired)
}

fn run(stage: &Stage<'_>, wired: &Wired) -> Result<PassReport, Failure> {
    stage.command(&Places::command("run"))?;
    let report = report_of(wired.pass(stage.inner, PassKind::Run, Wish::default())?)?;
    stage.output(&render::pass(
        &report,
        Allowing(&stage.inner.arguments),
        stage.paint(),
    ))?;
    Ok(report)
}

fn a_day_passes(stage: &Stage<'_>, places: &Places, wired: &Wired) -> Result<(), Failure> {
    stage.act(3, "A day passes")?;
    // Records count in seconds: without a pause, what the first pass read would look read in the second.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    live_a_day(&places.production)?;
    stage.say(&format!(
        "A study of {} new images arrives. The application retires page {} by renaming it {}. Somebody deletes the \
         image {DELETED} by mistake. {EDITED} is edited. What would a pass do?",
        NEW.images,
        name(RETIRED.0),
        name(RETIRED.1),
    ))?;
    stage.command(&Places::command("plan"))?;
    let outcome = wired.pass(stage.inner, PassKind::Plan, Wish::default())?;
    if let Outcome::Plan(report) = outcome {
        stage.output(&render::plan(
            &report,
            Allowing(&stage.inner.arguments),
            stage.paint(),
        ))?;
    }
    stage.say("Nothing was read and nothing was changed so far.")
}

fn second_mirror(stage: &Stage<'_>, wired: &Wired) -> Result<PassReport, Failure> {
    stage.act(4, "The second mirror")?;
    stage.say("Only what changed is handled. The retired page is renamed at the standby, so its content is not sent.")?;
    let report = run(stage, wired)?;
    stage.say("What it did, entry by entry, in the letters of rsync:")?;
    stage.command(&Places::command("log"))?;
    stage.output(&log_of(wired, &report.pass)?)?;
    Ok(report)
}

/// The lines of the log, but of the new study only the first.
fn log_of(wired: &Wired, pass: &str) -> Result<String, Failure> {
    let mut items = wired.ledger.log(pass)?;
    let mut lines = String::new();
    let mut images = 0_u64;
    while let Some(item) = items.next()? {
        let is_image = item.path.as_bytes().ends_with(b".dcm") && item.letters.starts_with(">f+");
        images += u64::from(is_image);
        if images <= 2 || !is_image {
            lines += &format!("{}\n", render::log_line(pass, &item));
        }
    }
    if images > 2 {
        lines += &format!("… and {} more new images\n", images - 2);
    }
    Ok(lines)
}

fn nothing_is_lost(stage: &Stage<'_>, places: &Places, wired: &Wired) -> Result<bool, Failure> {
    stage.act(5, "Nothing is lost")?;
    stage.say(
        "The deletion was mirrored, as it must be; but what a pass removes or replaces at the standby is kept. So the \
         mistake can be undone:",
    )?;
    stage.command(&Places::command("history ."))?;
    let all = wired.standby.ask(|site| site.versions(&EntryPath::root()))?;
    let versions = all.iter().map(VersionDocument::from).collect();
    let document = HistoryDocument {
        pair: wired.pair.name.clone(),
        path: ".".to_owned(),
        versions,
    };
    stage.output(&render::history(&document, stage.paint()))?;
    undelete(stage, places, wired)
}

fn undelete(stage: &Stage<'_>, places: &Places, wired: &Wired) -> Result<bool, Failure> {
    let restored = places.root.join("restored");
    let to = crate::invocation::quoted(restored.as_os_str());
    stage.command(&Places::command(&format!("undelete {DELETED} --to {to}")))?;
    let version = which_version(wired, OsStr::new(DELETED))?;
    let (file, not_held) = bring_back(wired, &version, &restored)?;
    let algorithm = wired.pair.settings.policy.algorithm;
    let (kept, now) = (version.fact.digest(), digests::of_file(&file, algorithm)?);
    let document = UndeleteDocument {
        pair: wired.pair.name.clone(),
        version: VersionDocument::from(&version),
        to: file.display().to_string(),
        not_held: not_held.into(),
    };
    stage.output(&render::undelete(&document, stage.paint()))?;
    let equal = kept == Some(now);
    let verdict = if equal {
        stage.paint().good("EQUAL")
    } else {
        stage.paint().bad("DIFFERENT")
    };
    stage.say(&format!(
        "Its digest when it was certified, and now, read back from the disk: {verdict}."
    ))?;
    Ok(equal)
}

fn somebody_empties_production(
    stage: &Stage<'_>,
    places: &Places,
    wired: &Wired,
) -> Result<DemoRefusal, Failure> {
    stage.act(6, "Somebody empties production")?;
    stage.say(
        "Or its disk is not mounted. A copier that deletes what is gone would now empty the standby too:",
    )?;
    let aside = places.root.join("production-emptied");
    let before = digest_of(&places.standby)?;
    let time = beside(&places.production, &aside)?;
    move_all(&places.production, &aside)?;
    let ended = run(stage, wired);
    move_all(&aside, &places.production)?;
    no_longer_beside(&places.production, &aside, time)?;
    let standby_unchanged = digest_of(&places.standby)? == before;
    let refusal = refusal_of(ended, standby_unchanged)?;
    let unchanged = if standby_unchanged {
        "was not touched"
    } else {
        "WAS CHANGED"
    };
    stage.say(&format!(
        "Exit code {}: refused. The standby {unchanged}: the digest over all its names and contents, taken before and \
         after, says so. Production gets its files back.",
        refusal.exit
    ))?;
    Ok(refusal)
}

/// A pass can refuse in its report, or before it has one.
fn refusal_of(ended: Result<PassReport, Failure>, standby_unchanged: bool) -> Result<DemoRefusal, Failure> {
    let (exit, codes) = match ended {
        Ok(report) => {
            let guards = report.refusal.iter().flat_map(|refusal| &refusal.guards);
            (
                Exit::of_pass(&report),
                guards.map(|guard| guard.code.clone()).collect(),
            )
        }
        Err(failure) if Exit::of(failure.code) == Exit::Refused => {
            (Exit::Refused, vec![failure.code.word().to_owned()])
        }
        Err(failure) => return Err(failure),
    };
    Ok(DemoRefusal {
        exit: exit.code(),
        codes,
        standby_unchanged,
    })
}

fn the_certificate(
    stage: &Stage<'_>,
    wired: &Wired,
    second: &PassReport,
) -> Result<(String, Option<bool>), Failure> {
    stage.act(7, "The certificate")?;
    stage.say("Each pass leaves a signed record. The same content is a page for people:")?;
    stage.command(&Places::command(&format!("certificate show {}", second.pass)))?;
    stage.output(&clean_lines(&wired.ledger.page(&second.pass, page::text)?))?;
    stage.say("Anybody can check it without Counterpart:")?;
    let checked = ask_ssh_keygen(&wired.ledger, &second.pass)?;
    stage.command(&checked.command)?;
    stage.output(&clean_lines(&checked.said))?;
    Ok((checked.command, checked.accepted))
}

fn farewell(stage: &Stage<'_>, places: &Places) -> Result<(), Failure> {
    stage.say("\nLook around:")?;
    let mut commands = vec![format!("cd {}", places.directory())];
    let words = [
        "status",
        "verify --reread",
        "where 035/lib/DFschema",
        "certificate verify",
    ];
    commands.extend(words.map(Places::command));
    stage.commands(&commands)?;
    stage.say("\nAnd your own archive, changing nothing yet:")?;
    stage.command("counterpart mirror --dry-run /your/archive /its/standby")
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
