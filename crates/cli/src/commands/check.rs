//! `check`: validates the configuration and preflights both sites of each pair. Changes neither tree.

use crate::config::{Config, Found, Pair, find, unknown_pair};
use crate::context::Context;
use crate::documents::{CheckDocument, CheckLine, MistakeDocument, PairCheck};
use crate::exit::Exit;
use crate::wire::Wired;
use crate::{apart, clock, pairs, render, tell, units};
use counterpart_model::{Code, Failure, MetadataClass, SiteRole};
use counterpart_port::{Capabilities, Commands, Offered, Opened, Room};

/// A site's clock may be off by so much before that is worth a line of its own.
const MAX_CLOCK_SECONDS: u64 = 2;

/// `check [PAIR]`.
pub(crate) fn check(context: &Context, name: Option<&str>) -> Result<Exit, Failure> {
    let mut document = CheckDocument::default();
    let wanted = configured(context, name, &mut document)?;
    for pair in wanted {
        document.pairs.push(preflight(context, pair)?);
    }
    let ready = document.mistakes.is_empty() && document.pairs.iter().all(|pair| pair.ready);
    document.ready = ready;
    context
        .terminal
        .answer(&document, |paint| render::check(&document, paint))?;
    Ok(match (document.mistakes.is_empty(), ready) {
        (false, _) => Exit::Usage,
        (true, false) => Exit::Differs,
        (true, true) => Exit::Done,
    })
}

/// The pairs to look at; none where the configuration has mistakes, which are then in the document.
fn configured(
    context: &Context,
    name: Option<&str>,
    document: &mut CheckDocument,
) -> Result<Vec<Pair>, Failure> {
    let Found::At(file) = find(context.global.config.as_deref()) else {
        return pairs::all(context, name);
    };
    document.configuration = Some(file.display().to_string());
    match Config::load(&file) {
        Err(mistakes) => {
            document.mistakes = mistakes.0.iter().map(MistakeDocument::from).collect();
            Ok(Vec::new())
        }
        Ok(config) => match name {
            None => Ok(config.pairs),
            Some(name) if config.pairs.iter().any(|pair| pair.name == name) => Ok(config
                .pairs
                .into_iter()
                .filter(|pair| pair.name == name)
                .collect()),
            Some(name) => pairs::one(context, Some(name))
                .map(|pair| vec![pair])
                .map_err(|_| unknown_pair(name, &config.names())),
        },
    }
}

fn preflight(context: &Context, pair: Pair) -> Result<PairCheck, Failure> {
    let name = pair.name.clone();
    if let Err(failure) = apart::check(&pair, &context.state_path()?) {
        return Ok(PairCheck {
            pair: name,
            ready: false,
            lines: vec![bad("pair", "roots", &failure)],
        });
    }
    let wired = Wired::open(context, pair)?;
    let roles = [SiteRole::Production, SiteRole::Standby];
    let lines: Vec<CheckLine> = roles
        .into_iter()
        .flat_map(|role| one_site(&wired, role))
        .chain(bandwidth(&wired.pair))
        .chain(messages(&wired.pair))
        .collect();
    let ready = lines.iter().all(|line| line.ok);
    Ok(PairCheck {
        pair: name,
        ready,
        lines,
    })
}

fn one_site(wired: &Wired, role: SiteRole) -> Vec<CheckLine> {
    let reached = match wired.end(role).reach() {
        Err(failure) => return vec![bad(role.word(), "link", &failure)],
        Ok(reached) => reached,
    };
    let site = reached.site();
    let opened = match site.open(&wired.looking()) {
        Err(failure) if will_be_made(wired, role, &failure) => {
            let location = &wired.pair.standby;
            return vec![good(
                role,
                "root",
                format!("{location} is not there yet; the first pass makes it"),
            )];
        }
        Err(failure) => return vec![bad(role.word(), "root", &failure)],
        Ok(opened) => opened,
    };
    let mut lines = describe(&opened, role, &wired.pair);
    if role == SiteRole::Standby {
        lines.push(room(site.room(), wired.pair.settings.guards.reserve_bytes));
    }
    if reached.is_far() {
        lines.push(offered(reached.commands(), role));
    }
    lines.extend(hooks(reached.commands(), role, &wired.pair));
    lines.extend(probes(reached.commands(), role, &wired.pair));
    site.abandon();
    lines
}

