//! What is asked after passes: log, status, where, history, undelete, manifest, check and init.

use crate::harness::*;
use std::fs;
use std::process::Command;

fn world() -> World {
    let world = World::new().configured("every = \"4h\"\n[pair.p.tree]\nhistory = \"30d\"");
    world.file("pages/one", "first");
    world.file("pages/two", "stays");
    world.file("gone", "deleted later");
    world.congruent_pass();
    world.file("pages/one", "second");
    fs::remove_file(world.s("gone")).unwrap();
    world.file("pages/three", "new");
    chmod(&world.s("pages/two"), 0o600);
    world.congruent_pass().changed([1, 1, 1, 0, 3]);
    world
}

#[test]
fn the_log_has_a_line_for_each_change_in_the_letters_of_rsync() {
    let world = world();
    let log = world.run(&["log", "p"]);
    let entries = log.document["entries"].as_array().unwrap();
    let letters = |path: &str| {
        let found = entries.iter().find(|entry| entry["path"] == path);
        found.unwrap_or_else(|| panic!("{path}: {log}"))["letters"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(letters("pages/three"), ">f+++++++++");
    assert!(letters("pages/one").starts_with(">f"), "{log}");
    assert_eq!(letters("gone").trim(), "*deleting");
    assert_eq!(letters("pages/two"), ".f...p.....");
    let (code, said) = world.say(&["log", "p"]);
    assert_eq!(code, 0);
    assert!(
        said.lines()
            .any(|line| line.contains(">f+++++++++") && line.ends_with("pages/three")),
        "{said}"
    );
    let first = world.run(&["log", "p", "--pass", "1"]);
    assert!(first.code == 0 || first.code == 2, "{first}");
}

#[test]
fn the_status_says_how_a_pair_stands() {
    let world = world();
    let status = world.run(&["status"]);
    let line = &status.document["pairs"][0];
    assert_eq!((status.code, &line["congruent"]), (0, &true.into()), "{status}");
    assert!(
        line["next_due"].is_string() && line["oldest_read"].is_string(),
        "{status}"
    );
    fs::remove_dir_all(world.s("pages")).unwrap();
    assert_eq!(world.pass().code, 3);
    let status = world.run(&["status"]);
    assert_eq!(status.code, 1, "{status}");
    assert_eq!(
        status.document["pairs"][0]["refused"][0], "source-empty",
        "{status}"
    );
}

#[test]
fn where_names_every_copy() {
    let world = world();
    let copies = world.run(&["where", "pages/one"]);
    let places: Vec<&str> = copies.document["copies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|copy| copy["place"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["production", "standby", "history"], "{copies}");
    assert_eq!(
        copies.document["copies"][0]["digest"],
        copies.document["copies"][1]["digest"]
    );
    let by_path = world.run(&["where".as_ref(), world.d("pages/two").as_os_str()]);
    assert_eq!(
        by_path.document["copies"].as_array().unwrap().len(),
        2,
        "{by_path}"
    );
    assert_eq!(world.run(&["where", "no/such/path"]).code, 1);
    let gone = world.run(&["where", "gone"]);
    assert_eq!(gone.document["copies"][0]["place"], "history", "{gone}");
}

#[test]
fn what_was_replaced_and_removed_is_brought_back() {
    let world = world();
    let before = (listing(&world.src()), listing(&world.dst()));
    let all = world.versions(".");
    assert_eq!(all.len(), 2, "{all:?}");
    let version = world.versions("pages/one")[0].clone();
    assert_eq!(version["why"], "replaced");
    let back = world.run(&["undelete", version["id"].as_str().unwrap(), "--to", "back"]);
    assert_eq!(back.code, 0, "{back}");
    assert_eq!(fs::read(world.path("back/one")).unwrap(), b"first");
    world.run(&["undelete", "gone", "--to", "back"]);
    assert_eq!(fs::read(world.path("back/gone")).unwrap(), b"deleted later");
    // Nothing that exists is overwritten.
    fs::write(world.path("back/gone"), "somebody's").unwrap();
    assert_ne!(world.run(&["undelete", "gone", "--to", "back"]).code, 0);
    assert_eq!(fs::read(world.path("back/gone")).unwrap(), b"somebody's");
    assert_eq!(world.run(&["undelete", "never/was", "--to", "back"]).code, 2);
    before.0.assert_same(&listing(&world.src()), "production");
    before.1.assert_same(&listing(&world.dst()), "standby");
}

#[test]
fn a_directory_that_was_removed_is_brought_back_whole() {
    let world = World::new();
    world.file("stays", "here");
    world.file("study/series/one", "1");
    world.file("study/series/two", "2");
    chmod(&world.s("study/series/one"), 0o640);
    world.congruent_pass();
    fs::remove_dir_all(world.s("study")).unwrap();
    world.congruent_pass();
    let back = world.run(&["undelete", "study", "--to", "back"]);
    assert_eq!(back.code, 0, "{back}");
    assert_eq!(fs::read(world.path("back/study/series/two")).unwrap(), b"2");
    assert_eq!(mode(&world.path("back/study/series/one")), 0o640);
}

#[test]
fn history_whose_time_has_not_come_is_not_pruned() {
    let world = world();
    let pruned = world.run(&["prune", "p", "--yes"]);
    assert_eq!(pruned.code, 0, "{pruned}");
    assert_eq!(world.versions(".").len(), 2);
}

#[test]
fn an_exported_manifest_is_read_by_duckdb() {
    let world = World::new().configured("").with_odd_names();
    world.files("many", 50);
    world.file("odd, \"quoted\"\nname", "content");
    world.file(b"not-utf8-\xff", "content");
    let outcome = world.congruent_pass();
    let csv = world.path("manifest.csv");
    let (code, said) = world.say(&[
        "manifest",
        "p",
        "--export",
        "csv",
        "--output",
        csv.to_str().unwrap(),
    ]);
    assert_eq!(code, 0, "{said}");
    let query = "import duckdb, sys; print(duckdb.connect().execute(f\"select count(*) filter (kind = 'file'), \
        count(*) filter (kind = 'directory' and path <> '.'), sum(bytes) filter (kind = 'file'), count(digest) \
        from read_csv('{sys.argv[1]}', header = true)\").fetchall()[0])";
    let counted = done(python().args(["-c", query]).arg(&csv));
    let side = &outcome.document["standby"];
    let expected = format!(
        "({}, {}, {}, {})",
        side["files"], side["directories"], side["bytes"], side["files"]
    );
    let counted = String::from_utf8(counted.stdout)
        .unwrap()
        .replace("Decimal('", "")
        .replace("')", "");
    assert_eq!(counted.trim(), expected);
    let printed = world.run(&["manifest", "p"]);
    assert_eq!(printed.document["root"], side["root"], "{printed}");
    assert_eq!(printed.document["files"], side["files"]);
}

#[test]
fn a_pair_may_use_sha256() {
    let world = World::new().with(&["--digest", "sha256"]);
    world.files("a", 10);
    world.file("a/odd\r\nname\\", "content");
    world.congruent_pass();
    world.congruent_pass().changed_nothing();
}

#[test]
fn the_algorithm_may_change_and_every_byte_is_read_again() {
    let world = World::new();
    world.files("a", 10);
    world.congruent_pass();
    let changed = world.run(&world.pass_arguments(&["--digest", "sha256", "--reread"]));
    assert_eq!(changed.code, 0, "{changed}");
    assert_eq!(changed.number("bytes_sent"), 0, "{changed}");
}

#[test]
fn a_first_configuration_is_written_checked_and_run() {
    let world = World::new();
    world.file("file", "content");
    let words = [
        "init",
        world.src().to_str().unwrap(),
        world.dst().to_str().unwrap(),
    ]
    .map(str::to_owned);
    assert_eq!(world.run(&words).code, 0);
    assert_eq!(world.run(&words).code, 2, "an existing file is never overwritten");
    let check = world.run(&["check"]);
    assert_eq!(
        (check.code, &check.document["ready"]),
        (0, &true.into()),
        "{check}"
    );
    world.run(&["plan"]);
    let outcome = world.run(&["run"]).congruent();
    world.assert_equal(&outcome.pair());
    // A mistake is told with its line.
    let file = world.path("counterpart.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}\nnonsense = 3\n")).unwrap();
    let (code, said) = world.say(&["check"]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains(&format!(":{}", text.lines().count() + 2)) || said.contains("nonsense"),
        "{said}"
    );
}

#[test]
fn an_inherited_state_directory_and_a_reason_are_recorded() {
    let world = World::new();
    world.file("file", "content");
    let outcome = world
        .pass_with(&["--reason", "the yearly inspection"])
        .congruent();
    let shown = world.run(&["certificate", "show", "--pair", &outcome.pair()]);
    assert_eq!(
        shown.document["certificate"]["actor"]["reason"], "the yearly inspection",
        "{shown}"
    );
}

#[test]
fn what_comes_back_from_history_has_its_attributes_and_lists() {
    let world = World::new().with(&["--carry", "mode,mtime,xattr,acl"]);
    world.file("file", "old");
    done(
        Command::new("setfattr")
            .args(["-n", "user.note", "-v", "kept"])
            .arg(world.s("file")),
    );
    done(
        Command::new("setfacl")
            .args(["-m", "u:1:rwx"])
            .arg(world.s("file")),
    );
    world.congruent_pass();
    tick();
    world.file("file", "a newer one");
    world.congruent_pass();
    let outcome = world.run(&["undelete", "file", "--to", "back"]);
    assert_eq!(outcome.document["not_held"]["count"], 0, "{outcome}");
    let back = world.path("back/file");
    let attributes = done(
        Command::new("getfattr")
            .args(["-d", "--absolute-names"])
            .arg(&back),
    )
    .stdout;
    assert!(String::from_utf8_lossy(&attributes).contains("user.note=\"kept\""));
    let list = done(Command::new("getfacl").args(["-n", "-p"]).arg(&back)).stdout;
    assert!(String::from_utf8_lossy(&list).contains("user:1:rwx"));
}
