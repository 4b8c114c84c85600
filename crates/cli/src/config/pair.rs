//! One pair of the configuration: where its sites are, when it runs, and what the engine is told.

use super::act;
use super::bandwidth::{self, Bandwidth};
use super::hooks;
use super::location::Location;
use super::notify::Notify;
use super::probe;
use super::retention::Retention;
use super::schedule;
use super::section::{Placed, Section};
use super::value;
use counterpart_engine::{Guards, KeyPlace, PairSettings};
use counterpart_model::policy::{OwnerBy, StubPolicy};
use counterpart_model::{Algorithm, Carry, PathGlobs, Policy, SiteRole};
use counterpart_port::Task;
use counterpart_schedule::Schedule;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// One pair.
#[derive(Clone, Debug, Serialize)]
pub struct Pair {
    /// Its name.
    pub name: String,
    /// Where production is.
    pub production: Location,
    /// Where the standby is.
    pub standby: Location,
    /// When it runs.
    pub schedule: Option<Schedule>,
    /// What is done at production to learn whether a pass may run: not, while it is good.
    #[serde(skip)]
    pub pause: Option<Task>,
    /// How long what its passes leave is kept.
    #[serde(skip)]
    pub retention: Retention,
    /// Bounds a whole pass.
    pub deadline_seconds: Option<u64>,
    /// How its far end is reached, where it has one.
    pub link: Link,
    /// Where the key is that signs its evidence.
    pub key: KeyPlace,
    /// Who is told of its passes.
    pub notify: Notify,
    /// The age of its youngest certificate at which `watchdog` complains.
    pub watchdog_seconds: Option<u64>,
    /// What the engine is told.
    pub settings: PairSettings,
}

/// How the far end of a pair is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Arguments for ssh, before the host.
    pub ssh: Vec<String>,
    /// The command there.
    pub remote: String,
    /// How fast bytes may go over it, by the hour.
    #[serde(default)]
    pub bandwidth: Bandwidth,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            ssh: Vec::new(),
            remote: "counterpart agent".to_owned(),
            bandwidth: Bandwidth::default(),
        }
    }
}

/// How long the answer may take whether a pass may run.
const PAUSE_TIMEOUT_SECONDS: u64 = 60;

/// Tables and settings of a pair that a later version understands.
const LATER: [&str; 5] = ["database", "backup", "studies", "services", "role"];

impl Pair {
    /// A pair with every default.
    pub fn of(name: &str, production: Location, standby: Location) -> Self {
        let settings = PairSettings {
            name: name.to_owned(),
            ..PairSettings::default()
        };
        Self {
            name: name.to_owned(),
            production,
            standby,
            schedule: None,
            pause: None,
            retention: Retention::default(),
            deadline_seconds: None,
            link: Link::default(),
            key: KeyPlace::default(),
            notify: Notify::default(),
            watchdog_seconds: None,
            settings,
        }
    }

    /// True when one of its sites is at another host.
    pub const fn is_linked(&self) -> bool {
        matches!(
            (&self.production, &self.standby),
            (Location::Far(_), _) | (_, Location::Far(_))
        )
    }

