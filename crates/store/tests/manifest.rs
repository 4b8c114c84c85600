//! Manifests: what is written is read, the root is that of the format document, and a fold equals a fresh write.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests make and damage files, and stop at the first surprise"
)]

mod common;

use common::{Listed, Random, blank_row, header, plain_root, read_all, rounds, write};
use counterpart_model::{Content, Digest, EntryPath, Fact, How, Kind, Row, Standing};
use counterpart_store::{Manifest, ManifestWriter, RowChange, Summary, fold};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn sorted(rows: BTreeMap<EntryPath, Row>) -> Vec<Row> {
    rows.into_values().collect()
}

#[test]
fn an_empty_manifest_has_the_empty_root() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("manifest");
    let summary = write(&path, &[], 0);
    let manifest = Manifest::open(&path).unwrap();
    assert_eq!(summary.root, counterpart_evidence::merkle::empty_root());
    assert_eq!(manifest.summary(), &summary);
    assert_eq!(manifest.header(), &header());
    assert_eq!(manifest.segments().count(), 0);
    assert_eq!(read_all(&manifest).unwrap(), []);
    assert_eq!(manifest.find(&EntryPath::root()).unwrap(), None);
}

#[test]
fn rows_out_of_order_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = ManifestWriter::create(&dir.path().join("manifest"), &header(), 0).unwrap();
    let mut random = Random::new(1);
    writer.push(&random.row(EntryPath::trusted(*b"b"))).unwrap();
    assert!(writer.push(&random.row(EntryPath::trusted(*b"b"))).is_err());
    assert!(writer.push(&random.row(EntryPath::trusted(*b"a"))).is_err());
    drop(writer);
    assert_eq!(
        std::fs::read_dir(dir.path()).unwrap().count(),
        0,
        "nothing may remain"
    );
}

#[test]
fn the_summary_counts_what_the_rows_say() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("manifest");
    let rows = sorted(Random::new(3).rows(2000));
    let summary = write(&path, &rows, 1000);
    let digested = |how: How, fresh: bool| {
        let of_how = rows.iter().filter(|row| row.fact.standing == Standing::Compared);
        let of_how = of_how.filter(|row| row.fact.digest().is_some() && row.seen.obtained.how == how);
        of_how
            .filter(|row| (row.seen.obtained.at_seconds >= 1000) == fresh)
            .count() as u64
    };
    assert_eq!(summary.rows, rows.len() as u64);
    assert_eq!(summary.read_count, digested(How::Read, true));
    assert_eq!(summary.written_count, digested(How::Written, true));
    assert_eq!(
        summary.carried_count,
        digested(How::Read, false) + digested(How::Written, false)
    );
    assert_eq!(
        summary.moved_count,
        digested(How::Moved, false) + digested(How::Moved, true)
    );
    let files = rows
        .iter()
        .filter(|row| row.fact.standing == Standing::Compared && row.fact.content != Content::None);
    let known = summary.read_count + summary.written_count + summary.carried_count + summary.moved_count;
    assert_eq!(known + summary.unread_count, files.count() as u64);
    assert_eq!(summary.oldest_read_seconds, Some(900));
}

#[test]
fn segments_have_their_own_roots() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("manifest");
    let rows = sorted(Random::new(4).rows(3000));
    write(&path, &rows, 0);
    let segments: Vec<_> = Manifest::open(&path).unwrap().segments().collect();
    assert!(segments.len() > 3);
    for (number, segment) in segments.iter().enumerate() {
        let end = segments.get(number + 1).map(|next| &next.first);
        let within = |row: &&Row| row.path >= segment.first && end.is_none_or(|end| row.path < *end);
        let inside: Vec<Row> = rows.iter().filter(within).cloned().collect();
        let alone = write(&dir.path().join("alone"), &inside, 0);
        let mut root = counterpart_evidence::merkle::MerkleTree::new();
        root.push(&segment.root.0);
        assert_eq!((alone.root, alone.leaves), (root.root(), segment.leaves));
    }
}

#[test]
fn large_blocks_and_long_names_survive() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("manifest");
    let mut random = Random::new(5);
    let long = |byte: u8, random: &mut Random| {
        let mut row = random.row(EntryPath::trusted(vec![byte; 1 << 20]));
        row.fact.target = vec![byte; 1 << 20];
        row
    };
    let rows = vec![long(b'a', &mut random), long(b'b', &mut random)];
    let summary = write(&path, &rows, 0);
    let manifest = Manifest::open(&path).unwrap();
    assert_eq!(read_all(&manifest).unwrap(), rows);
    assert_eq!(summary.root, plain_root(&rows));
    let mut writer = ManifestWriter::create(&path, &header(), 0).unwrap();
    assert!(
        writer
            .push(&random.row(EntryPath::trusted(vec![b'a'; (1 << 20) + 1])))
            .is_err()
    );
}