/// Whether the site would do all that the configuration names; nothing is done.
fn hooks(commands: &dyn Commands, role: SiteRole, pair: &Pair) -> Option<CheckLine> {
    let tasks = pair.settings.hooks.tasks(role);
    if tasks.is_empty() {
        return None;
    }
    let shown: Vec<String> = tasks.iter().map(|task| task.act.to_string()).collect();
    Some(match commands.permits(&tasks) {
        Ok(()) => good(role, "hooks", shown.join(", ")),
        Err(failure) => bad(role.word(), "hooks", &failure),
    })
}

/// Whether the site would answer the probes; none is asked.
fn probes(commands: &dyn Commands, role: SiteRole, pair: &Pair) -> Option<CheckLine> {
    let probes = &pair.settings.probes;
    let names: Vec<&str> = probes.iter().map(|probe| probe.name.as_str()).collect();
    let tasks: Vec<_> = probes.iter().map(|probe| probe.task(role).clone()).collect();
    if tasks.is_empty() {
        return None;
    }
    Some(match commands.permits(&tasks) {
        Ok(()) => good(role, "probes", names.join(", ")),
        Err(failure) => bad(role.word(), "probes", &failure),
    })
}

/// The named commands of a far end.
fn offered(commands: &dyn Commands, role: SiteRole) -> CheckLine {
    let offered = match commands.offered() {
        Err(failure) => return bad(role.word(), "commands", &failure),
        Ok(offered) => offered,
    };
    let one = |command: &Offered| format!("{} ({})", command.name, command.program);
    let all: Vec<String> = offered.iter().map(one).collect();
    let message = if all.is_empty() {
        "none are offered".to_owned()
    } else {
        all.join(", ")
    };
    good(role, "commands", message)
}

fn bandwidth(pair: &Pair) -> Option<CheckLine> {
    let limits = &pair.link.bandwidth;
    let now = match limits.at(clock::minute_of_day()) {
        None => "no limit now".to_owned(),
        Some(rate) => format!("{} a second now", units::bytes(rate)),
    };
    let lines: Vec<&str> = limits.lines().collect();
    (!limits.is_empty()).then(|| CheckLine {
        site: "pair".to_owned(),
        about: "bandwidth".to_owned(),
        ok: true,
        message: format!("{}: {now}", lines.join(", ")),
        remedy: String::new(),
    })
}

/// Who is told. That somebody could not be is in the way of no pass.
fn messages(pair: &Pair) -> Option<CheckLine> {
    let ways = tell::ways(&pair.notify);
    let words: Vec<String> = ways.iter().map(tell::Way::words).collect();
    let line = CheckLine {
        site: "pair".to_owned(),
        about: "messages".to_owned(),
        ok: true,
        message: words.join(", "),
        remedy: String::new(),
    };
    if ways.is_empty() {
        return None;
    }
    Some(match tell::are_ready(&pair.notify) {
        Ok(()) => line,
        Err(failure) => CheckLine {
            message: format!("{}: {failure}", line.message),
            remedy: failure.hint,
            ..line
        },
    })
}

/// The first pass makes the last folder of the standby's path; later a missing one is not mounted.
fn will_be_made(wired: &Wired, role: SiteRole, failure: &Failure) -> bool {
    if role != SiteRole::Standby || failure.code != Code::TargetMissing {
        return false;
    }
    let Some(site) = wired.standby.here() else {
        // What lies above it at a far host is seen by the first pass.
        return matches!(wired.ledger.last_link(), Ok(None));
    };
    let above = wired.pair.standby.path().parent();
    matches!(site.manifest(), Ok(None)) && above.is_some_and(std::path::Path::is_dir)
}

fn describe(opened: &Opened, role: SiteRole, pair: &Pair) -> Vec<CheckLine> {
    let profile = &opened.profile;
    let mount = &profile.filesystem;
    let mut lines = vec![
        root(opened, role),
        good(
            role,
            "filesystem",
            format!("{} ({}), {}", mount.kind, mount.identity, profile.system),
        ),
        site_clock(profile.clock.seconds, role),
    ];
    if role == SiteRole::Standby {
        lines.push(names(&profile.capabilities));
        lines.push(metadata(&profile.capabilities, pair));
    }
    lines
}

