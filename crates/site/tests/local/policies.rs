//! A new policy words facts anew and keeps digests.

use crate::bench::{Bench, path};
use counterpart_model::{Algorithm, Carry, Content, MetadataClass, SiteRole};
use counterpart_port::{Extent, Site as _};

#[test]
fn another_carry_words_every_fact_anew_and_reads_nothing() {
    let mut bench = Bench::new(SiteRole::Production);
    bench.put("a", "a");
    bench.put("d/b", "b");
    let before = bench.pass();
    bench.policy.carry = Carry::of(&[MetadataClass::Mtime]);
    let (report, _) = bench.scan();
    assert_eq!(report.changes, 4);
    let observed = bench.observed(Extent::Everything);
    let files = observed
        .iter()
        .filter_map(|seen| seen.now.as_ref())
        .filter(|fact| fact.size_bytes > 0);
    assert_eq!(files.clone().count(), 2);
    assert!(
        files
            .clone()
            .all(|fact| fact.metadata.mode.is_none() && fact.digest().is_some())
    );
    let after = bench.site.close().unwrap();
    assert_ne!(after.root, before.root);
    // Both passes may be of one second, and then nobody can tell carried from read.
    assert_eq!((after.unread.files, after.how.carried + after.how.read), (0, 2));
    assert_eq!(bench.scan().0.changes, 0);
}

#[test]
fn young_files_are_worded_anew_too() {
    let mut bench = Bench::new(SiteRole::Production);
    bench.put("a", "a");
    bench.pass();
    bench.policy.carry = Carry::of(&[MetadataClass::Mtime]);
    bench.settle_seconds = 3_600;
    let (report, _) = bench.scan();
    assert_eq!((report.settling, report.tally.files), (0, 1));
    bench.site.close().unwrap();
    let row = bench.site.row(&path("a")).unwrap().unwrap();
    assert_eq!(row.fact.metadata.mode, None);
}

#[test]
fn another_algorithm_carries_no_digest() {
    let mut bench = Bench::new(SiteRole::Production);
    bench.put("a", "a");
    bench.pass();
    bench.policy.algorithm = Algorithm::Sha256;
    bench.scan();
    let observed = bench.observed(Extent::Everything);
    let seen = observed.iter().find(|seen| seen.path == path("a")).unwrap();
    assert_eq!(seen.now.as_ref().unwrap().content, Content::Unread);
}

#[test]
fn what_is_excluded_leaves_the_manifest_and_is_listed() {
    let mut bench = Bench::new(SiteRole::Production);
    for name in ["a.tmp", "b", "d/c.tmp"] {
        bench.put(name, name);
    }
    assert_eq!(bench.pass().tally.files, 3);
    bench.policy.exclude = vec!["*.tmp".to_owned()];
    bench.scan();
    let excluded = crate::bench::all(bench.site.excluded().unwrap());
    let names: Vec<String> = excluded.iter().map(|entry| entry.path.to_string()).collect();
    assert_eq!(names, ["a.tmp", "d/c.tmp"]);
    assert_eq!(bench.site.close().unwrap().tally.files, 1);
}