fn change(random: &mut Random, path: EntryPath) -> RowChange {
    let row = (!random.chance(3)).then(|| random.row(path.clone()));
    RowChange {
        path,
        row,
        whole: random.chance(8),
    }
}

/// What the changes make of the rows, by the words of `fold`.
fn folded(base: &BTreeMap<EntryPath, Row>, changes: &[RowChange]) -> Vec<Row> {
    let mut rows = base.clone();
    for change in changes.iter().filter(|change| change.whole) {
        rows.retain(|path, _| !path.is_beneath(&change.path));
    }
    for change in changes {
        rows.remove(&change.path);
        rows.extend(change.row.clone().map(|row| (change.path.clone(), row)));
    }
    sorted(rows)
}

/// The summary of a fresh write, but that only what `changes` brought counts as obtained in the pass.
fn with_carried(mut fresh: Summary, expected: &[Row], changes: &[RowChange], began_seconds: i64) -> Summary {
    let brought = |row: &&Row| changes.iter().any(|change| change.path == row.path);
    let obtained = |how: How| {
        expected
            .iter()
            .filter(|row| row.fact.standing == Standing::Compared && row.fact.digest().is_some())
            .filter(|row| row.seen.obtained.how == how && row.seen.obtained.at_seconds >= began_seconds)
            .filter(brought)
            .count() as u64
    };
    let all = fresh.read_count + fresh.written_count + fresh.carried_count;
    (fresh.read_count, fresh.written_count) = (obtained(How::Read), obtained(How::Written));
    fresh.carried_count = all - fresh.read_count - fresh.written_count;
    fresh
}

fn check_fold(seed: u64, count: usize, change_count: usize, began_seconds: i64) {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let mut random = Random::new(seed);
    let mut rows = random.rows(count);
    write(&at("base"), &sorted(rows.clone()), 950);
    for round in 0..3 {
        let known: Vec<EntryPath> = rows.keys().cloned().collect();
        let pick = |random: &mut Random| {
            let fresh = known.is_empty() || random.chance(2);
            if fresh {
                random.path()
            } else {
                known[random.index(known.len())].clone()
            }
        };
        let mut changes: Vec<RowChange> = (0..change_count)
            .map(|_| {
                let path = pick(&mut random);
                change(&mut random, path)
            })
            .collect();
        changes.sort_by(|one, other| one.path.cmp(&other.path));
        let expected = folded(&rows, &changes);
        let base = Manifest::open(&at("base")).unwrap();
        let mut listed = Listed(changes.clone().into_iter());
        let summary = fold(Some(&base), &mut listed, &at("next"), &header(), began_seconds).unwrap();
        let fresh = write(&at("fresh"), &expected, began_seconds);
        let fresh = with_carried(fresh, &expected, &changes, began_seconds);
        assert_eq!(
            read_all(&Manifest::open(&at("next")).unwrap()).unwrap(),
            expected,
            "round {round}"
        );
        assert_eq!(summary, fresh);
        assert_eq!(summary.root, plain_root(&expected));
        std::fs::rename(at("next"), at("base")).unwrap();
        rows = expected.into_iter().map(|row| (row.path.clone(), row)).collect();
    }
}

#[test]
fn a_fold_of_many_blocks_equals_a_fresh_write() {
    for seed in 0..u64::from(rounds(3)) {
        check_fold(seed, 12_000, 40, 1000);
        check_fold(seed + 1000, 12_000, 1, 2000);
    }
}

#[test]
fn what_an_earlier_pass_read_in_the_second_in_which_this_one_began_is_carried() {
    let dir = tempfile::tempdir().unwrap();
    let mut random = Random::new(11);
    let mut row = |name: &[u8]| {
        let mut row = random.row(EntryPath::trusted(name));
        row.fact = Fact {
            content: Content::Digest(Digest([7; 32])),
            ..Fact::of(Kind::File)
        };
        (row.seen.obtained.how, row.seen.obtained.at_seconds) = (How::Read, 1000);
        row
    };
    let rows = [row(b"a"), row(b"b")];
    let first = write(&dir.path().join("base"), &rows, 1000);
    assert_eq!((first.read_count, first.carried_count), (2, 0));
    let base = Manifest::open(&dir.path().join("base")).unwrap();
    let changes = vec![RowChange {
        path: rows[1].path.clone(),
        row: Some(rows[1].clone()),
        whole: false,
    }];
    let mut listed = Listed(changes.into_iter());
    let next = dir.path().join("next");
    let summary = fold(Some(&base), &mut listed, &next, &header(), 1000).unwrap();
    assert_eq!((summary.read_count, summary.carried_count), (1, 1));
}