fn root(opened: &Opened, role: SiteRole) -> CheckLine {
    let location = &opened.profile.location;
    let known = opened.base.as_ref().map_or_else(
        || "no pass yet".to_owned(),
        |base| {
            format!(
                "{} at the last pass",
                crate::words::counted(base.tally.files, "file", "files")
            )
        },
    );
    if role == SiteRole::Standby && !opened.adopted {
        let message = format!("{location} holds data that Counterpart did not put there");
        let remedy = "Name another target, or take it over with `counterpart run --adopt`.";
        return CheckLine {
            ok: false,
            remedy: remedy.to_owned(),
            ..good(role, "root", message)
        };
    }
    good(role, "root", format!("{location}, {known}"))
}

/// Both sites are on this host, so their clock is this one; a far one would be measured by its link.
fn site_clock(seconds: i64, role: SiteRole) -> CheckLine {
    let off = seconds.abs_diff(clock::now().seconds);
    let line = good(role, "clock", clock::with_offset(seconds));
    if off <= MAX_CLOCK_SECONDS {
        return line;
    }
    let message = format!("{}, off by {}", line.message, units::duration(off));
    CheckLine {
        message,
        remedy: "Let both hosts follow a time server.".to_owned(),
        ..line
    }
}

fn names(held: &Capabilities) -> CheckLine {
    let rules = &held.names;
    let lacks = [
        (rules.case_sensitive, "tell names apart by case"),
        (
            rules.normalisation_sensitive,
            "tell composed from decomposed letters",
        ),
        (rules.any_bytes, "hold names that are not UTF-8"),
        (
            rules.reserved_characters,
            "hold control characters and <>:\"\\|?*",
        ),
        (rules.trailing_dot_or_space, "hold a dot or space at the end"),
    ];
    let lacks: Vec<&str> = lacks
        .iter()
        .filter(|(has, _)| !has)
        .map(|(_, what)| *what)
        .collect();
    if lacks.is_empty() {
        return good(
            SiteRole::Standby,
            "names",
            format!("all, up to {} bytes; times to {}", rules.max_bytes, held.grain),
        );
    }
    let message = format!("cannot {}; times to {}", lacks.join(", cannot "), held.grain);
    let remedy = "`counterpart plan` lists the names it cannot hold.".to_owned();
    CheckLine {
        remedy,
        ..good(SiteRole::Standby, "names", message)
    }
}

fn metadata(held: &Capabilities, pair: &Pair) -> CheckLine {
    let supported = |class: MetadataClass| match class {
        MetadataClass::Mode => held.modes,
        MetadataClass::Mtime => true,
        MetadataClass::Owner => held.owners,
        MetadataClass::Xattr => held.xattrs,
        MetadataClass::Acl => held.acls,
        MetadataClass::Hardlink => held.hardlinks,
    };
    let (can, cannot): (Vec<MetadataClass>, Vec<MetadataClass>) = pair
        .settings
        .policy
        .carry
        .classes()
        .partition(|class| supported(*class));
    let words = |classes: &[MetadataClass]| {
        classes
            .iter()
            .map(|class| class.word())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let line = good(SiteRole::Standby, "metadata", format!("carries {}", words(&can)));
    if cannot.is_empty() {
        return line;
    }
    let message = format!("cannot carry {} here", words(&cannot));
    let remedy =
        "Take it out of `carry`, or mount with support for it; certificates name it meanwhile.".to_owned();
    CheckLine {
        message,
        remedy,
        ..line
    }
}

fn room(room: Result<Room, Failure>, reserve_bytes: u64) -> CheckLine {
    let room = match room {
        Err(failure) => return bad("standby", "room", &failure),
        Ok(room) => room,
    };
    let entries = room
        .free_entries
        .map(|free| format!(", {} entries", units::count(free)))
        .unwrap_or_default();
    let message = format!("{} free{entries}", units::bytes(room.free_bytes));
    let line = good(SiteRole::Standby, "room", message);
    if room.free_bytes > reserve_bytes {
        return line;
    }
    let remedy = format!(
        "Free or add space: {} stay reserved for evidence.",
        units::bytes(reserve_bytes)
    );
    CheckLine {
        ok: false,
        remedy,
        ..line
    }
}

fn good(role: SiteRole, about: &str, message: String) -> CheckLine {
    CheckLine {
        site: role.word().to_owned(),
        about: about.to_owned(),
        ok: true,
        message,
        remedy: String::new(),
    }
}

fn bad(site: &str, about: &str, failure: &Failure) -> CheckLine {
    CheckLine {
        site: site.to_owned(),
        about: about.to_owned(),
        ok: false,
        message: failure.to_string(),
        remedy: failure.hint.clone(),
    }
}
