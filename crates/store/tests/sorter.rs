//! The sorter gives what a stable sort in memory gives, however little memory it has.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests make and damage files, and stop at the first surprise"
)]

mod common;

use common::{Random, rounds};
use counterpart_model::{EntryPath, path};
use counterpart_store::{PathSorter, Sorter};
use proptest::prelude::*;

type Record = (Vec<u8>, Vec<u8>);

fn sort_all(records: &[Record], memory_bytes: usize) -> Vec<Record> {
    let dir = tempfile::tempdir().unwrap();
    let mut sorter = Sorter::new(dir.path(), memory_bytes, path::compare);
    for (key, value) in records {
        sorter.push(key, value).unwrap();
    }
    assert_eq!(
        std::fs::read_dir(dir.path()).unwrap().count(),
        0,
        "runs have no names"
    );
    let mut records_back = sorter.finish().unwrap();
    assert_eq!(records_back.len(), records.len() as u64);
    let mut out = Vec::new();
    while let Some((key, value)) = records_back.next().unwrap() {
        out.push((key.to_vec(), value.to_vec()));
    }
    assert!(records_back.next().unwrap().is_none());
    out
}

fn expected(records: &[Record]) -> Vec<Record> {
    let mut records = records.to_vec();
    records.sort_by(|one, other| path::compare(&one.0, &other.0));
    records
}

#[test]
fn more_runs_than_are_merged_at_once() {
    let mut random = Random::new(2);
    let records: Vec<Record> = (0..40_000_u32)
        .map(|number| (random.path().as_bytes().to_vec(), number.to_le_bytes().to_vec()))
        .collect();
    assert_eq!(sort_all(&records, 4000), expected(&records));
}

#[test]
fn a_record_larger_than_the_memory() {
    let records = vec![
        (b"b".to_vec(), vec![1; 300_000]),
        (b"a".to_vec(), vec![2; 10]),
        (b"a".to_vec(), vec![3; 90_000]),
    ];
    assert_eq!(sort_all(&records, 1000), expected(&records));
}

#[test]
fn a_record_of_no_bytes_keeps_its_place_among_those_of_its_key() {
    let records: Vec<Record> = (0..200_u32)
        .map(|number| (Vec::new(), number.to_le_bytes().repeat((number % 2) as usize)))
        .collect();
    assert_eq!(sort_all(&records, 30_000), expected(&records));
}

#[test]
fn values_by_path() {
    let dir = tempfile::tempdir().unwrap();
    let mut random = Random::new(6);
    let mut sorter = PathSorter::<(u32, String)>::new(dir.path(), 20_000);
    let mut records: Vec<(EntryPath, (u32, String))> = Vec::new();
    for number in 0..5000 {
        let record = (random.path(), (number, format!("value {number}")));
        sorter.push(&record.0, &record.1).unwrap();
        records.push(record);
    }
    records.sort_by(|one, other| one.0.cmp(&other.0));
    let mut records_back = sorter.finish().unwrap();
    let (mut path, mut value) = (EntryPath::root(), (0, String::new()));
    for record in &records {
        assert!(records_back.next_into(&mut path, &mut value).unwrap());
        assert_eq!((&path, &value), (&record.0, &record.1));
    }
    assert!(!records_back.next_into(&mut path, &mut value).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(rounds(64)))]

    #[test]
    fn it_sorts(seed: u64, count in 0_u32..600, memory_bytes in 0_usize..30_000) {
        let mut random = Random::new(seed);
        let records: Vec<Record> = (0..count)
            .map(|number| (random.path().as_bytes().to_vec(), number.to_le_bytes().repeat(random.index(9))))
            .collect();
        prop_assert_eq!(sort_all(&records, memory_bytes), expected(&records));
    }
}
