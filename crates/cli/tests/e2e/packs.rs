//! Proofs and packs: whole, they are accepted by a BagIt validator, by ssh-keygen and by the checker in plain Python; changed
//! in any way, though the bag be closed again over the change, they are refused with the reason.

use crate::harness::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The checker as it is in the documentation; packs have a copy.
const CHECKER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/verify.py");

/// Three certified passes over two studies.
fn two_studies() -> (World, String) {
    let world = World::new().comparing(&["--no-specials"]);
    for study in ["035", "036"] {
        for plate in 0..7 {
            world.file(format!("{study}/plates/p{plate}"), format!("{study} {plate}"));
        }
    }
    world.congruent_pass();
    // A finding with a name: a special file is not compared.
    done(Command::new("mkfifo").arg(world.s("036/plates/pipe")));
    world.file("035/plates/p1", "changed");
    world.congruent_pass();
    world.file("036/plates/p2", "changed, too");
    let pair = world.congruent_pass().pair();
    (world, pair)
}

/// A pack, unpacked; gives its directory.
fn packed(world: &World, pair: &str, options: &[&str], name: &str) -> PathBuf {
    let (tar, directory) = (world.path(&format!("{name}.tar")), world.path(name));
    let out = tar.to_str().unwrap();
    let all = [&["certificate", "pack", "--pair", pair, "--out", out], options].concat();
    let outcome = world.run(&all);
    assert_eq!(outcome.code, 0, "{outcome}");
    let sum = ask("sha256sum", &[], &tar);
    assert!(
        sum.starts_with(outcome.document["sha256"].as_str().unwrap()),
        "{sum}"
    );
    fs::create_dir(&directory).unwrap();
    done(Command::new("tar").arg("xf").arg(&tar).arg("-C").arg(&directory));
    let mut inside = fs::read_dir(&directory).unwrap();
    let bag = inside.next().unwrap().unwrap().path();
    assert!(inside.next().is_none(), "a bag lies in one directory");
    bag
}

fn checked(arguments: &[&Path]) -> Output {
    Command::new("python3")
        .arg(CHECKER)
        .args(arguments)
        .output()
        .unwrap()
}

