//! Probes with real commands at both sites: equal, different, masked, empty, hung, clean and not; and their evidence, whole
//! and changed.

use crate::harness::*;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A pair with probes; production has three small files.
fn probed(probes: &str) -> World {
    let world = World::new().configured(probes);
    world.files("035", 3);
    world
}

/// A probe that runs a script, with further settings.
fn probe(name: &str, script: &str, settings: &str) -> String {
    let run = format!("[\"/bin/sh\", \"-c\", {}]", json!(script));
    format!("[[pair.p.probe]]\nname = \"{name}\"\nrun = {run}\n{settings}\n")
}

/// What the document of a pass says of a probe.
fn said<'a>(outcome: &'a Outcome, name: &str) -> &'a Value {
    let probes = outcome.document["probes"].as_array().unwrap();
    let found = probes.iter().find(|probe| probe["name"] == name);
    found.unwrap_or_else(|| panic!("no probe {name}: {outcome}"))
}

#[track_caller]
fn verdict(outcome: &Outcome, name: &str, verdict: &str, clean: Option<bool>) {
    let probe = said(outcome, name);
    assert_eq!(
        (&probe["verdict"], &probe["clean"]),
        (&json!(verdict), &json!(clean)),
        "{outcome}"
    );
}

/// The lines of a difference, with the first letter that `diff -u` gives them.
fn difference(outcome: &Outcome, name: &str) -> Vec<String> {
    let lines = said(outcome, name)["difference"].as_array().unwrap();
    let shown = lines.iter().map(|line| {
        let text = line["text"].as_str().unwrap();
        match line["line"].as_str().unwrap() {
            "hunk" => text.to_owned(),
            "same" => format!(" {text}"),
            "production" => format!("-{text}"),
            "standby" => format!("+{text}"),
            other => panic!("{other}"),
        }
    });
    shown.collect()
}

/// The codes that a pass found, sorted.
fn codes(outcome: &Outcome) -> Vec<String> {
    let failures = outcome.document["failures"].as_array().unwrap();
    let mut codes: Vec<String> = failures
        .iter()
        .map(|failure| failure["code"].as_str().unwrap().to_owned())
        .collect();
    codes.sort();
    codes
}

