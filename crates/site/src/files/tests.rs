//! What was learned, in any number of batches, over a scan and a manifest: against a plain map, by both readers of it.

use super::CurrentRows;
use crate::changes::{Changes, nothing};
use crate::learned::Learned;
use crate::scan::{Delta, blank_row};
use counterpart_model::{Algorithm, Digest, EntryPath, Fact, Grain, Kind, Observation, Row, SiteRole};
use counterpart_store::manifest::{Header, Manifest, fold};
use counterpart_store::{ManifestWriter, RowChange, SpoolWriter};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

type Rows = BTreeMap<EntryPath, Row>;

/// What is said of one path.
#[derive(Clone, Copy, Debug)]
enum Said {
    /// It is this now.
    Row(u64),
    /// It is gone.
    Gone,
    /// It is gone with all beneath it.
    GoneWhole,
    /// Another one is in its place; what was beneath the old one is gone.
    Replaced(u64),
}

type Batch = BTreeMap<EntryPath, Said>;

fn row(path: &EntryPath, size_bytes: u64) -> Row {
    Row {
        path: path.clone(),
        fact: Fact {
            size_bytes,
            ..Fact::of(Kind::File)
        },
        seen: Observation::default(),
    }
}

fn path() -> impl Strategy<Value = EntryPath> {
    "[ab](/[ab-]){0,4}".prop_map(|text| EntryPath::checked(text.as_bytes()).unwrap())
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        5 => (100_u64..1000).prop_map(Said::Row),
        2 => Just(Said::Gone),
        2 => Just(Said::GoneWhole),
        1 => (100_u64..1000).prop_map(Said::Replaced),
    ]
}

fn batches() -> impl Strategy<Value = Vec<Batch>> {
    proptest::collection::vec(proptest::collection::btree_map(path(), said(), 0..8), 0..4)
}

fn scan() -> impl Strategy<Value = BTreeMap<EntryPath, Option<u64>>> {
    proptest::collection::btree_map(path(), proptest::option::of(10_u64..100), 0..8)
}

/// What a batch makes of the rows, in plain words.
fn told(rows: &mut Rows, batch: &Batch) {
    let is_beneath = |path: &EntryPath, which: fn(&Said) -> bool| {
        batch
            .iter()
            .any(|(above, said)| which(said) && path.is_beneath(above))
    };
    rows.retain(|path, _| !is_beneath(path, |said| matches!(said, Said::GoneWhole | Said::Replaced(_))));
    for (path, said) in batch {
        if is_beneath(path, |said| matches!(said, Said::GoneWhole)) {
            continue;
        }
        match said {
            Said::Row(size) | Said::Replaced(size) => drop(rows.insert(path.clone(), row(path, *size))),
            Said::Gone | Said::GoneWhole => drop(rows.remove(path)),
        }
    }
}

fn learn(learned: &Learned, batch: &Batch) {
    for (path, said) in batch.iter().rev() {
        let (now, whole) = match said {
            Said::Row(size) => (Some(row(path, *size)), false),
            Said::Gone => (None, false),
            Said::GoneWhole => (None, true),
            Said::Replaced(size) => (Some(row(path, *size)), true),
        };
        let change = RowChange {
            path: path.clone(),
            row: now,
            whole,
        };
        learned.change(&change).unwrap();
    }
    learned.batches().unwrap();
}

fn header() -> Header {
    Header {
        policy: Digest([1; 32]),
        algorithm: Algorithm::Blake3,
        grain: Grain::NANOSECOND,
        at_seconds: 1,
        pair: "p".to_owned(),
        role: SiteRole::Standby,
        extra: serde_json::Value::Null,
    }
}

struct Bench {
    dir: tempfile::TempDir,
    base: Manifest,
    scan: counterpart_store::Spool<Delta>,
    learned: Learned,
}

