//! What is done around a pair's tree: holds, a snapshot, the standby's application, and what files do not carry.

use super::act::{self, Place};
use super::location::Location;
use super::section::Section;
use super::value;
use counterpart_engine::hooks::{Application, Check, Hold, Hooks, Snapshot};
use counterpart_evidence::certificate::HoldMethod;
use counterpart_model::SiteRole;
use regex::bytes::Regex;

/// How long an application may take to become ready of which nothing is said.
const USUAL_READY_SECONDS: u64 = 300;

/// Where a site is, for what its hooks stand for.
pub(super) fn place(pair: &str, site: SiteRole, location: &Location) -> Place {
    Place {
        pair: pair.to_owned(),
        site,
        root: location.path().display().to_string(),
        is_here: matches!(location, Location::Here(_)),
    }
}

/// Reads all tables of hooks of a pair.
pub(super) fn hooks(section: &mut Section<'_>, production: &Place, standby: &Place) -> Hooks {
    let mut hooks = Hooks::default();
    if let Some(table) = section.table("production-hold") {
        hooks.production_hold = hold(table, production);
    }
    if let Some(table) = section.table("standby-hold") {
        hooks.standby_hold = hold(table, standby);
    }
    hooks.snapshot = section
        .table("snapshot")
        .and_then(|table| snapshot(table, production));
    if let Some(table) = section.table("standby-application") {
        hooks.application = application(table, standby);
    }
    hooks.readiness = readiness(section, standby);
    hooks
}

fn hold(mut section: Section<'_>, place: &Place) -> Hold {
    let timeout = act::timeout(&mut section);
    let method = section.parsed("method", method);
    let mut task = |key| act::task(&mut section, key, place, timeout);
    let (begin, end, idle) = (task("begin"), task("end"), task("idle"));
    let mut seconds = |key| section.parsed(key, value::duration).unwrap_or(0);
    let hold = Hold {
        method: method.unwrap_or_default(),
        begin,
        end,
        idle,
        quiet_seconds: seconds("quiet"),
        wait_seconds: seconds("wait"),
    };
    if method.is_none() && !section.has("method") {
        let hint = "write method = \"read-only\", \"stop\", \"check-idle\" or \"none\"";
        section.wrong(section.span(), "it does not say how", hint);
    } else if let Some((why, hint)) = unfit(&hold, place.site) {
        section.wrong(section.span(), why, hint);
    }
    section.end();
    hold
}

fn method(text: &str) -> Result<HoldMethod, String> {
    let known = [
        HoldMethod::None,
        HoldMethod::CheckIdle,
        HoldMethod::ReadOnly,
        HoldMethod::Stop,
    ];
    known
        .into_iter()
        .find(|method| method.word() == text)
        .ok_or_else(|| "write none, check-idle, read-only or stop".to_owned())
}

/// What a hold lacks, or has too much.
fn unfit(hold: &Hold, site: SiteRole) -> Option<(&'static str, &'static str)> {
    let commands = hold.begin.is_some() || hold.end.is_some();
    match hold.method {
        HoldMethod::ReadOnly | HoldMethod::Stop if hold.begin.is_none() || hold.end.is_none() => Some((
            "this hold needs `begin` and `end`",
            "name the commands that begin and end it",
        )),
        HoldMethod::CheckIdle if hold.idle.is_none() && hold.quiet_seconds == 0 => Some((
            "`check-idle` needs `idle` or `quiet`",
            "name a command that leaves with 0 when the site is idle, or how long no file was changed",
        )),
        HoldMethod::None | HoldMethod::ReadOnly | HoldMethod::Stop if hold.quiet_seconds > 0 => {
            Some(("`quiet` is of `check-idle`", "take it out, or change the method"))
        }
        HoldMethod::CheckIdle if hold.quiet_seconds > 0 && site == SiteRole::Standby => Some((
            "`quiet` is production's",
            "take it out; name a command with `idle`",
        )),
        HoldMethod::None | HoldMethod::CheckIdle if commands => Some((
            "this hold begins and ends nothing",
            "take `begin` and `end` out, or change the method",
        )),
        _ => None,
    }
}

fn snapshot(mut section: Section<'_>, place: &Place) -> Option<Snapshot> {
    let timeout = act::timeout(&mut section);
    let take = act::task(&mut section, "take", place, timeout);
    if take.is_none() && !section.has("take") {
        section.wrong(
            section.span(),
            "`take` is missing",
            "name the command that takes the snapshot",
        );
    }
    let end = act::task(&mut section, "end", place, timeout);
    let path = section.parsed("path", |text| {
        let absolute = text.starts_with('/').then(|| text.to_owned());
        absolute.ok_or_else(|| "write the absolute path to read from".to_owned())
    });
    section.end();
    take.map(|take| Snapshot { take, end, path })
}

fn application(mut section: Section<'_>, place: &Place) -> Application {
    let timeout = act::timeout(&mut section);
    let mut task = |key| act::task(&mut section, key, place, timeout);
    let application = Application {
        stop: task("stop"),
        start: task("start"),
        ready: task("ready"),
        ready_within_seconds: section
            .parsed("ready_within", value::duration)
            .unwrap_or(USUAL_READY_SECONDS),
    };
    if application.stop.is_some() != application.start.is_some() {
        section.wrong(
            section.span(),
            "`stop` and `start` belong together",
            "name both, or neither",
        );
    }
    section.end();
    application
}

fn readiness(section: &mut Section<'_>, place: &Place) -> Vec<Check> {
    if !section.has("readiness") {
        return Vec::new();
    }
    let mut checks: Vec<Check> = Vec::new();
    for mut table in section.tables("readiness") {
        let check = check(&mut table, place);
        if let Some(check) = check {
            if checks.iter().any(|known| known.name == check.name) {
                let why = format!("two checks are called {:?}", check.name);
                table.wrong(table.span(), why, "give each a name of its own");
            }
            checks.push(check);
        }
        table.end();
    }
    checks
}

fn check(section: &mut Section<'_>, place: &Place) -> Option<Check> {
    let name = section.text("name");
    if name.is_none() && !section.has("name") {
        section.wrong(section.span(), "`name` is missing", "give the check a name");
    }
    let task = act::keyed(section, place);
    let expect = section.parsed("expect", |text| {
        Regex::new(text)
            .map(|_| text.to_owned())
            .map_err(|error| format!("write a regular expression: {error}"))
    });
    let exit = section.numbers("exit").unwrap_or_default();
    Some(Check {
        name: name?.value,
        task: task?,
        expect,
        exit,
    })
}
