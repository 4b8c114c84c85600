//! The cursor over a manifest that is asked for paths nearly in order.

use super::Lookup;
use counterpart_model::{Algorithm, Digest, EntryPath, Fact, Grain, Kind, Observation, Row, SiteRole};
use counterpart_store::ManifestWriter;
use counterpart_store::manifest::{Header, Manifest};
use proptest::prelude::*;

fn path(number: usize) -> EntryPath {
    EntryPath::trusted(format!("{number:06}"))
}

fn manifest(dir: &std::path::Path, rows: usize) -> Manifest {
    let header = Header {
        policy: Digest([1; 32]),
        algorithm: Algorithm::Blake3,
        grain: Grain::NANOSECOND,
        at_seconds: 1,
        pair: "p".to_owned(),
        role: SiteRole::Standby,
        extra: serde_json::Value::Null,
    };
    let file = dir.join("base.cpm");
    let mut writer = ManifestWriter::create(&file, &header, 0).unwrap();
    for number in 0..rows {
        let fact = Fact::of(Kind::File);
        let row = Row {
            path: path(2 * number),
            fact,
            seen: Observation::default(),
        };
        writer.push(&row).unwrap();
    }
    writer.finish().unwrap();
    Manifest::open(&file).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn every_even_path_is_found_and_no_odd_one(asked in proptest::collection::vec(0_usize..13_000, 1..60), sorted: bool) {
        let dir = tempfile::tempdir().unwrap();
        let base = manifest(dir.path(), 6_000);
        let mut lookup = Lookup::new(&base);
        let mut asked = asked;
        if sorted {
            asked.sort_unstable();
        }
        for number in asked {
            let found = lookup.find(&base, &path(number)).unwrap().map(|row| row.path);
            let wanted = (number % 2 == 0 && number < 12_000).then(|| path(number));
            prop_assert_eq!(found, wanted);
        }
    }
}
