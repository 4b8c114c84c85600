//! The link itself: what the certificate says of it, what goes wrong with it, and how a pass goes on after that.

use crate::harness::{Far, PROGRAM, World, done};
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Far beyond what any step here takes.
const PATIENCE: Duration = Duration::from_secs(60);

fn agents(world: &World) -> Vec<i32> {
    let state = world.path("far-state");
    let listed = Command::new("pgrep")
        .args(["-f", "-x"])
        .arg(format!("{PROGRAM} agent --state {}", state.display()))
        .output()
        .unwrap();
    let text = String::from_utf8(listed.stdout).unwrap();
    text.lines().map(|line| line.parse().unwrap()).collect()
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn with_remote(world: &World, remote: &str) -> crate::harness::Outcome {
    let mut words = world.pass_arguments::<&str>(&[]);
    let at = words.iter().position(|word| word == "--remote").unwrap();
    words[at + 1] = remote.into();
    world.run(&words)
}

#[test]
fn the_certificate_names_the_agent_and_the_offset_of_the_clocks() {
    let world = World::new();
    world.file("a", "content");
    let outcome = world.congruent_pass();
    let text = fs::read_to_string(outcome.document["certificate"].as_str().unwrap()).unwrap();
    let certificate: serde_json::Value = serde_json::from_str(&text).unwrap();
    let offset = &certificate["times"]["clock_offset"];
    let ahead = offset["standby_ahead_ms"].as_i64().unwrap().unsigned_abs();
    assert!(
        ahead <= offset["uncertainty_ms"].as_u64().unwrap() + 1,
        "{offset}"
    );
    let sum = done(Command::new("sha256sum").arg(PROGRAM)).stdout;
    let agent = certificate["tool"]["agent_sha256"].as_str().unwrap();
    assert!(String::from_utf8(sum).unwrap().starts_with(agent), "{agent}");
    until("an agent stays behind", || agents(&world).is_empty());
}

#[test]
fn a_far_end_that_is_not_there_is_told_with_what_to_do() {
    let world = World::new();
    world.file("a", "content");
    let outcome = with_remote(&world, "/no/such/counterpart agent");
    outcome.failed(4, "site-lost");
    assert!(
        outcome
            .to_string()
            .contains("Install counterpart at the far host"),
        "{outcome}"
    );
    let outcome = with_remote(&world, "echo Welcome to this host");
    outcome.failed(4, "site-lost");
    assert!(outcome.to_string().contains("Welcome to this host"), "{outcome}");
    let outcome = with_remote(&world, "true");
    outcome.failed(4, "site-lost");
    world.congruent_pass();
}

#[test]
fn a_changed_host_key_and_a_wrong_key_end_the_pass() {
    let world = World::new();
    world.file("a", "content");
    world.congruent_pass();
    let known = world.path("ssh/known_hosts");
    let good = fs::read_to_string(&known).unwrap();
    let other = fs::read_to_string(world.path("ssh/user.pub")).unwrap();
    fs::write(&known, format!("far {other}")).unwrap();
    let outcome = world.bare_pass();
    outcome.failed(4, "site-lost");
    assert!(outcome.to_string().contains("host's administrator"), "{outcome}");
    fs::write(&known, &good).unwrap();
    fs::write(world.path("ssh/authorized_keys"), "").unwrap();
    let outcome = world.bare_pass();
    outcome.failed(4, "site-lost");
    assert!(outcome.to_string().contains("Permission denied"), "{outcome}");
    fs::copy(world.path("ssh/user.pub"), world.path("ssh/authorized_keys")).unwrap();
    world.congruent_pass().changed_nothing();
}

#[test]
fn an_agent_serves_what_it_is_bound_to_and_nothing_else() {
    let world = World::new();
    world.file("a", "content");
    let state = world.path("far-state");
    let bound = |options: &str| format!("{PROGRAM} agent --state {} {options}", state.display());
    let elsewhere = world.path("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let outcome = with_remote(&world, &bound(&format!("--root {}", elsewhere.display())));
    outcome.failed(2, "usage");
    assert!(outcome.to_string().contains("it serves only"), "{outcome}");
    let read_only = with_remote(&world, &bound("--read-only"));
    if Far::wanted() == Far::Standby {
        read_only.failed(2, "usage");
        assert!(
            read_only.to_string().contains("it only serves production"),
            "{read_only}"
        );
        assert!(!world.dst().exists());
    } else {
        read_only.congruent();
    }
    let root = world.src().parent().unwrap().display().to_string();
    with_remote(&world, &bound(&format!("--root {root}"))).congruent();
}

#[test]
fn either_end_may_be_killed_and_the_next_pass_goes_on() {
    let world = World::new();
    world.files("study", 3_000);
    world.file("large", vec![7; 24 << 20]);
    for round in 0..6 {
        let words = world.pass_arguments::<&str>(&[]);
        let mut caller = world
            .command(&[vec!["--json".into()], words].concat())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        until("no agent begins", || {
            !agents(&world).is_empty() || caller.try_wait().unwrap().is_some()
        });
        std::thread::sleep(Duration::from_millis(40 * round));
        if round % 2 == 0 {
            for agent in agents(&world) {
                // It may have ended by itself.
                let _ = Command::new("kill").arg("-9").arg(agent.to_string()).output();
            }
            let code = caller.wait().unwrap().code();
            assert!(code == Some(4) || code == Some(0), "{code:?}");
        } else {
            caller.kill().unwrap();
            caller.wait().unwrap();
        }
        until("an agent stays behind", || agents(&world).is_empty());
    }
    world.congruent_pass();
    world.congruent_pass().changed_nothing().sent(0);
}

#[test]
fn a_standby_that_the_first_pass_will_make_is_no_fault_and_one_that_is_gone_is() {
    let world = World::new().configured("");
    world.file("a", "content");
    let (code, said) = world.say(&["check"]);
    assert!(
        code == 0 && said.contains("the first pass makes it"),
        "{code} {said}"
    );
    world.congruent_pass();
    fs::rename(world.dst(), world.path("gone")).unwrap();
    let (code, said) = world.say(&["check"]);
    assert!(code == 1 && said.contains("Mount it"), "{code} {said}");
}

#[test]
fn a_confined_far_site_is_asked_by_name() {
    let far = if Far::wanted() == Far::Production {
        "production"
    } else {
        "standby"
    };
    let here = if far == "standby" { "production" } else { "standby" };
    let probe = |name: &str, settings: &str| format!("[[pair.p.probe]]\nname = \"{name}\"\n{settings}\n");
    let by_name = format!("{here} = {{ run = [\"/bin/echo\", \"7\"] }}\n{far} = {{ command = \"count\" }}");
    let world =
        World::new().configured(&(probe("named", &by_name) + &probe("any", "run = [\"/bin/echo\", \"7\"]")));
    fs::create_dir(world.dst()).unwrap();
    world.file("a", "content");
    let file = world.path("commands.toml");
    fs::write(&file, "[command.count]\nrun = [\"/bin/echo\", \"7\"]\n").unwrap();
    let configuration = fs::read_to_string(world.path("counterpart.toml")).unwrap();
    let confined = format!(" agent --commands {} --state ", file.display());
    let configuration = configuration.replace(" agent --state ", &confined);
    fs::write(world.path("counterpart.toml"), configuration).unwrap();
    let (code, said) = world.say(&["check"]);
    assert!(code == 1 && said.contains("probes"), "{code} {said}");
    let outcome = world.pass().not_congruent();
    let probes = &outcome.document["probes"];
    assert_eq!(probes[0]["verdict"], "EQUAL", "{outcome}");
    assert_eq!(probes[1]["verdict"], "NOT-COMPARED", "{outcome}");
    assert!(
        probes[1]["why"].as_str().unwrap().contains(&format!("at {far}")),
        "{outcome}"
    );
    until("an agent stays behind", || agents(&world).is_empty());
}

#[test]
fn the_check_lists_what_the_far_agent_runs_by_name() {
    let world = World::new().configured("");
    fs::create_dir(world.dst()).unwrap();
    world.file("a", "content");
    let (_, said) = world.say(&["check"]);
    assert!(said.contains("none are offered"), "{said}");
    let file = world.path("commands.toml");
    let commands = "[command.stop]\nrun = [\"/usr/bin/systemctl\", \"stop\", \"secret-name\"]\n\
                    [command.ready]\nrun = [\"/bin/true\"]\n";
    fs::write(&file, commands).unwrap();
    let configuration = fs::read_to_string(world.path("counterpart.toml")).unwrap();
    let confined = format!(" agent --commands {} --state ", file.display());
    let configuration = configuration.replace(" agent --state ", &confined);
    fs::write(world.path("counterpart.toml"), configuration).unwrap();
    let (code, said) = world.say(&["check"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("ready (true), stop (systemctl)") && !said.contains("secret-name"),
        "{said}"
    );
    std::os::unix::fs::chown(&file, Some(12_345), None).unwrap();
    let (code, said) = world.say(&["check"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("belongs to the user 12345") && said.contains("chown root"),
        "{said}"
    );
    until("an agent stays behind", || agents(&world).is_empty());
}
