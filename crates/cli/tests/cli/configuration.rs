//! Each mistake in a configuration is told with its place, its word and what to write instead.

use counterpart_cli::config::{Config, Location, Pair, schedule_text, template};
use counterpart_engine::{Limit, PairSettings};
use counterpart_model::{Algorithm, MetadataClass};
use std::path::Path;

/// All mistakes in a text, as they are shown.
fn mistakes(text: &str) -> Vec<String> {
    let found = Config::parse(Path::new("counterpart.toml"), text).unwrap_err();
    found
        .0
        .iter()
        .map(|mistake| format!("{}: {} ({})", mistake.at(), mistake.why, mistake.hint))
        .collect()
}

/// The one mistake in a pair with these lines.
fn in_pair(lines: &str) -> String {
    let text = format!("[pair.a]\nproduction = \"/p\"\nstandby = \"/s\"\n{lines}");
    let mut found = mistakes(&text);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn understood(text: &str) -> Pair {
    let config = Config::parse(Path::new("/etc/counterpart.toml"), text);
    config.unwrap().pair(None).unwrap().clone()
}

#[test]
fn a_full_pair_is_understood() {
    let pair = understood(
        r#"
        [pair.study-035]
        production = "studies"
        standby = "/standby"
        every = "4h"
        deadline = "3h"
        [pair.study-035.tree]
        exclude = ["**/DFserver.cf*", "*.tar"]
        carry = ["mode", "mtime", "owner"]
        owner = "number"
        digest = "sha256"
        history = "30d"
        reread = "7d"
        settle = "10m"
        append_only = ["archive/**"]
        retired = "X{name}"
        movers = 4
        stub = { patterns = ["*.stub"], no_blocks = true }
        [pair.study-035.guard]
        max_delete = "2%"
        max_change = 100
        reserve = "1 GiB"
        [pair.study-035.key]
        agent = "SHA256:mVPwvezndPv/ARoIadVY98vAC0g+P/5633yTC4d/wXE"
        socket = "agent.socket"
        "#,
    );
    assert_eq!(pair.production.path(), Path::new("/etc/studies"));
    assert_eq!(
        (
            pair.schedule.as_ref().map(schedule_text).as_deref(),
            pair.deadline_seconds
        ),
        (Some("every 4h"), Some(10_800))
    );
    let settings = &pair.settings;
    assert_eq!(settings.policy.algorithm, Algorithm::Sha256);
    assert!(settings.policy.carry.has(MetadataClass::Owner));
    assert!(settings.policy.stubs.no_blocks);
    assert_eq!((settings.settle_seconds, settings.movers), (600, 4));
    assert_eq!(settings.guards.max_change, Limit::Entries(100));
    assert_eq!(settings.guards.reserve_bytes, 1 << 30);
    assert_eq!(settings.retired.as_deref(), Some("X{name}"));
    assert!(pair.key.agent.is_some_and(|key| key.starts_with("SHA256:mVPw")));
    assert_eq!(pair.key.socket.as_deref(), Some(Path::new("/etc/agent.socket")));
}

#[test]
fn what_is_not_said_has_its_default() {
    let pair = understood("[pair.a]\nproduction = \"/p\"\nstandby = \"/s\"\n");
    assert_eq!(
        pair.settings,
        PairSettings {
            name: "a".to_owned(),
            ..PairSettings::default()
        }
    );
}

#[test]
fn the_first_file_says_every_default_in_the_words_that_are_read() {
    let text = template("archive", "/p", "/s");
    let settings = |text: &str| understood(text).settings;
    let usual = settings(&text);
    // With every mark of a comment taken off that stands before a setting, the same settings come out. Those that have
    // no default are shown as examples.
    let examples = [
        "every", "at ", "cron", "pause ", "prune", "deadline", "watchdog", "retired", "agent", "socket",
    ];
    let bare = text.lines().map(|line| {
        let setting = line
            .strip_prefix("# ")
            .filter(|rest| rest.split_once(" = ").is_some_and(|(key, _)| is_key(key)));
        let example = setting.is_some_and(|setting| examples.iter().any(|word| setting.starts_with(word)));
        if example { line } else { setting.unwrap_or(line) }
    });
    let bare: String = bare.map(|line| format!("{line}\n")).collect();
    assert!(
        bare.lines()
            .filter(|line| line.contains(" = ") && !line.starts_with('#'))
            .count()
            > 14,
        "{bare}"
    );
    assert_eq!(settings(&bare), usual);
    assert_eq!(
        usual,
        PairSettings {
            name: "archive".to_owned(),
            ..PairSettings::default()
        }
    );
}

/// Tables that are examples as a whole: their settings stand further in.
#[test]
fn every_example_of_the_first_file_is_understood() {
    let text = template("archive", "/p", "/s");
    let bare = text.lines().map(|line| {
        let table = line.strip_prefix("# ").filter(|rest| rest.starts_with('['));
        let setting = line
            .strip_prefix("#   ")
            .filter(|rest| rest.split_once(" = ").is_some_and(|(key, _)| is_key(key)));
        table.or(setting).unwrap_or(line)
    });
    let bare: String = bare.map(|line| format!("{line}\n")).collect();
    let hooks = understood(&bare).settings.hooks;
    assert!(hooks.production_hold.begin.is_some() && hooks.production_hold.stands_still());
    assert!(hooks.snapshot.is_some() && hooks.application.ready.is_some());
    assert_eq!(hooks.readiness[0].name, "service account");
    let probe = &understood(&bare).settings.probes[0];
    assert_eq!((probe.name.as_str(), probe.rules.len()), ("DFstatus", 2));
}

fn is_key(text: &str) -> bool {
    text.trim_end()
        .chars()
        .all(|letter| letter.is_ascii_lowercase() || letter == '_')
}

#[test]
fn an_unknown_setting_is_named_with_the_nearest_one() {
    assert_eq!(
        in_pair("[pair.a.guard]\nmax_delte = \"1%\"\n"),
        "counterpart.toml:5:1: unknown setting `max_delte` in [pair.a.guard] (did you mean `max_delete`?)"
    );
    assert_eq!(
        in_pair("[pair.a.guard]\ncolour = 1\n"),
        "counterpart.toml:5:1: unknown setting `colour` in [pair.a.guard] \
         ([pair.a.guard] takes `max_change`, `max_delete` and `reserve`)"
    );
}

#[test]
fn a_value_that_cannot_be_is_named_with_what_can() {
    let told = in_pair("every = \"4 hours\"\n");
    assert!(
        told.starts_with("counterpart.toml:4:9: `every` cannot be \"4 hours\" (write a duration"),
        "{told}"
    );
    let told = in_pair("[pair.a.tree]\ncarry = [\"mode\", \"mtme\"]\n");
    assert_eq!(
        told,
        "counterpart.toml:5:18: `carry` cannot have \"mtme\" (did you mean `mtime`?)"
    );
    let told = in_pair("[pair.a.tree]\ndigest = \"md5\"\n");
    assert_eq!(
        told,
        "counterpart.toml:5:10: `digest` cannot be \"md5\" (it is one of `blake3` and `sha256`)"
    );
    let told = in_pair("[pair.a.tree]\nexclude = \"*.tmp\"\n");
    assert_eq!(
        told,
        "counterpart.toml:5:11: `exclude` is string, not a list of strings (write a list of strings)"
    );
    let told = in_pair("[pair.a.tree]\nexclude = [\"ok\", \"a{b\"]\n");
    assert!(
        told.starts_with("counterpart.toml:5:18: `exclude` cannot have the glob \"a{b\""),
        "{told}"
    );
    let told = in_pair("[pair.a.tree]\nretired = \"X\"\n");
    assert!(told.contains("write the new name around {name}"), "{told}");
    let told = in_pair("[pair.a.key]\nagent = \"MD5:00\"\n");
    assert!(
        told.contains("write a fingerprint as `ssh-add -l` prints it"),
        "{told}"
    );
}

#[test]
fn one_site_may_be_far() {
    let of = |place: &str| format!("[pair.a]\nproduction = \"/p\"\nstandby = \"{place}\"\n");
    for (place, port, shown) in [
        ("host:/path", None, "host:/path"),
        ("ssh://user@host:22/path", Some(22), "ssh://user@host:22/path"),
        ("ssh://user@host/path", None, "user@host:/path"),
    ] {
        let pair = understood(&of(place));
        let Location::Far(far) = &pair.standby else {
            panic!("{place} is far");
        };
        assert_eq!((far.port, far.path.as_path()), (port, Path::new("/path")));
        assert_eq!(pair.standby.to_string(), shown);
        assert_eq!(Location::from_shown(shown), Ok(pair.standby.clone()));
    }
    for (place, why) in [
        ("host:path", "absolute path"),
        ("-oProxyCommand=true:/path", "begins with `-`"),
        ("-l@host:/path", "begins with `-`"),
        ("user@-host:/path", "begins with `-`"),
        ("ssh://host:many/path", "no port"),
        ("two hosts:/path", "space"),
    ] {
        let told = mistakes(&of(place));
        assert!(told[0].contains(why), "{told:?}");
    }
    let told = mistakes("[pair.a]\nproduction = \"a:/p\"\nstandby = \"b:/s\"\n");
    assert!(told[0].contains("both sites are far away"), "{told:?}");
    let local = understood("[pair.a]\nproduction = \"./a:b\"\nstandby = \"/s:1\"\n");
    assert_eq!(local.production.path(), Path::new("/etc/a:b"));
}

#[test]
fn tables_of_later_versions_are_said_to_be_that() {
    let told = in_pair("[pair.a.database]\nengine = \"mariadb\"\n");
    assert!(
        told.contains("`pair.a.database` is not supported by this version"),
        "{told}"
    );
    let told = in_pair("[backup]\nto = []\n");
    assert!(
        told.starts_with("counterpart.toml:4:2: `backup` is not supported by this version"),
        "{told}"
    );
}

#[test]
fn a_secret_has_its_places_and_no_other() {
    let told = in_pair("[pair.a.tree]\nexclude = [\"x-${env:HOME}\"]\n");
    assert!(told.contains("brings in a secret with `${env:HOME}`"), "{told}");
    let told = mistakes("[pair.a]\nproduction = \"${file:/etc/x}\"\nstandby = \"/s\"\n");
    assert!(told[0].contains("`${file:/etc/x}`"), "{told:?}");
}

#[test]
fn all_mistakes_are_told_in_the_order_of_their_places() {
    let told = mistakes(
        "[pair.a]\nproduction = 3\nstandby = \"/s\"\nat = \"25:00\"\n[pair.b]\nevery = \"x\"\n[odd]\n",
    );
    let places: Vec<&str> = told.iter().map(|line| line.split(": ").next().unwrap()).collect();
    let lines: Vec<&str> = places
        .iter()
        .map(|place| place.rsplit(':').nth(1).unwrap())
        .collect();
    assert_eq!(lines, ["2", "4", "6", "6", "6", "7"], "{told:?}");
}

#[test]
fn a_file_that_is_no_toml_is_told_where() {
    let told = mistakes("[pair.a]\nproduction = /p\n");
    assert!(told[0].starts_with("counterpart.toml:2:14: "), "{told:?}");
    assert_eq!(
        mistakes("")[0],
        "counterpart.toml:1:1: it names no pair (add a [pair.NAME] table; `counterpart init` shows one)"
    );
}

#[test]
fn a_pair_is_chosen_by_its_name_or_by_being_alone() {
    let two = "[pair.one]\nproduction = \"/p\"\nstandby = \"/s\"\n[pair.two]\nproduction = \"/p\"\nstandby = \"/t\"\n";
    let config = Config::parse(Path::new("c"), two).unwrap();
    assert_eq!(config.pair(Some("two")).unwrap().name, "two");
    assert_eq!(
        config.pair(None).unwrap_err().hint,
        "Name one of `one` and `two`."
    );
    assert_eq!(
        config.pair(Some("tow")).unwrap_err().hint,
        "Did you mean `two`? There is `one` and `two`."
    );
}

#[test]
fn a_schedule_is_read_in_each_of_its_three_ways() {
    let schedule = |lines: &str| {
        let pair = understood(&format!(
            "[pair.a]\nproduction = \"/p\"\nstandby = \"/s\"\n{lines}"
        ));
        pair.schedule.as_ref().map(schedule_text)
    };
    assert_eq!(schedule(""), None);
    assert_eq!(schedule("window = []\ncatch_up = true\n"), None);
    assert_eq!(schedule("at = \"00:08\"\n").as_deref(), Some("at 00:08"));
    let all = "cron = \"8 0  * * 1-5\"\nwindow = [\"22:00-06:00\", \"sat-sun\"]\ncatch_up = false\n";
    assert_eq!(
        schedule(all).as_deref(),
        Some("cron 8 0 * * 1-5, in 22:00-06:00 or sat-sun, missed runs are left out")
    );
}

#[test]
fn a_schedule_that_cannot_be_is_told_with_what_can() {
    let told = in_pair("every = \"4h\"\ncron = \"8 0 * * *\"\n");
    assert!(
        told.contains("`every`, `at` and `cron` exclude each other (keep one of them)"),
        "{told}"
    );
    let told = in_pair("every = \"0\"\n");
    assert!(
        told.contains("`every` cannot be \"0\" (write at least 1s"),
        "{told}"
    );
    let told = in_pair("at = \"8 0 * * *\"\n");
    assert!(
        told.contains("(write a cron line as cron = \"8 0 * * *\")"),
        "{told}"
    );
    let told = in_pair("cron = \"0 0 30 2 *\"\n");
    assert!(told.contains("it never comes"), "{told}");
    let told = in_pair("every = \"1h\"\nwindow = [\"22-6\"]\n");
    assert!(
        told.starts_with("counterpart.toml:5:11: `window` cannot have \"22-6\" (write hours such as"),
        "{told}"
    );
    let told = in_pair("window = [\"sat-sun\"]\n");
    assert!(
        told.contains("`window` stands without a schedule (add `every`"),
        "{told}"
    );
}