impl Bench {
    fn new(base: &Rows, scan: &BTreeMap<EntryPath, Option<u64>>, batches: &[Batch]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("base.cpm");
        let mut writer = ManifestWriter::create(&file, &header(), 0).unwrap();
        for row in base.values() {
            writer.push(row).unwrap();
        }
        writer.finish().unwrap();
        let mut spool = SpoolWriter::temporary(dir.path()).unwrap();
        for (path, now) in scan {
            let now = now.map(|size| (row(path, size).fact, Observation::default()));
            let delta = Delta {
                path: path.clone(),
                before: None,
                now,
                times_same: false,
                withheld: false,
            };
            spool.push(&delta).unwrap();
        }
        let learned = Learned::new(dir.path());
        for batch in batches {
            learn(&learned, batch);
        }
        Self {
            base: Manifest::open(&file).unwrap(),
            scan: spool.finish().unwrap(),
            learned,
            dir,
        }
    }

    fn changes(&self) -> Changes {
        Changes::new(&self.scan, &self.learned.batches().unwrap()).unwrap()
    }

    fn current(&self, from: &EntryPath) -> Vec<Row> {
        let mut rows = CurrentRows {
            base: Some(self.base.rows_from(from)),
            row: blank_row(),
            row_waiting: false,
            changes: Some(self.changes()),
            change: nothing(),
            change_waiting: false,
            dropped: None,
        };
        let (mut row, mut all) = (blank_row(), Vec::new());
        while rows.next_into(&mut row).unwrap() {
            all.push(row.clone());
        }
        all
    }

    fn folded(&self) -> Vec<Row> {
        let path = self.dir.path().join("folded.cpm");
        fold(Some(&self.base), &mut self.changes(), &path, &header(), 0).unwrap();
        read(&path)
    }
}

fn read(path: &Path) -> Vec<Row> {
    let (mut rows, mut row, mut all) = (Manifest::open(path).unwrap().rows(), blank_row(), Vec::new());
    while rows.next_into(&mut row).unwrap() {
        all.push(row.clone());
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn all_readers_say_what_a_plain_map_says(
        base in proptest::collection::btree_map(path(), 1_u64..10, 0..20),
        scan in scan(),
        batches in batches(),
        from in path(),
    ) {
        let base: Rows = base.into_iter().map(|(path, size)| (path.clone(), row(&path, size))).collect();
        let mut plain = base.clone();
        for (path, now) in &scan {
            match now {
                Some(size) => drop(plain.insert(path.clone(), row(path, *size))),
                None => drop(plain.remove(path)),
            }
        }
        for batch in &batches {
            told(&mut plain, batch);
        }
        let plain: Vec<Row> = plain.into_values().collect();
        let bench = Bench::new(&base, &scan, &batches);
        prop_assert_eq!(bench.folded(), plain.clone());
        prop_assert_eq!(bench.current(&EntryPath::root()), plain.clone());
        let rest = |rows: Vec<Row>| rows.into_iter().filter(|row| row.path >= from).collect::<Vec<_>>();
        prop_assert_eq!(rest(bench.current(&from)), rest(plain));
    }

    #[test]
    fn of_one_path_the_youngest_word_counts(sizes in proptest::collection::vec(proptest::option::of(1_u64..9), 1..6), whole: bool) {
        let dir = tempfile::tempdir().unwrap();
        let learned = Learned::new(dir.path());
        let path = EntryPath::checked(b"a").unwrap();
        learned.gone(&path, whole).unwrap();
        for size in &sizes {
            match size {
                Some(size) => learned.row(row(&path, *size)).unwrap(),
                None => learned.gone(&path, false).unwrap(),
            }
        }
        let batch = learned.batches().unwrap().pop().unwrap();
        let only = batch.reader().unwrap().next().unwrap().unwrap();
        prop_assert_eq!(batch.len(), 1);
        prop_assert_eq!(only.row.map(|row| row.fact.size_bytes), *sizes.last().unwrap());
        prop_assert_eq!(only.whole, whole, "what was gone whole stays so");
    }
}
