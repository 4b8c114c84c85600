//! A full exchange without what the other site's last manifest says, too.

use crate::bench::{Bench, all};
use counterpart_model::{Digest, SiteRole};
use counterpart_port::{Extent, Observed, Site};
use std::collections::BTreeMap;

/// Enough for several segments.
const LINKS: usize = 70_000;

/// An archive with a manifest, to which something happened since.
fn changed() -> Bench {
    let bench = Bench::new(SiteRole::Production);
    for number in 0..LINKS {
        let folder = format!("{:03}", number / 400);
        if number % 400 == 0 {
            std::fs::create_dir(bench.at(&folder)).unwrap();
        }
        std::os::unix::fs::symlink("x", bench.at(&format!("{folder}/{number:05}"))).unwrap();
    }
    bench.pass();
    bench.put("050/new", "made");
    std::fs::remove_file(bench.at("100/40000")).unwrap();
    bench.put("100/40000", "changed");
    std::fs::remove_file(bench.at("150/60000")).unwrap();
    std::fs::remove_dir_all(bench.at("170")).unwrap();
    bench.put("zzz", "at the end");
    bench.scan();
    bench
}

fn roots(bench: &Bench) -> Vec<Digest> {
    let roots = all(bench.site.segments().unwrap()).into_iter();
    roots.map(|root| root.0).collect()
}

#[test]
fn of_shared_segments_only_what_changed_is_told() {
    let bench = changed();
    let roots = roots(&bench);
    assert!(roots.len() >= 3, "{} segments", roots.len());
    let everything = bench.observed(Extent::Everything);
    // Some, in a pattern that leaves neighbours of both kinds, and all of them.
    let some: Vec<Digest> = roots
        .iter()
        .enumerate()
        .filter(|(at, _)| at % 3 != 1)
        .map(|(_, root)| *root)
        .collect();
    for shared in [&some[..], &roots[..]] {
        let unlike = all(bench.site.observed_unlike(shared).unwrap());
        assert!(unlike.len() < everything.len());
        let mut told: BTreeMap<_, Observed> =
            unlike.into_iter().map(|seen| (seen.path.clone(), seen)).collect();
        for seen in &everything {
            let Some(mut also) = told.remove(&seen.path) else {
                assert_eq!(seen.before, seen.now, "{} is left out", seen.path);
                continue;
            };
            assert!(!also.shared || also.before != also.now || also.before.is_some());
            also.shared = seen.shared;
            assert_eq!(&also, seen);
        }
        assert_eq!(told, BTreeMap::new());
    }
    let foreign = [Digest([7; 32])];
    let nothing_shared = all(bench.site.observed_unlike(&foreign).unwrap());
    assert_eq!(nothing_shared, everything);
    let all_shared = all(bench.site.observed_unlike(&roots).unwrap());
    let changes = bench.observed(Extent::Changes);
    assert_eq!(all_shared, changes, "where all is shared, what changed is all");
}

#[test]
fn a_site_without_a_manifest_has_no_segments() {
    let bench = Bench::new(SiteRole::Production);
    bench.put("a", "");
    bench.scan();
    assert_eq!(roots(&bench), []);
    assert_eq!(
        bench.observed(Extent::Everything),
        all(bench.site.observed_unlike(&[]).unwrap())
    );
}