#[track_caller]
fn holds(arguments: &[&Path]) -> String {
    let output = checked(arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && said.starts_with("HOLDS: "),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

#[track_caller]
fn refused(arguments: &[&Path], why: &str) {
    let output = checked(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    let told = said.starts_with("DOES NOT HOLD: ") && said.contains(why);
    assert!(
        !output.status.success() && told,
        "wanted {why:?}, and it said: {said}"
    );
}

/// Closes a bag over what is in it now, as somebody would who changed it.
fn close_again(bag: &Path) {
    let script = "find data -type f -print0 | sort -z | xargs -0 sha256sum > manifest-sha256.txt && \
        sha256sum bagit.txt bag-info.txt manifest-sha256.txt > tagmanifest-sha256.txt";
    done(Command::new("sh").args(["-c", script]).current_dir(bag));
}

fn files(bag: &Path) -> Vec<PathBuf> {
    let found = done(Command::new("find").arg(bag).args(["-type", "f", "-print"]));
    let found = String::from_utf8(found.stdout).unwrap();
    let mut files: Vec<PathBuf> = found.lines().map(PathBuf::from).collect();
    files.sort();
    files
}

/// The only file in a directory of the bag with this ending.
fn only(bag: &Path, directory: &str, ending: &str) -> PathBuf {
    let all = files(&bag.join("data").join(directory));
    let mut fit = all
        .into_iter()
        .filter(|file| file.to_str().unwrap().ends_with(ending));
    let only = fit.next().unwrap();
    assert!(fit.next().is_none(), "{directory} has several {ending}");
    only
}

#[test]
fn a_pack_is_a_valid_bag_and_everything_in_it_holds() {
    let (world, pair) = two_studies();
    let bag = packed(&world, &pair, &[], "all");
    let validate = "import bagit, sys; bagit.Bag(sys.argv[1]).validate()";
    done(python().args(["-c", validate]).arg(&bag));
    assert_eq!(holds(&[&bag]).split(" certificates").next(), Some("HOLDS: 3"));
    // As its own README says.
    let own = Command::new("python3")
        .arg(bag.join("data/verify.py"))
        .output()
        .unwrap();
    assert!(own.status.success(), "{own:?}");
    packed(&world, &pair, &[], "again");
    let (one, other) = (world.path("all.tar"), world.path("again.tar"));
    assert!(
        fs::read(one).unwrap() == fs::read(other).unwrap(),
        "the same request gives other bytes"
    );
    let middle = packed(&world, &pair, &["--from", "2", "--to", "2"], "middle");
    assert!(holds(&[&middle]).starts_with("HOLDS: 1 certificates"));
}

#[test]
fn every_changed_byte_of_a_pack_is_refused() {
    let (world, pair) = two_studies();
    let bag = packed(&world, &pair, &["--from", "3", "--to", "3"], "all");
    // In one process and in memory, for there are tens of thousands of them.
    let every_byte = "\
import importlib.util, pathlib, sys
spec = importlib.util.spec_from_file_location('verify', sys.argv[1])
verify = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify)
bag, count = pathlib.Path(sys.argv[2]), 0
content = {file: bytearray(file.read_bytes()) for file in bag.rglob('*') if file.is_file()}
type(bag).read_bytes = lambda file: bytes(content[file])
for file in sorted(content):
    for at in range(len(content[file])):
        content[file][at] ^= 1
        try: verify.check_pack(bag)
        except SystemExit as refused: said, count = str(refused), count + 1
        else: sys.exit(f'{file}: a changed byte at {at} is accepted')
        if not said.startswith('DOES NOT HOLD: '): sys.exit(f'{file}, {at}: {said}')
        content[file][at] ^= 1
verify.check_pack(bag)
print(count)";
    let bytes: u64 = files(&bag)
        .iter()
        .map(|file| fs::metadata(file).unwrap().len())
        .sum();
    let said = done(
        Command::new("python3")
            .args(["-c", every_byte, CHECKER])
            .arg(&bag),
    );
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(
        said.starts_with("HOLDS: ") && said.ends_with(&format!("\n{bytes}\n")),
        "{said}"
    );
    fs::write(bag.join("data/more"), "more").unwrap();
    refused(&[&bag], "these were not packed");
    fs::remove_file(bag.join("data/more")).unwrap();
    fs::remove_file(bag.join("data/journal.ndjson")).unwrap();
    refused(&[&bag], "journal.ndjson is not as it was packed");
}

/// Changes a file of the bag, closes that again, and puts the file back.
#[track_caller]
fn refused_after(bag: &Path, file: &Path, change: impl FnOnce(&mut Vec<String>), why: &str) {
    let content = fs::read(file).unwrap();
    let mut lines: Vec<String> = String::from_utf8(content.clone())
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    change(&mut lines);
    let ending = if content.ends_with(b"\n") { "\n" } else { "" };
    fs::write(file, lines.join("\n") + ending).unwrap();
    close_again(bag);
    refused(&[bag], why);
    fs::write(file, content).unwrap();
    close_again(bag);
}

#[test]
fn a_bag_that_was_closed_again_over_a_change_is_refused() {
    let (world, pair) = two_studies();
    let bag = packed(&world, &pair, &[], "all");
    close_again(&bag);
    holds(&[&bag]);
    let certificates: Vec<PathBuf> = files(&bag.join("data/certificates"))
        .into_iter()
        .filter(|file| file.extension().is_some_and(|ending| ending == "json"))
        .collect();
    let unsigned = "is not signed by a key";
    for certificate in &certificates {
        refused_after(
            &bag,
            certificate,
            |lines| lines[0] = lines[0].replacen("production", "standby", 1),
            unsigned,
        );
    }
    let signatures: Vec<PathBuf> = certificates
        .iter()
        .map(|file| file.with_extension("json.sig"))
        .collect();
    let other = fs::read_to_string(&signatures[1]).unwrap();
    let take_other = |lines: &mut Vec<String>| *lines = other.lines().map(str::to_owned).collect();
    refused_after(&bag, &signatures[0], take_other, unsigned);
    refused_after(
        &bag,
        &bag.join("data/allowed_signers"),
        |lines| foreign_key(&world, lines),
        unsigned,
    );

    let journal = bag.join("data/journal.ndjson");
    refused_after(
        &bag,
        &journal,
        |lines| drop(lines.remove(1)),
        "record 2 of the journal",
    );
    refused_after(
        &bag,
        &journal,
        |lines| lines.swap(1, 2),
        "record 2 of the journal",
    );
    refused_after(
        &bag,
        &journal,
        |lines| drop(lines.pop()),
        "does not name every certificate",
    );
    let another_hour =
        |lines: &mut Vec<String>| lines[0] = lines[0].replacen("\"at_seconds\":1", "\"at_seconds\":2", 1);
    refused_after(&bag, &journal, another_hour, "record 1 of the journal");

    // Of several, since the lines of earlier passes are kept too.
    let last: serde_json::Value =
        serde_json::from_slice(&fs::read(certificates.last().unwrap()).unwrap()).unwrap();
    let last = last["standby"]["root"].as_str().unwrap();
    let lines = bag.join(format!("data/manifests/{last}.lines"));
    let root = "has another root";
    refused_after(&bag, &lines, |lines| drop(lines.remove(3)), root);
    refused_after(&bag, &lines, |lines| lines.swap(3, 4), root);
    refused_after(
        &bag,
        &lines,
        |lines| lines[5] = lines[5].replace("0644", "0600"),
        root,
    );

    let log = files(&bag.join("data/logs")).remove(0);
    let content = fs::read(&log).unwrap();
    fs::write(&log, [&content[..], b"x"].concat()).unwrap();
    close_again(&bag);
    refused(&[&bag], "is not what");
    fs::write(&log, content).unwrap();

    // One in the middle is missing, with all that belongs to it.
    for file in [&certificates[1], &signatures[1]] {
        fs::remove_file(file).unwrap();
    }
    close_again(&bag);
    refused(&[&bag], "does not follow the one before");
}

/// Somebody else's key in place of the one that signed.
fn foreign_key(world: &World, lines: &mut [String]) {
    let key = world.path("foreign");
    done(
        Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(&key),
    );
    let public = fs::read_to_string(key.with_extension("pub")).unwrap();
    let foreign = public.split(' ').nth(1).unwrap();
    for line in lines {
        let own = line.split(' ').next_back().map(str::to_owned);
        let own = line
            .split(' ')
            .find(|word| word.starts_with("AAAA"))
            .map(str::to_owned)
            .or(own);
        *line = line.replace(&own.unwrap(), foreign);
    }
}

#[test]
fn the_pack_of_one_study_shows_nothing_of_others() {
    let (world, pair) = two_studies();
    let bag = packed(&world, &pair, &["--subtree", "035"], "study");
    // The study, its directory and seven plates, at two sites.
    assert!(holds(&[&bag]).contains(" 18 proofs"), "{}", holds(&[&bag]));
    let tar = fs::read(world.path("study.tar")).unwrap();
    let has = |text: &str| tar.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(has("035/plates/p6") && !has("036/") && !has("changed, too"));
    let proofs = only(&bag, "proofs", "standby.ndjson");
    let way = "does not lead to its root";
    refused_after(
        &bag,
        &proofs,
        |lines| lines[2] = lines[2].replace("p0 5", "p0 6"),
        way,
    );
    let another = |lines: &mut Vec<String>| lines[2] = lines[2].replace("\"index\":", "\"index\":1");
    refused_after(&bag, &proofs, another, "proof");
    let side = |lines: &mut Vec<String>| lines[2] = lines[2].replacen("\"root\":\"", "\"root\":\"0", 1);
    refused_after(&bag, &proofs, side, "has another root");
    let of_other =
        |lines: &mut Vec<String>| lines[2] = lines[2].replacen("\"sha256\":\"", "\"sha256\":\"0", 1);
    refused_after(&bag, &proofs, of_other, "is of another certificate");

    let nothing = world.run(&[
        "certificate",
        "pack",
        "--pair",
        &pair,
        "--subtree",
        "037",
        "--out",
        "none.tar",
    ]);
    assert_ne!(nothing.code, 0, "{nothing}");
    assert!(!world.path("none.tar").exists(), "a half of a pack is left");
    let there = world.path("study.tar");
    let again = world.run(&[
        "certificate",
        "pack",
        "--pair",
        &pair,
        "--out",
        there.to_str().unwrap(),
    ]);
    assert_eq!(again.document["error"]["code"], "usage", "{again}");
    assert!(fs::read(there).unwrap() == tar, "it was overwritten");
}

#[test]
fn one_entry_is_proven_by_its_certificate_and_by_no_other() {
    let (world, pair) = two_studies();
    let listed = world.run(&["certificate", "list", &pair]);
    let lines = listed.document["certificates"].as_array().unwrap();
    let file = |at: usize| PathBuf::from(lines[at]["file"].as_str().unwrap());
    let proof = world.path("proof.json");
    let ask = [
        "certificate",
        "prove",
        "035/plates/p1",
        "--pair",
        &pair,
        "--output",
        proof.to_str().unwrap(),
    ];
    let proven = world.command(&ask).output().unwrap();
    assert!(proven.status.success(), "{proven:?}");
    let said = holds(&[&file(2), &proof]);
    assert!(said.contains("file 035/plates/p1 7 "), "{said}");
    refused(&[&file(1), &proof], "is of another certificate");
    let text = fs::read_to_string(&proof).unwrap();
    for (at, _) in text
        .match_indices('"')
        .filter(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_ascii_hexdigit()))
    {
        let mut changed = text.clone().into_bytes();
        changed[at + 1] ^= 1;
        fs::write(&proof, &changed).unwrap();
        let output = checked(&[&file(2), &proof]);
        assert!(
            !output.status.success(),
            "a changed byte at {} is accepted",
            at + 1
        );
    }
    // A pass that is not certified yet has moved on; one that is, proves again.
    let none = world.run(&["certificate", "prove", "035/plates/p9", "--pair", &pair]);
    assert_eq!(none.document["error"]["code"], "not-found", "{none}");
}

#[test]
fn a_journal_is_proven_to_extend_an_older_one_and_no_other() {
    let (world, pair) = two_studies();
    let journal = files(&world.state())
        .into_iter()
        .find(|file| file.ends_with("journal.ndjson"));
    let text = fs::read_to_string(journal.unwrap()).unwrap();
    let records: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let head = |at: usize| {
        format!(
            "{}:{}",
            records[at]["sequence"],
            records[at]["hash"].as_str().unwrap()
        )
    };
    let proof = world.path("extends.json");
    for old in 0..records.len() - 1 {
        let proven = world.run(&["certificate", "prove", "--extends", &head(old), "--pair", &pair]);
        assert_eq!(proven.code, 0, "{proven}");
        fs::write(&proof, proven.document.to_string()).unwrap();
        let said = holds(&[Path::new(&head(old)), &proof]);
        assert!(
            said.contains(&format!("ends with {}", head(records.len() - 1))),
            "{said}"
        );
        for other in (0..records.len()).filter(|other| *other != old) {
            refused(&[Path::new(&head(other)), &proof], "is of another record");
        }
        let forged = proven
            .document
            .to_string()
            .replacen("\"at_seconds\":1", "\"at_seconds\":2", 1);
        fs::write(&proof, forged).unwrap();
        refused(&[Path::new(&head(old)), &proof], "another hash");
    }
    let last = world.run(&[
        "certificate",
        "prove",
        "--extends",
        &head(records.len() - 1),
        "--pair",
        &pair,
    ]);
    assert_eq!(last.document["error"]["code"], "usage", "{last}");
    let other = head(0).replace(':', ":0");
    let none = world.run(&[
        "certificate",
        "prove",
        "--extends",
        &other[..other.len() - 1],
        "--pair",
        &pair,
    ]);
    assert_eq!(none.document["error"]["code"], "evidence-broken", "{none}");
}
