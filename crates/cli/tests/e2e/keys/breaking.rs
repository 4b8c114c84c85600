//! Evidence that was changed: the first record that does not hold is named, with its file and what to do.

use super::*;

fn lines(world: &World) -> Vec<String> {
    let text = fs::read_to_string(journal(world)).unwrap();
    text.split_inclusive('\n').map(str::to_owned).collect()
}

fn write(world: &World, lines: &[String]) {
    fs::write(journal(world), lines.concat()).unwrap();
}

fn certificates(world: &World) -> Vec<PathBuf> {
    let listed = world.run(&["certificate", "list"]);
    let lines = listed.document["certificates"].as_array().unwrap();
    lines
        .iter()
        .map(|line| line["file"].as_str().unwrap().into())
        .collect()
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    chmod(path, 0o600);
    fs::write(path, bytes).unwrap();
}

#[track_caller]
fn says(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
}

/// Three passes with a change of keys between: records key, one, two, key, three.
fn world() -> World {
    let world = World::new();
    passes(&world, &["one", "two"]);
    assert_eq!(world.run(&["key", "rotate"]).code, 0);
    passes(&world, &["three"]);
    world
}

#[test]
fn the_first_of_several_is_named() {
    let world = world();
    let files = certificates(&world);
    let signature = PathBuf::from(format!("{}.sig", files[1].display()));
    flip(&files[2], 100);
    says(
        &broken(&world, &[]),
        &[
            "record 5, the certificate of pass",
            "changed or replaced",
            "Records 1 to 4 hold.",
        ],
    );
    // What a statement about keys says.
    let good = lines(&world);
    let mut changed = good.clone();
    changed[3] = changed[3].replacen("rotated", "revoked", 1);
    write(&world, &changed);
    says(
        &broken(&world, &[]),
        &[
            "record 4 of",
            "journal.ndjson",
            "hash is not that of its content",
            "Records 1 to 3 hold.",
        ],
    );
    fs::remove_file(&signature).unwrap();
    says(
        &broken(&world, &[]),
        &["record 3,", "its signature is gone", ".json.sig"],
    );
    fs::remove_file(&files[0]).unwrap();
    says(
        &broken(&world, &[]),
        &["record 2,", "its file is gone", "Record 1 holds.", "Bring"],
    );
    flip(&journal(&world), 20);
    says(&broken(&world, &[]), &["record 1 of"]);
}

#[test]
fn an_itemised_log_that_was_changed_is_named_and_one_that_is_gone_is_not_missed() {
    let world = world();
    let log = |file: &PathBuf| {
        let pass = file.file_stem().unwrap().to_str().unwrap();
        let pair = file.parent().unwrap().parent().unwrap();
        pair.join("logs").join(format!("{pass}.ndjson.zst"))
    };
    let logs: Vec<PathBuf> = certificates(&world).iter().map(log).collect();
    // Its retention has ended.
    fs::remove_file(&logs[0]).unwrap();
    assert_eq!(world.run(&["certificate", "verify"]).code, 0);
    flip(&logs[1], 30);
    says(
        &broken(&world, &[]),
        &["record 3,", "itemised log was changed", ".ndjson.zst"],
    );
}

#[test]
fn a_signature_that_is_another_ones_is_named() {
    let world = world();
    let files = certificates(&world);
    let signature = |file: &PathBuf| PathBuf::from(format!("{}.sig", file.display()));
    let theirs = fs::read(signature(&files[0])).unwrap();
    chmod(&signature(&files[1]), 0o600);
    fs::write(signature(&files[1]), theirs).unwrap();
    says(&broken(&world, &[]), &["record 3,", "does not fit these bytes"]);
    fs::write(signature(&files[1]), "no signature").unwrap();
    says(&broken(&world, &[]), &["record 3,", ".json.sig"]);
}

#[test]
fn records_that_were_taken_out_or_changed_places_are_named() {
    let world = world();
    let good = lines(&world);
    for at in 0..4 {
        let mut fewer = good.clone();
        fewer.remove(at);
        write(&world, &fewer);
        says(
            &broken(&world, &[]),
            &[&format!("record {} of", at + 1), "its number does not follow"],
        );
        let mut swapped = good.clone();
        swapped.swap(at, at + 1);
        write(&world, &swapped);
        says(&broken(&world, &[]), &[&format!("record {} of", at + 1)]);
    }
    write(&world, &good);
    holds(&world, &[]);
}

#[test]
fn a_cut_end_shows_by_the_certificate_that_is_left_over() {
    let world = world();
    let good = lines(&world);
    write(&world, &good[..4]);
    let last = certificates_dir(&world);
    says(
        &broken(&world, &[]),
        &["ends with record 4", last.to_str().unwrap(), "its end was cut"],
    );
}

fn certificates_dir(world: &World) -> PathBuf {
    pair_dir(world).join("certificates")
}

#[test]
fn a_cut_end_shows_by_a_head_from_elsewhere() {
    let world = world();
    let head = holds(&world, &[]).document["journal"]
        .as_str()
        .unwrap()
        .to_owned();
    let (number, hash) = head.split_once(':').unwrap();
    assert_eq!(number, "5");
    holds(&world, &["--head", &head]);
    let (_, said) = world.say(&["certificate", "verify"]);
    assert!(
        said.contains(&format!("head {head}")),
        "it is printed as it is given: {said}"
    );
    let good = lines(&world);
    let third = records(&world)[2].hash.to_string();
    holds(&world, &["--head", &format!("3:{third}"), "--head", &head]);
    // Cut with all that belongs to it: only the head can tell.
    let last = certificates(&world).pop().unwrap();
    write(&world, &good[..4]);
    fs::remove_file(&last).unwrap();
    fs::remove_file(format!("{}.sig", last.display())).unwrap();
    holds(&world, &[]);
    says(
        &broken(&world, &["--head", &head]),
        &["has record 5", "ends with record 4", "its end was cut"],
    );
    says(
        &broken(&world, &["--head", &format!("3:{hash}")]),
        &["another record 3", "written anew"],
    );
    for wrong in ["5", "5:", "0:00", "x:y", &format!("5:{}", &hash[1..])] {
        let refused = world.run(&["certificate", "verify", "--head", wrong]);
        refused.failed(2, "usage");
    }
}

#[test]
fn a_line_that_is_being_written_is_no_harm_and_is_not_touched() {
    let world = world();
    let good = fs::read(journal(&world)).unwrap();
    let torn = [&good[..], b"{\"at\": \"half a rec"].concat();
    fs::write(journal(&world), &torn).unwrap();
    holds(&world, &[]);
    let (_, said) = world.say(&["certificate", "verify"]);
    assert!(said.contains("last line is not whole"), "{said}");
    assert_eq!(fs::read(journal(&world)).unwrap(), torn);
}

#[test]
fn every_changed_byte_of_the_journal_is_found() {
    let world = world();
    let good = fs::read(journal(&world)).unwrap();
    for at in (0..good.len()).step_by(61).chain([good.len() - 2]) {
        let mut changed = good.clone();
        changed[at] ^= 1;
        fs::write(journal(&world), changed).unwrap();
        let verified = world.run(&["certificate", "verify"]);
        assert_eq!(verified.code, 1, "byte {at}: {verified}");
    }
}
