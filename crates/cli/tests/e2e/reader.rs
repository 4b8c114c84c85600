//! A second reader, in Python, written from docs/FORMAT.md alone: it reads what Counterpart keeps, counts everything
//! again, and comes to the same; and it refuses what was damaged. What is wrong with it or with the document shows here.

use crate::harness::*;
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{chown, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const READER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/e2e/reader/main.py");
const ALL_CLASSES: &str = "mode,mtime,owner,xattr,acl,hardlink";
const SITES: [&str; 2] = ["production", "standby"];
/// Paths whose SHA-256 ends in 15 zero bits: each ends a segment. The last is another one when it is written with `\x20`.
const ENDS: [&str; 4] = [
    "segments/end21882",
    "segments/end30610",
    "segments/end29504/x",
    "segments/an end 9473",
];

fn asked(pair: &Path, options: &[&OsStr]) -> Output {
    // Nothing is written beside the reader's files.
    python()
        .arg("-B")
        .arg(READER)
        .arg(pair)
        .args(options)
        .output()
        .unwrap()
}

fn home(world: &World, pair: &str) -> PathBuf {
    world.state().join("pairs").join(pair)
}

/// What the reader tells of a pair; it compares both trees, too.
#[track_caller]
fn read(world: &World, pair: &str) -> Value {
    let (src, dst) = (world.src(), world.dst());
    let words = ["--tree", "production", "--tree", "standby"].map(OsStr::new);
    let options = [
        words[0],
        words[1],
        src.as_os_str(),
        words[2],
        words[3],
        dst.as_os_str(),
    ];
    let output = asked(&home(world, pair), &options);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the reader: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What the reader tells of a pair, of which it sees no tree.
#[track_caller]
pub(super) fn read_home(world: &World, pair: &str) -> Value {
    let output = asked(&home(world, pair), &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the reader: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The reader must come to the same as the program.
#[track_caller]
fn assert_agrees(world: &World, outcome: &Outcome) -> Value {
    let pair = outcome.pair();
    let told = read(world, &pair);
    for site in SITES {
        let manifest = world.run(&["manifest", &pair, "--side", site]).document;
        for member in ["root", "algorithm", "grain_nanoseconds", "at"] {
            assert_eq!(told[site][member], manifest[member], "{site}: {member}");
        }
        for member in ["files", "directories", "symlinks", "bytes"] {
            assert_eq!(told[site]["holds"][member], manifest[member], "{site}: {member}");
        }
        assert_eq!(told[site]["root"], outcome.document[site]["root"], "{outcome}");
        assert_entries(&told[site]["entries"], &manifest["entries"]);
    }
    assert_certificates(world, &pair, &told["certificates"]);
    told
}

#[track_caller]
fn assert_entries(told: &Value, printed: &Value) {
    let (told, printed) = (told.as_array().unwrap(), printed.as_array().unwrap());
    for (mine, theirs) in told.iter().zip(printed) {
        assert_eq!(mine, theirs);
    }
    assert_eq!(told.len(), printed.len());
}

#[track_caller]
fn assert_certificates(world: &World, pair: &str, told: &Value) {
    let listed = world.run(&["certificate", "list", pair]).document;
    let listed = listed["certificates"].as_array().unwrap();
    assert_eq!(told.as_array().unwrap().len(), listed.len());
    for (mine, theirs) in told.as_array().unwrap().iter().zip(listed) {
        let pass = theirs["pass"].as_str().unwrap();
        let shown = world.run(&["certificate", "show", pass, "--pair", pair]).document;
        assert_eq!(mine["certificate"], shown["certificate"], "{pass}");
        assert_eq!(mine["sha256"], theirs["sha256"], "{pass}");
    }
}

/// A pair that carries modes and times alone; what is not carried, and bounds of modes, are no differences to rsync.
fn bare() -> World {
    World::new()
        .with_odd_names()
        .comparing(&["--no-perms", "--no-owner", "--no-group"])
}

/// A tree with every kind of entry and of name, and several segments.
fn fill(world: &World) {
    for directory in 0..5 {
        world.files(&format!("many/{directory}"), 1_000);
    }
    for path in ENDS {
        world.file(path, path);
    }
    for name in [
        &b"a b"[..],
        b"-",
        b"back\\slash",
        b"stray\xff",
        b"new\nline",
        b"\x7f",
        "ü\u{202e}\u{2028}\u{61c}".as_bytes(),
    ] {
        world.file(name, name);
        symlink(OsStr::from_bytes(name), world.s([b"link to ", name].concat())).unwrap();
    }
    for path in [
        "empty",
        "a/b/c",
        "a.b",
        "a!",
        "a0",
        "classes/old",
        "classes/listed",
        "classes/attributed",
    ] {
        world.file(path, "");
    }
    fs::create_dir(world.s("classes/default")).unwrap();
    classes(world);
    done(Command::new("mkfifo").arg(world.s("pipe")));
}

/// Metadata of every class.
fn classes(world: &World) {
    let old = world.s("classes/old");
    chown(&old, Some(54_321), Some(54_322)).unwrap();
    chmod(&old, 0o6711);
    set_mtime(&old, -6, 750_000_000);
    let listed = world.s("classes/listed");
    on("setfacl", &["-m", "u:1234:rw,u:77:r,g:99:r"], &listed);
    on("setfacl", &["-d", "-m", "u:77:rx"], &world.s("classes/default"));
    on(
        "setfattr",
        &["-n", "user.of-a-directory"],
        &world.s("classes/default"),
    );
    on("setfattr", &["-n", "user.empty"], &listed);
    on(
        "setfattr",
        &["-n", "user.a", "-v", "one"],
        &world.s("classes/attributed"),
    );
    for name in ["a hard link", "many/0/another"] {
        fs::hard_link(&listed, world.s(name)).unwrap();
    }
}

/// Changes of every kind.
fn change(world: &World) {
    world.file("a b", "other content");
    world.file("a/b/new", "new");
    fs::rename(world.s("many/1"), world.s("renamed")).unwrap();
    fs::remove_file(world.s("-")).unwrap();
    fs::remove_file(world.s("many/0/another")).unwrap();
    fs::remove_file(world.s(ENDS[1])).unwrap();
    chmod(&world.s("empty"), 0o600);
    set_mtime(&world.s("a0"), 1, 1);
    tick();
}

#[test]
fn a_reader_made_from_the_document_comes_to_the_same_after_every_pass() {
    let world = World::carrying(ALL_CLASSES)
        .with_odd_names()
        .comparing(&["--no-specials"]);
    fill(&world);
    let first = assert_agrees(&world, &world.congruent_pass());
    for site in SITES {
        assert_eq!(first[site]["segments"], 5, "{site}");
        assert!(first[site]["blocks"].as_u64().unwrap() > 5, "{site}");
    }
    assert_eq!(first["production"]["not_compared"]["specials"], 1);
    change(&world);
    let changed = assert_agrees(&world, &world.congruent_pass());
    assert_eq!(changed["standby"]["segments"], 4);
    let unchanged = assert_agrees(&world, &world.congruent_pass());
    assert_eq!(unchanged["standby"]["root"], changed["standby"]["root"]);
    assert_agrees(&world, &world.pass_with(&["--reread"]).congruent());
}

#[test]
fn a_reader_made_from_the_document_knows_what_is_not_carried_and_sha256() {
    let world = bare().with(&["--digest", "sha256"]);
    fill(&world);
    fs::remove_file(world.s("pipe")).unwrap();
    assert_agrees(&world, &world.congruent_pass());
    let world = World::new()
        .with(&["--carry", "owner"])
        .comparing(&["--no-perms", "--no-times"]);
    world.file("file", "content");
    assert_agrees(&world, &world.bare_pass().congruent());
}

#[test]
fn a_reader_made_from_the_document_knows_stubs_and_passes_that_are_not_congruent() {
    let world = World::new().configured("[pair.p.tree.stub]\npatterns = [\"*.stub\"]");
    world.files("many", 300);
    world.file("far.stub", "stub");
    world.bare_pass().congruent();
    let rotten = world.s("many/f00007");
    rot(&rotten, b"mANY 7");
    let outcome = world.run(&world.pass_arguments(&["--reread"])).not_congruent();
    let output = asked(&home(&world, &outcome.pair()), &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["production"]["not_compared"]["files"], 1);
    assert_certificates(&world, &outcome.pair(), &told["certificates"]);
}

/// A small pair after two passes, its state directory, and the files of it that are read.
fn small() -> (World, PathBuf) {
    let world = World::new();
    world.files("many", 40);
    world.file(ENDS[0], "end");
    world.file("zzz", "after the end");
    world.congruent_pass();
    world.file("zzz", "changed");
    let pair = world.congruent_pass().pair();
    let home = home(&world, &pair);
    (world, home)
}

/// The only file of a directory whose name ends so.
fn only(directory: &Path, end: &str) -> PathBuf {
    let listed = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut found = listed.filter(|path| path.to_str().unwrap().ends_with(end));
    let path = found.next().unwrap();
    assert!(found.next().is_none(), "two files {end}");
    path
}

/// What the reader lets pass of a file that is damaged in every way that `damage.py` knows.
#[track_caller]
fn assert_refuses_damage(kind: &str, file: &Path) {
    let script = Path::new(READER).with_file_name("damage.py");
    let words = [
        OsStr::new("-B"),
        script.as_os_str(),
        OsStr::new(kind),
        file.as_os_str(),
    ];
    let printed = done(python().args(words)).stdout;
    assert_eq!(
        String::from_utf8_lossy(&printed),
        "[]\n",
        "{kind}: damage that is accepted"
    );
}

#[test]
fn a_reader_made_from_the_document_refuses_every_damage() {
    let (_world, home) = small();
    for site in SITES {
        assert_refuses_damage("manifest", &only(&home.join(site), ".cpm"));
    }
    assert_refuses_damage("journal", &home.join("journal/journal.ndjson"));
}

#[test]
fn a_reader_made_from_the_document_refuses_files_that_belong_to_another_pass() {
    let (world, home) = small();
    let manifests = SITES.map(|site| only(&home.join(site), ".cpm"));
    let before = manifests.each_ref().map(|path| fs::read(path).unwrap());
    let pair = home.file_name().unwrap().to_str().unwrap().to_owned();
    world.file("zzz", "changed again");
    assert_eq!(world.congruent_pass().pair(), pair);
    // Whole in itself, but of the pass before.
    for (site, old) in SITES.iter().zip(before) {
        let now = only(&home.join(site), ".cpm");
        let kept = fs::read(&now).unwrap();
        chmod(&now, 0o600);
        fs::write(&now, old).unwrap();
        assert_refused(&home, &format!("{site}: root is certified as"));
        fs::write(&now, kept).unwrap();
    }
    let certificates = home.join("certificates");
    let list = world.run(&["certificate", "list", &pair]).document;
    let name = |number: usize| PathBuf::from(list["certificates"][number]["file"].as_str().unwrap());
    assert!(name(1).starts_with(&certificates));
    fs::rename(name(1), home.join("aside")).unwrap();
    fs::copy(name(0), name(1)).unwrap();
    assert_refused(&home, "is not the one that the journal names");
    fs::rename(home.join("aside"), name(1)).unwrap();
    read(&world, &pair);
}

#[test]
fn a_reader_made_from_the_document_follows_a_proof_that_the_journal_extends_an_older_one() {
    let (world, home) = small();
    let journal = fs::read_to_string(home.join("journal/journal.ndjson")).unwrap();
    let proof = world.path("proof.json");
    for line in journal.lines().take(2) {
        let record: Value = serde_json::from_str(line).unwrap();
        let old = format!("{}:{}", record["sequence"], record["hash"].as_str().unwrap());
        let (code, said) = world.say(&[
            "certificate",
            "prove",
            "--extends",
            &old,
            "--output",
            proof.to_str().unwrap(),
        ]);
        assert_eq!(code, 0, "{said}");
        let extension = ["--extension".as_ref(), proof.as_os_str()];
        let output = asked(&home, &extension);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = fs::read_to_string(&proof).unwrap();
        let other = text.replacen("\"index\": ", "\"index\": 1", 1);
        assert_ne!(other, text);
        fs::write(&proof, other).unwrap();
        assert!(!asked(&home, &extension).status.success());
        fs::remove_file(&proof).unwrap();
    }
}

#[track_caller]
fn assert_refused(home: &Path, why: &str) {
    let output = asked(home, &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("refused: ") && said.contains(why), "{said}");
}

#[test]
fn a_reader_made_from_the_document_reads_packs_and_follows_proofs() {
    let world = bare();
    fill(&world);
    fs::remove_file(world.s("pipe")).unwrap();
    world.congruent_pass();
    world.file("empty", "not any more");
    let outcome = world.congruent_pass();
    let pair = outcome.pair();
    let root = outcome.document["standby"]["root"].as_str().unwrap();
    let whole = packed(&world, &["--pair", &pair]);
    assert_eq!(whole["certificates"], 2);
    let lines = whole["lines"][root].as_array().unwrap().len();
    assert!(lines > 5_000, "{lines}");
    // Each way leads through several segments; the sides hold the same.
    let part = packed(
        &world,
        &["--pair", &pair, "--subtree", "segments", "--subtree", "many/3"],
    );
    let beneath = 1 + 4 + 1 + 1 + 1_000;
    assert_eq!(
        (&part["proofs"], &part["lines"]),
        (&(2 * beneath).into(), &serde_json::json!({}))
    );
}

/// What the reader tells of a pack with these options.
#[track_caller]
fn packed(world: &World, options: &[&str]) -> Value {
    let tar = world.path("pack.tar");
    let words = [&["certificate", "pack", "--out", tar.to_str().unwrap()], options].concat();
    let outcome = world.run(&words);
    assert_eq!(outcome.code, 0, "{outcome}");
    let script = Path::new(READER).with_file_name("pack.py");
    let printed = done(python().arg("-B").arg(script).arg(&tar)).stdout;
    fs::remove_file(tar).unwrap();
    serde_json::from_slice(&printed).unwrap()
}