#[test]
fn what_both_sites_say_alike_is_equal() {
    let count = "find {root} -type f -not -path '*/.counterpart/*' | wc -l";
    let world = probed(
        &(probe("count", count, "") + &probe("json", "echo '{\"b\":2,\"a\":1}'", "json_keep = \"/a\"")),
    );
    let first = world.congruent_pass();
    verdict(&first, "count", "EQUAL", None);
    verdict(&first, "json", "EQUAL", None);
    assert_eq!(first.document["clean"], Value::Null);
    // The standby is asked after it was changed.
    world.file("035/more", "more");
    verdict(&world.congruent_pass(), "count", "EQUAL", None);
    assert_eq!(
        world.verify(&[]).congruent().document["probes"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let shown = world.run(&["probe", "p", "--name", "count", "--raw"]);
    assert_eq!(
        shown.document["probes"][0]["standby"]["raw"]["text"], "4\n",
        "{shown}"
    );
}

#[test]
fn what_differs_shows_line_by_line() {
    let script = "seq 1 9; echo {site}; printf 'caf\\351\\t\\033[31m\\n'; seq 10 12";
    let world = probed(&probe("lines", script, ""));
    let outcome = world.pass().not_congruent();
    verdict(&outcome, "lines", "DIFFERENT", None);
    let expected = [
        "@@ -7,7 +7,7 @@",
        " 7",
        " 8",
        " 9",
        "-production",
        "+standby",
        " caf\\xe9\t\\x1b[31m",
        " 10",
        " 11",
    ];
    assert_eq!(difference(&outcome, "lines"), expected, "{outcome}");
    assert_eq!(codes(&outcome), ["probe-differs"]);
    assert_eq!(outcome.document["different"], 1);
    let (code, page) = world.say(&["run", "p", "--color", "always"]);
    assert_eq!(code, 1);
    let coloured = [
        "\u{1b}[31m-production\u{1b}[0m",
        "\u{1b}[32m+standby\u{1b}[0m",
        "DIFFERENT",
    ];
    for part in coloured {
        assert!(page.contains(part), "{part:?} in {page}");
    }
    assert!(
        !page.contains("\u{1b}[31m\n"),
        "the probe's own colours reach no terminal: {page}"
    );
    for line in page.lines().skip_while(|line| !line.contains("Probes")).take(14) {
        let bare = line
            .replace("\u{1b}[31m", "")
            .replace("\u{1b}[32m", "")
            .replace("\u{1b}[2m", "");
        assert!(bare.replace("\u{1b}[0m", "").chars().count() <= 80, "{line}");
    }
}

#[test]
fn a_long_difference_is_cut_and_counted() {
    let world = probed(&probe("many", "seq 1 3000 | sed s/^/{site}/", ""));
    let outcome = world.pass().not_congruent();
    assert_eq!(difference(&outcome, "many").len(), 200);
    assert_eq!(said(&outcome, "many")["difference_omitted"], 6_000 + 1 - 200);
    let (_, page) = world.say(&["run", "p"]);
    assert!(
        page.contains("… 5961 more lines")
            || page.contains("… 5 961 more lines")
            || page.contains("lines more"),
        "{page}"
    );
}

#[test]
fn time_and_host_are_masked_in_their_order() {
    let script = "echo Host {site}; date '+at %H:%M:%S.%N'; echo x $$ y; echo b {root}; echo a";
    let rules =
        r"normalise = [ { mask = ['^Host .*', '\d\d:\d\d:\d\d[.]\d+'] }, { drop = [2] }, { sort = true } ]";
    let world = probed(&probe("report", script, &format!("{rules}\n")));
    let outcome = world.pass();
    // The second column goes: the time, the number of the process and the root.
    verdict(&outcome, "report", "EQUAL", None);
    outcome.congruent();
    let shown = world.run(&["probe", "p", "--normalised"]);
    let text = "[masked]\na\nat\nb\nx y\n";
    for site in SITES {
        assert_eq!(
            shown.document["probes"][0][site]["normalised"]["text"], text,
            "{shown}"
        );
    }
}

const SITES: [&str; 2] = ["production", "standby"];

#[test]
fn nothing_at_both_sites_is_not_compared() {
    let masked = probe("masked", "echo {site}", "mask = '.+'");
    let world = probed(&(probe("silent", "true", "") + &masked));
    let outcome = world.pass().not_congruent();
    verdict(&outcome, "silent", "NOT-COMPARED", None);
    verdict(&outcome, "masked", "NOT-COMPARED", None);
    assert_eq!(codes(&outcome), ["probe-empty", "probe-empty"]);
    assert_eq!(outcome.document["not_compared"], 2);
    world.configure(&probe("silent", "true", "may_be_empty = true"));
    verdict(&world.congruent_pass(), "silent", "EQUAL", None);
}

#[test]
fn a_hung_probe_is_ended_with_its_children_and_named() {
    let world = probed("");
    let pids = world.path("pids");
    let script = format!("sleep 600 & echo $! >> {0}; echo $$ >> {0}; wait", pids.display());
    world.configure(&probe("hangs", &script, "timeout = \"1s\""));
    let outcome = world.pass().not_congruent();
    verdict(&outcome, "hangs", "NOT-COMPARED", None);
    let told = outcome.document["failures"][0]["message"].as_str().unwrap();
    assert!(
        told.contains("the probe hangs ") && told.contains("longer than its timeout"),
        "{told}"
    );
    assert_eq!(codes(&outcome), ["probe-failed", "probe-failed"]);
    for pid in fs::read_to_string(pids).unwrap().lines() {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        assert!(
            stat.is_empty() || stat.contains(") Z "),
            "{pid} lives still: {stat}"
        );
    }
}

#[test]
fn what_failed_is_not_compared_and_says_why() {
    let world = probed(
        &(probe("fails", "echo same; echo because >&2; exit 3", "")
            + "[[pair.p.probe]]\nname = \"gone\"\nrun = [\"/no/such/program\"]\n"
            + &probe("floods", "head -c 2000000 /dev/zero", "")
            + &probe("no-json", "echo '<html>'", "json_keep = [\"/a\"]")
            + &probe(
                "typo",
                "echo '{\"Count\":1}'",
                "json_keep = [\"/Count\", \"/Cuont\"]",
            )),
    );
    let outcome = world.pass().not_congruent();
    for name in ["fails", "gone", "floods", "no-json", "typo"] {
        verdict(&outcome, name, "NOT-COMPARED", None);
    }
    let why = |name: &str| said(&outcome, name)["why"].as_str().unwrap().to_owned();
    assert!(why("gone").contains("/no/such/program"), "{}", why("gone"));
    assert!(why("floods").contains("951424 bytes more"), "{}", why("floods"));
    assert!(why("no-json").contains("it is no JSON"), "{}", why("no-json"));
    assert!(why("typo").contains("/Cuont"), "{}", why("typo"));
    let shown = world.run(&["probe", "p", "--name", "fails", "--errors"]);
    assert_eq!(
        shown.document["probes"][0]["production"]["errors"]["text"], "because\n",
        "{shown}"
    );
}

#[test]
fn equal_and_clean_are_two_verdicts() {
    let sick = probe("sick", "echo 3 inconsistencies", "clean = '^0 inconsistencies'");
    let well = probe(
        "well",
        "echo report; echo 0 inconsistencies",
        "clean = '^0 inconsistencies'",
    );
    let exits = probe("exits", "echo same; exit 2", "clean_exit = [0]");
    let world = probed(&(well.clone() + &sick));
    let outcome = world.congruent_pass();
    verdict(&outcome, "well", "EQUAL", Some(true));
    verdict(&outcome, "sick", "EQUAL", Some(false));
    assert_eq!(outcome.document["clean"], false);
    assert_eq!(codes(&outcome), ["not-clean", "not-clean"]);
    world.configure(&exits);
    verdict(&world.congruent_pass(), "exits", "EQUAL", Some(false));
    world.configure(&well);
    assert_eq!(world.congruent_pass().document["clean"], true);
    let (_, said) = world.say(&["status", "p"]);
    assert!(said.contains("CONGRUENT") && said.contains("clean"), "{said}");
}

#[test]
fn sites_may_be_asked_in_different_ways_and_must_end_alike() {
    let ways = "[[pair.p.probe]]\nname = \"ways\"\nclean_exit = [0, 1]\nproduction = { run = [\"/bin/sh\", \"-c\", \"echo a\"] }\n\
                standby = { run = [\"/bin/sh\", \"-c\", \"echo a; exit 1\"], timeout = \"1m\" }\n";
    let world = probed(ways);
    let outcome = world.pass().not_congruent();
    verdict(&outcome, "ways", "DIFFERENT", Some(true));
    assert_eq!(
        difference(&outcome, "ways"),
        ["@@ how it ended @@", "-with 0", "+with 1"]
    );
}

/// The files of the outputs of a pass.
fn outputs(world: &World, outcome: &Outcome) -> Vec<PathBuf> {
    let pass = outcome.document["pass"].as_str().unwrap();
    let directory = world.state().join("pairs/p/probes").join(pass);
    let mut files: Vec<PathBuf> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

#[test]
fn outputs_are_private_evidence_that_holds_until_it_is_changed() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = probed(&probe(
        "report",
        "echo {site}; echo 7; echo aside >&2",
        "mask = '^[a-z]+$'",
    ));
    let outcome = world.congruent_pass();
    let files = outputs(&world, &outcome);
    assert_eq!(files.len(), 6);
    for file in &files {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let plain = done(Command::new("zstd").arg("-dc").arg(&files[5])).stdout;
    assert_eq!(plain, b"standby\n7\n");
    let raw = world
        .command(&["probe", "p", "--site", "standby", "--raw"])
        .output()
        .unwrap();
    assert_eq!(raw.stdout, plain, "{raw:?}");
    assert_eq!(world.run(&["certificate", "verify"]).code, 0);
    let whole = fs::read(&files[5]).unwrap();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&files[5], &changed).unwrap();
        let refused = world.run(&["certificate", "verify"]);
        assert!(
            refused.code == 1 || same_content(&changed, &plain),
            "byte {at}: {refused}"
        );
    }
    fs::write(&files[5], whole).unwrap();
    assert_eq!(world.run(&["certificate", "verify"]).code, 0);
    // What is not kept any more is no harm, and is said.
    fs::remove_file(&files[5]).unwrap();
    assert_eq!(world.run(&["certificate", "verify"]).code, 0);
    let shown = world.run(&["probe", "p"]);
    assert_eq!(
        shown.document["probes"][0]["standby"]["raw"]["kept"], false,
        "{shown}"
    );
}

/// Some bits of a frame say nothing of its content.
fn same_content(packed: &[u8], content: &[u8]) -> bool {
    use std::io::Write as _;
    let mut command = Command::new("zstd");
    command
        .args(["-dc"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped());
    let mut unpacking = command.stderr(std::process::Stdio::null()).spawn().unwrap();
    let written = unpacking.stdin.take().unwrap().write_all(packed);
    let output = unpacking.wait_with_output().unwrap();
    written.is_ok() && output.status.success() && output.stdout == content
}

#[test]
fn a_pack_has_the_outputs_and_its_checker_sees_a_change() {
    let world = probed(
        &(probe("report", "echo {site}; echo 7", "mask = '^[a-z]+$'")
            + &probe("other", "echo {site}", "clean = 'x'")),
    );
    world.pass().not_congruent();
    let tar = world.path("pack.tar");
    let packed = world.run(&["certificate", "pack", "--out", tar.to_str().unwrap()]);
    assert_eq!(packed.code, 0, "{packed}");
    done(
        Command::new("tar")
            .arg("xf")
            .arg(&tar)
            .arg("-C")
            .arg(world.path("")),
    );
    let bag = world.path("p-1-1");
    let check = |bag: &Path| {
        Command::new("python3")
            .arg(bag.join("data/verify.py"))
            .output()
            .unwrap()
    };
    let good = check(&bag);
    assert!(good.status.success(), "{good:?}");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/e2e/reader/pack.py");
    done(python().arg("-B").arg(script).arg(&tar));
    let directory = fs::read_dir(bag.join("data/probes"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    assert_eq!(
        fs::read(directory.join("report.standby.raw")).unwrap(),
        b"standby\n7\n"
    );
    fs::write(directory.join("report.standby.raw"), "standby\n8\n").unwrap();
    let close_again = "find data -type f -print0 | sort -z | xargs -0 sha256sum > manifest-sha256.txt && \
        sha256sum bagit.txt bag-info.txt manifest-sha256.txt > tagmanifest-sha256.txt";
    done(Command::new("sh").args(["-c", close_again]).current_dir(&bag));
    let refused = check(&bag);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("report.standby.raw is not what"), "{told}");
}

#[test]
fn the_page_shows_the_probes_and_no_line_of_their_outputs() {
    let world = probed(&probe(
        "report",
        "echo line-{site} | tr a-z A-Z",
        "clean = 'LINE'",
    ));
    world.pass().not_congruent();
    for form in [&["certificate", "show"][..], &["certificate", "show", "--html"]] {
        let (code, page) = world.say(form);
        assert_eq!(code, 0, "{page}");
        assert!(
            page.contains("report.standby.normalised") && page.contains("DIFFERENT"),
            "{page}"
        );
        assert!(!page.contains("LINE-STANDBY"), "{page}");
    }
    let (code, page) = world.say(&["probe", "p"]);
    assert!(
        code == 0 && page.contains("-LINE-PRODUCTION") && page.contains("+LINE-STANDBY"),
        "{page}"
    );
    let missing = world.run(&["probe", "p", "--name", "nothing"]);
    assert_eq!(missing.code, 2, "{missing}");
}