    /// Reads a `[pair.NAME]` table; `None` where it names no sites.
    pub(super) fn read(name: &str, mut section: Section<'_>, base: &Path, notify: &Notify) -> Option<Self> {
        check_name(name, &section);
        let production = site(&mut section, "production", base);
        let standby = site(&mut section, "standby", base);
        check_one_is_here(&section, production.as_ref(), standby.as_ref());
        let both_here =
            [&production, &standby].map(|site| matches!(site, Some(Location::Here(_)))) == [true; 2];
        let link = link(&mut section, both_here);
        let key = section
            .table("key")
            .map(|section| read_key(section, base))
            .unwrap_or_default();
        let schedule = schedule::read(&mut section);
        let pause = production.as_ref().and_then(|production| {
            let place = act::Place {
                pair: name.to_owned(),
                site: SiteRole::Production,
                root: production.path().display().to_string(),
                is_here: matches!(production, Location::Here(_)),
            };
            act::task(&mut section, "pause", &place, PAUSE_TIMEOUT_SECONDS)
        });
        let retention = section
            .table("retention")
            .map(Retention::read)
            .unwrap_or_default();
        let deadline_seconds = section.parsed("deadline", value::duration);
        let notify = match section.table("notify") {
            Some(section) => notify.changed_by(section),
            None => notify.clone(),
        };
        let watchdog_seconds = section.parsed("watchdog", value::duration);
        let mut settings = PairSettings {
            name: name.to_owned(),
            ..PairSettings::default()
        };
        if let Some(tree) = section.table("tree") {
            read_tree(tree, &mut settings);
        }
        if let Some(guard) = section.table("guard") {
            settings.guards = read_guards(guard);
        }
        if let (Some(production), Some(standby)) = (&production, &standby) {
            let [production, standby] = [(SiteRole::Production, production), (SiteRole::Standby, standby)]
                .map(|(role, location)| hooks::place(name, role, location));
            settings.hooks = hooks::hooks(&mut section, &production, &standby);
            settings.probes = probe::probes(&mut section, &[production, standby]);
        }
        section.later(&LATER);
        section.end();
        let name = name.to_owned();
        Some(Self {
            name,
            production: production?,
            standby: standby?,
            schedule,
            pause,
            retention,
            deadline_seconds,
            link,
            key,
            notify,
            watchdog_seconds,
            settings,
        })
    }
}

fn check_name(name: &str, section: &Section<'_>) {
    let plain = |letter: char| letter.is_alphanumeric() || "-_.".contains(letter);
    if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.chars().all(plain) {
        let hint = "use letters, digits, `-`, `_` and `.`, at most 100 bytes";
        section.wrong(section.span(), format!("a pair cannot be called {name:?}"), hint);
    }
}

fn site(section: &mut Section<'_>, key: &'static str, base: &Path) -> Option<Location> {
    let Some(text) = section.text(key) else {
        if !section.has(key) {
            let hint = format!("write {key} = \"/path\"");
            section.wrong(section.span(), format!("`{key}` is missing"), hint);
        }
        return None;
    };
    let parsed = Location::parse(&text.value, base);
    parsed
        .map_err(|hint| section.wrong(text.span, format!("`{key}` cannot be {:?}", text.value), hint))
        .ok()
}

fn check_one_is_here(section: &Section<'_>, production: Option<&Location>, standby: Option<&Location>) {
    if let (Some(Location::Far(_)), Some(Location::Far(_))) = (production, standby) {
        let hint = "run it on one of the two hosts, and write that one's path without a host";
        section.wrong(section.span(), "both sites are far away", hint);
    }
}

fn link(section: &mut Section<'_>, both_here: bool) -> Link {
    let usual = Link::default();
    let ssh = section.texts("ssh").unwrap_or_default();
    Link {
        ssh: ssh.into_iter().map(|argument| argument.value).collect(),
        remote: section.text("remote").map_or(usual.remote, |remote| remote.value),
        bandwidth: bandwidth(section, both_here),
    }
}

fn bandwidth(section: &mut Section<'_>, both_here: bool) -> Bandwidth {
    let lines = section.texts("bandwidth").unwrap_or_default();
    let mut spans = Vec::with_capacity(lines.len());
    for line in lines {
        match bandwidth::span(&line.value) {
            Ok(_) if both_here => section.wrong(
                line.span,
                "`bandwidth` limits a link, and both sites are on this host",
                "take it out; `movers = 1` is gentler to disks",
            ),
            Ok(span) => spans.push(span),
            Err(hint) => section.wrong(
                line.span,
                format!("`bandwidth` cannot have {:?}", line.value),
                hint,
            ),
        }
    }
    Bandwidth::new(spans)
}

fn read_key(mut section: Section<'_>, base: &Path) -> KeyPlace {
    let place = KeyPlace {
        agent: section.parsed("agent", value::fingerprint),
        socket: section.text("socket").map(|path| base.join(path.value)),
    };
    section.end();
    place
}