#[test]
fn a_fold_without_a_base_equals_a_fresh_write() {
    let dir = tempfile::tempdir().unwrap();
    let rows = sorted(Random::new(9).rows(500));
    let changes: Vec<RowChange> = rows
        .iter()
        .map(|row| RowChange {
            path: row.path.clone(),
            row: Some(row.clone()),
            whole: false,
        })
        .collect();
    let path = dir.path().join("manifest");
    let summary = fold(None, &mut Listed(changes.into_iter()), &path, &header(), 0).unwrap();
    assert_eq!(summary.root, plain_root(&rows));
}

#[test]
fn changes_out_of_order_or_with_another_path_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let named = |name: &str| RowChange {
        path: EntryPath::trusted(name),
        ..RowChange::default()
    };
    let mut wrong = named("a");
    wrong.row = Some(Random::new(1).row(EntryPath::trusted(*b"b")));
    for changes in [vec![named("b"), named("a")], vec![wrong]] {
        let folded: Result<Summary, _> = fold(
            None,
            &mut Listed(changes.into_iter()),
            &dir.path().join("m"),
            &header(),
            0,
        );
        assert!(folded.is_err());
    }
}

#[test]
fn many_small_folds_do_not_leave_small_blocks() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let mut random = Random::new(11);
    let mut rows = random.rows(6000);
    write(&at("base"), &sorted(rows.clone()), 0);
    let began = std::fs::metadata(at("base")).unwrap().len();
    for _ in 0..60 {
        let path = random.path();
        let row = random.row(path.clone());
        rows.insert(path.clone(), row.clone());
        let changes = vec![RowChange {
            path,
            row: Some(row),
            whole: false,
        }];
        let base = Manifest::open(&at("base")).unwrap();
        fold(
            Some(&base),
            &mut Listed(changes.into_iter()),
            &at("next"),
            &header(),
            0,
        )
        .unwrap();
        std::fs::rename(at("next"), at("base")).unwrap();
    }
    let fresh = write(&at("fresh"), &sorted(rows), 0);
    assert_eq!(Manifest::open(&at("base")).unwrap().summary().root, fresh.root);
    let ended = std::fs::metadata(at("base")).unwrap().len();
    assert!(ended < began + began / 10, "{began} bytes grew to {ended}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(rounds(48)))]

    #[test]
    fn what_is_written_is_read(seed: u64, count in 0_usize..400) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("manifest");
        let mut random = Random::new(seed);
        let rows = sorted(random.rows(count));
        let summary = write(&path, &rows, 1000);
        let manifest = Manifest::open(&path).unwrap();
        prop_assert_eq!(summary.root, plain_root(&rows));
        prop_assert_eq!(manifest.summary(), &summary);
        prop_assert_eq!(&read_all(&manifest).unwrap(), &rows);
        for _ in 0..20 {
            let wanted = random.path();
            let place = rows.binary_search_by(|row| row.path.cmp(&wanted));
            let mut next = blank_row();
            let found = manifest.rows_from(&wanted).next_into(&mut next).unwrap().then_some(next);
            prop_assert_eq!(found.as_ref(), rows.get(place.unwrap_or_else(|at| at)));
            prop_assert_eq!(manifest.find(&wanted).unwrap(), place.ok().map(|at| rows[at].clone()));
        }
    }

    #[test]
    fn a_cursor_gives_the_same_rows(seed: u64) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("manifest");
        let rows = sorted(Random::new(seed).rows(50));
        write(&path, &rows, 0);
        let mut cursor = Manifest::open(&path).unwrap().rows().cursor().unwrap();
        for row in &rows {
            prop_assert_eq!(cursor.row(), Some(row));
            cursor.advance().unwrap();
        }
        prop_assert_eq!(cursor.row(), None);
    }

    #[test]
    fn a_fold_equals_a_fresh_write(seed: u64, count in 0_usize..200, changes in 0_usize..60, began in 900_i64..1100) {
        check_fold(seed, count, changes, began);
    }
}
