//! `watchdog`: complains when a pair's youngest certificate is too old. It reads a journal and its certificates and nothing
//! else, so it runs at any host that has a copy of them.

use crate::args::WatchdogArgs;
use crate::config::Pair;
use crate::context::Context;
use crate::documents::{WatchdogDocument, WatchdogLine};
use crate::exit::Exit;
use crate::{clock, pairs, render, tell, units};
use counterpart_engine::{Youngest, youngest};
use counterpart_model::{Code, Failure};
use std::path::{Path, PathBuf};

/// A clock may be ahead of this one by so much before that is a complaint.
const MAX_AHEAD_SECONDS: i64 = 60;
/// Where the journal and its certificates lie in a pair's state, in an unpacked pack, and in a plain copy.
const PLACES: [(&str, &str); 3] = [
    ("journal", "certificates"),
    ("data", "data/certificates"),
    ("", "certificates"),
];

/// `watchdog [PAIR]`.
pub(crate) fn watchdog(context: &Context, args: &WatchdogArgs) -> Result<Exit, Failure> {
    let pairs = match &args.journal {
        Some(dir) => vec![of_copy(context, args, dir)?],
        None => of_state(context, args)?,
    };
    let ok = pairs.iter().all(|line| line.ok);
    let document = WatchdogDocument { ok, pairs };
    context
        .terminal
        .answer(&document, |paint| render::watchdog(&document, paint))?;
    Ok(if ok { Exit::Done } else { Exit::Differs })
}

fn of_state(context: &Context, args: &WatchdogArgs) -> Result<Vec<WatchdogLine>, Failure> {
    let state = context.state()?;
    let wanted = match (args.pair.as_deref(), pairs::configuration(context)?) {
        // What `mirror` remembers has no schedule, so nothing is expected of it.
        (None, Some(config)) => config.pairs,
        (name, _) => pairs::all(context, name)?,
    };
    wanted
        .iter()
        .map(|pair| {
            let dir = state.pair(&pair.name)?.path().to_owned();
            let found = youngest(&dir.join("journal"), &dir.join("certificates"));
            Ok(judged(&pair.name, limit(args, Some(pair)), found, args.congruent))
        })
        .collect()
}

/// A copy says itself of which pair it is.
fn of_copy(context: &Context, args: &WatchdogArgs, dir: &Path) -> Result<WatchdogLine, Failure> {
    let (journal, certificates) = place(dir)?;
    let found = youngest(&journal, &certificates);
    let of = found
        .as_ref()
        .ok()
        .and_then(Option::as_ref)
        .map(|found| found.certificate.identity.pair.clone());
    let name = match (&args.pair, of) {
        (Some(wanted), Some(of)) if *wanted != of => return Err(of_another(dir, wanted, &of)),
        (Some(wanted), _) => wanted.clone(),
        (None, Some(of)) => of,
        (None, None) => dir.display().to_string(),
    };
    // This host need not have a configuration.
    let known = match args.max_age {
        Some(_) => None,
        None => pairs::configuration(context)?
            .and_then(|config| config.pairs.into_iter().find(|pair| pair.name == name)),
    };
    Ok(judged(&name, limit(args, known.as_ref()), found, args.congruent))
}

fn of_another(dir: &Path, wanted: &str, of: &str) -> Failure {
    let doing = format!("looking at {}", dir.display());
    let why = format!("it is the evidence of the pair `{of}`, not of `{wanted}`");
    Failure::new(Code::Usage, doing, why).hint("Name the right directory, or leave PAIR out.")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program looks for what it was pointed to"
)]
fn place(dir: &Path) -> Result<(PathBuf, PathBuf), Failure> {
    let there = PLACES
        .iter()
        .map(|(journal, certificates)| (dir.join(journal), dir.join(certificates)))
        .find(|(journal, _)| std::fs::metadata(journal.join("journal.ndjson")).is_ok());
    there.ok_or_else(|| {
        let doing = format!("looking for a journal in {}", dir.display());
        Failure::new(Code::NotFound, doing, "there is no journal.ndjson").hint(
            "Name a copy of a pair's state (the directory with `journal` and `certificates`), or an unpacked pack.",
        )
    })
}

/// The option's, else the pair's own, else twice its period and its deadline.
fn limit(args: &WatchdogArgs, pair: Option<&Pair>) -> Option<u64> {
    let usual = || {
        let pair = pair?;
        let period = tell::longest_period_seconds(pair)?;
        Some(
            period
                .saturating_mul(2)
                .saturating_add(pair.deadline_seconds.unwrap_or(0)),
        )
    };
    args.max_age
        .or_else(|| pair.and_then(|pair| pair.watchdog_seconds))
        .or_else(usual)
}

fn judged(
    pair: &str,
    limit_seconds: Option<u64>,
    found: Result<Option<Youngest>, Failure>,
    wants_congruent: bool,
) -> WatchdogLine {
    let mut line = WatchdogLine {
        pair: pair.to_owned(),
        ok: false,
        why: None,
        hint: None,
        as_of: None,
        age_seconds: None,
        limit_seconds,
        congruent: None,
        sequence: None,
        certificate: None,
    };
    let complaint = match found {
        Err(failure) => Some((failure.to_string(), failure.hint)),
        Ok(None) => Some((
            "it has no certificate yet".to_owned(),
            "Look at `counterpart status` where the pair runs.".to_owned(),
        )),
        Ok(Some(found)) => {
            describe(&mut line, &found);
            complaint(&found, limit_seconds, wants_congruent)
        }
    };
    line.ok = complaint.is_none();
    (line.why, line.hint) = complaint.unzip();
    line
}

fn describe(line: &mut WatchdogLine, found: &Youngest) {
    let as_of = found.certificate.times.as_of;
    line.as_of = Some(as_of.utc());
    line.age_seconds = Some(clock::now().seconds.saturating_sub(as_of.seconds()));
    line.congruent = Some(found.certificate.verdicts.congruent);
    line.sequence = Some(found.certificate.identity.sequence);
    line.certificate = Some(found.file.display().to_string());
}

/// What is wrong, and what to do.
fn complaint(
    found: &Youngest,
    limit_seconds: Option<u64>,
    wants_congruent: bool,
) -> Option<(String, String)> {
    let now = clock::now().seconds;
    let times = &found.certificate.times;
    let latest = times.as_of.seconds().max(times.ended.seconds());
    let age = now.saturating_sub(times.as_of.seconds());
    let said = |why: String, hint: &str| Some((why, hint.to_owned()));
    if latest > now.saturating_add(MAX_AHEAD_SECONDS) {
        let ahead = units::duration(latest.abs_diff(now));
        return said(
            format!("its youngest certificate is of a time that is {ahead} ahead of this host's clock"),
            "Let both hosts follow a time server; until then an age says nothing.",
        );
    }
    let Some(limit) = limit_seconds else {
        return said(
            "nothing says how old its youngest certificate may be".to_owned(),
            "Give --max-age, or set the pair's `watchdog` or schedule in the configuration.",
        );
    };
    if u64::try_from(age).unwrap_or(0) > limit {
        let (age, limit) = (units::duration(age.unsigned_abs()), units::duration(limit));
        return said(
            format!("its youngest certificate is {age} old, and {limit} is the limit"),
            "Look at `counterpart status` where the pair runs, and whether it runs at all.",
        );
    }
    if wants_congruent && !found.certificate.verdicts.congruent {
        return said(
            "its youngest certificate does not call both sides equal".to_owned(),
            "Look at `counterpart certificate show` for what was found.",
        );
    }
    None
}