fn read_tree(mut section: Section<'_>, settings: &mut PairSettings) {
    let globs = section.texts("exclude");
    let policy = Policy {
        exclude: excludes(&section, globs),
        carry: carry(&mut section),
        owner_by: owner_by(&mut section),
        algorithm: algorithm(&mut section),
        stubs: section.table("stub").map(read_stubs).unwrap_or_default(),
    };
    settings.policy = policy;
    let mut seconds = |key: &'static str, into: &mut u64| {
        if let Some(read) = section.parsed(key, value::duration) {
            *into = read;
        }
    };
    seconds("settle", &mut settings.settle_seconds);
    seconds("history", &mut settings.history_seconds);
    seconds("reread", &mut settings.reread_seconds);
    settings.append_only = path_globs(&mut section, "append_only");
    settings.retired = section.parsed("retired", retired);
    settings.movers = section.number_or_text("movers", movers).unwrap_or(0);
    section.end();
}

fn excludes(section: &Section<'_>, globs: Option<Vec<Placed<String>>>) -> Vec<String> {
    let check =
        |text: &String| counterpart_tree::exclude::Excluder::new(std::slice::from_ref(text)).map(|_| ());
    kept(section, "exclude", globs, check)
}

fn path_globs(section: &mut Section<'_>, key: &'static str) -> Vec<String> {
    let globs = section.texts(key);
    kept(section, key, globs, |text| {
        PathGlobs::new(std::slice::from_ref(text)).map(|_| ())
    })
}

fn kept(
    section: &Section<'_>,
    key: &str,
    globs: Option<Vec<Placed<String>>>,
    check: impl Fn(&String) -> Result<(), counterpart_model::Failure>,
) -> Vec<String> {
    let globs = globs.unwrap_or_default().into_iter();
    let good = globs.filter_map(|glob| match check(&glob.value) {
        Ok(()) => Some(glob.value),
        Err(failure) => {
            let why = format!("`{key}` cannot have the glob {:?}: {}", glob.value, failure.why);
            section.wrong(glob.span, why, "a backslash takes the next character as it is");
            None
        }
    });
    good.collect()
}

fn carry(section: &mut Section<'_>) -> Carry {
    let Some(words) = section.texts("carry") else {
        return Carry::default();
    };
    let mut classes = Vec::with_capacity(words.len());
    for word in words {
        match value::metadata_class(&word.value) {
            Ok(class) => classes.push(class),
            Err(hint) => section.wrong(word.span, format!("`carry` cannot have {:?}", word.value), hint),
        }
    }
    Carry::of(&classes)
}

fn owner_by(section: &mut Section<'_>) -> OwnerBy {
    match section.parsed("owner", |text| value::one_of(text, &["name", "number"])) {
        Some("number") => OwnerBy::Number,
        _ => OwnerBy::Name,
    }
}

fn algorithm(section: &mut Section<'_>) -> Algorithm {
    match section.parsed("digest", |text| value::one_of(text, &["blake3", "sha256"])) {
        Some("sha256") => Algorithm::Sha256,
        _ => Algorithm::Blake3,
    }
}

fn read_stubs(mut section: Section<'_>) -> StubPolicy {
    let stubs = StubPolicy {
        patterns: path_globs(&mut section, "patterns"),
        no_blocks: section.flag("no_blocks").unwrap_or(false),
        recall: section.flag("recall").unwrap_or(false),
    };
    section.end();
    stubs
}

fn read_guards(mut section: Section<'_>) -> Guards {
    let usual = Guards::default();
    let guards = Guards {
        max_delete: section
            .number_or_text("max_delete", value::limit)
            .unwrap_or(usual.max_delete),
        max_change: section
            .number_or_text("max_change", value::limit)
            .unwrap_or(usual.max_change),
        reserve_bytes: section
            .number_or_text("reserve", value::size)
            .unwrap_or(usual.reserve_bytes),
    };
    section.end();
    guards
}

fn retired(text: &str) -> Result<String, String> {
    let whole = text.matches("{name}").count() == 1 && text != "{name}" && !text.contains('/');
    if whole {
        Ok(text.to_owned())
    } else {
        Err("write the new name around {name}, such as \"X{name}\"".to_owned())
    }
}

fn movers(text: &str) -> Result<usize, String> {
    let expected = "write a number of threads from 1 to 256, or 0 to choose by the machine";
    text.parse()
        .ok()
        .filter(|number| *number <= 256)
        .ok_or_else(|| expected.to_owned())
}
