//! Single scans: links, renames, young files, reading.

use crate::bench::{Bench, path};
use counterpart_model::{Carry, Code, Content, EntryPath, Kind, MetadataClass, SiteRole};
use counterpart_port::{Extent, Progress, Site as _, Watch};
use std::path::PathBuf;
use std::sync::Once;

fn linked() -> Bench {
    let mut bench = Bench::new(SiteRole::Production);
    bench.policy.carry = Carry::of(&[MetadataClass::Mode, MetadataClass::Mtime, MetadataClass::Hardlink]);
    bench
}

fn kinds(bench: &Bench) -> Vec<(String, Kind, String)> {
    let seen = bench
        .observed(Extent::Everything)
        .into_iter()
        .filter(|seen| !seen.path.is_root());
    seen.filter_map(|seen| {
        let now = seen.now?;
        Some((
            seen.path.to_string(),
            now.kind,
            String::from_utf8(now.target).unwrap(),
        ))
    })
    .collect()
}

fn told(name: &str, kind: Kind, target: &str) -> (String, Kind, String) {
    (name.to_owned(), kind, target.to_owned())
}

#[test]
fn the_first_name_in_path_order_leads_and_the_others_follow() {
    let bench = linked();
    bench.put("m", "one file");
    bench.put("d/z", "alone");
    for name in ["a", "d/b", "x"] {
        std::fs::hard_link(bench.at("m"), bench.at(name)).unwrap();
    }
    bench.scan();
    let names = [
        told("a", Kind::File, ""),
        told("d", Kind::Directory, ""),
        told("d/b", Kind::HardLink, "a"),
        told("d/z", Kind::File, ""),
        told("m", Kind::HardLink, "a"),
        told("x", Kind::HardLink, "a"),
    ];
    assert_eq!(kinds(&bench), names);
    bench.read_unread();
    assert_eq!(bench.site.close().unwrap().unread.files, 0);
    let (report, _) = bench.scan();
    assert_eq!(report.changes, 0);
    bench.site.abandon();
    std::fs::remove_file(bench.at("a")).unwrap();
    bench.scan();
    assert_eq!(kinds(&bench)[1], told("d/b", Kind::File, ""));
    assert_eq!(kinds(&bench)[3], told("m", Kind::HardLink, "d/b"));
    bench.read_unread();
    assert_eq!(bench.site.close().unwrap().tally.files, 4);
}

/// Makes a further name of a file, in a directory that is new, while the scan is on its way.
struct Meddler {
    root: PathBuf,
    once: Once,
}

impl Watch for Meddler {
    fn progress(&self, _: Progress) {
        self.once.call_once(|| {
            std::fs::create_dir(self.root.join("b/new")).unwrap();
            std::fs::hard_link(self.root.join("m"), self.root.join("b/new/first")).unwrap();
        });
    }

    fn interrupted(&self) -> bool {
        false
    }
}

#[test]
fn a_name_that_came_after_the_cut_off_leads_none() {
    let bench = linked();
    bench.put("m", "one file");
    std::fs::hard_link(bench.at("m"), bench.at("n")).unwrap();
    std::fs::create_dir(bench.at("b")).unwrap();
    // Enough for the scan to look up before it comes to the directory.
    for number in 0..2_000 {
        bench.put(&format!("a/{number}"), "");
    }
    let meddler = Meddler {
        root: bench.root.clone(),
        once: Once::new(),
    };
    Bench::wait();
    bench.open();
    let report = bench.site.scan(&bench.request(), &mut |_| {}, &meddler).unwrap();
    assert!(meddler.once.is_completed());
    assert_eq!(report.after_cut_off, 2);
    let last = |count: usize| kinds(&bench).split_off(2_001 + count);
    assert_eq!(
        last(1),
        [told("m", Kind::File, ""), told("n", Kind::HardLink, "m")]
    );
    bench.read_unread();
    bench.site.close().unwrap();
    bench.scan();
    assert_eq!(
        last(2),
        [
            told("b/new/first", Kind::File, ""),
            told("m", Kind::HardLink, "b/new/first"),
            told("n", Kind::HardLink, "b/new/first"),
        ]
    );
}

#[test]
fn a_stub_leads_none() {
    let mut bench = linked();
    bench.policy.stubs.patterns = vec!["stubs/**".to_owned()];
    bench.put("stubs/a", "one file");
    std::fs::create_dir(bench.at("t")).unwrap();
    for name in ["t/b", "t/c"] {
        std::fs::hard_link(bench.at("stubs/a"), bench.at(name)).unwrap();
    }
    for changes in [6, 0] {
        let (report, _) = bench.scan();
        assert_eq!(report.changes, changes);
        assert_eq!(
            kinds(&bench)[1..],
            [
                told("stubs/a", Kind::File, ""),
                told("t", Kind::Directory, ""),
                told("t/b", Kind::File, ""),
                told("t/c", Kind::HardLink, "t/b"),
            ]
        );
        bench.read_unread();
        bench.site.close().unwrap();
    }
}

#[test]
fn without_hardlink_in_carry_every_name_is_a_file() {
    let bench = Bench::new(SiteRole::Production);
    bench.put("a", "one file");
    std::fs::hard_link(bench.at("a"), bench.at("b")).unwrap();
    bench.scan();
    assert_eq!(
        kinds(&bench),
        [told("a", Kind::File, ""), told("b", Kind::File, "")]
    );
}

#[test]
fn a_file_that_moved_says_where_it_was() {
    let bench = Bench::new(SiteRole::Production);
    bench.put("a/1", "same size");
    bench.put("a/2", "SAME SIZE");
    bench.pass();
    std::fs::create_dir(bench.at("b")).unwrap();
    std::fs::rename(bench.at("a/1"), bench.at("b/moved")).unwrap();
    std::fs::remove_file(bench.at("a/2")).unwrap();
    bench.put("b/new", "new bytes");
    bench.scan();
    let observed = bench.observed(Extent::Changes);
    let hint = |name: &str| {
        let seen = observed.iter().find(|seen| seen.path == path(name)).unwrap();
        seen.moved_from.as_ref().map(ToString::to_string)
    };
    assert_eq!(hint("b/moved").as_deref(), Some("a/1"));
    assert_eq!(hint("b"), None);
    // A new file may well have got the inode of the removed one, not its time.
    assert_eq!(hint("b/new"), None);
}

#[test]
fn files_of_a_renamed_directory_are_counted_and_those_of_another_tree_are_not() {
    let bench = Bench::new(SiteRole::Production);
    for name in ["a/1", "a/b/2", "a/b/3"] {
        bench.put(name, name);
    }
    bench.pass();
    let counts = || {
        let (report, _) = bench.scan();
        bench.site.abandon();
        (report.known, report.vanished_files, report.renamed_files)
    };
    std::fs::rename(bench.at("a"), bench.at("z")).unwrap();
    assert_eq!(counts(), (0, 3, 3));
    // Another tree in its place may well get the same inodes.
    std::fs::remove_dir_all(bench.at("z")).unwrap();
    for name in ["y/1", "y/b/2", "y/b/3"] {
        bench.put(name, name);
    }
    assert_eq!(counts(), (0, 3, 0));
    std::fs::remove_dir_all(bench.at("y")).unwrap();
    assert_eq!(counts(), (0, 3, 0));
}

#[test]
fn young_files_wait_and_old_ones_stay_as_they_were() {
    let mut bench = Bench::new(SiteRole::Production);
    bench.put("old", "first");
    bench.pass();
    bench.settle_seconds = 3_600;
    bench.put("old", "second");
    bench.put("new", "new");
    let (report, found) = bench.scan();
    assert_eq!(report.settling, 2);
    assert!(
        found
            .iter()
            .all(|finding| finding.code == Code::Settling && finding.declared)
    );
    assert_eq!(bench.changed_paths(), ["."]);
    assert_eq!(report.tally.files, 1);
    bench.site.close().unwrap();
    let row = bench.site.row(&path("old")).unwrap().unwrap();
    assert_eq!(row.fact.size_bytes, 5);
    bench.settle_seconds = 0;
    bench.scan();
    assert_eq!(bench.changed_paths(), ["new", "old"]);
}

#[test]
fn a_standby_holds_nothing_back() {
    let mut bench = Bench::new(SiteRole::Standby);
    bench.settle_seconds = 3_600;
    bench.put("new", "new");
    let (report, _) = bench.scan();
    assert_eq!((report.settling, report.tally.files), (0, 1));
    assert_eq!(bench.role(), SiteRole::Standby);
}

#[test]
fn what_was_read_is_known_at_once_and_in_the_next_pass() {
    let bench = Bench::new(SiteRole::Production);
    for name in ["a", "b/c", "b/d", "e"] {
        bench.put(name, name);
    }
    bench.scan();
    let digest = bench.read(&path("b/c"));
    let known = |from: &str| {
        let files = bench.files(&if from.is_empty() {
            EntryPath::root()
        } else {
            path(from)
        });
        files
            .into_iter()
            .map(|file| (file.path.to_string(), file.digest))
            .collect::<Vec<_>>()
    };
    let told = |name: &str, digest| (name.to_owned(), digest);
    assert_eq!(
        known(""),
        [
            told("a", None),
            told("b/c", Some(digest)),
            told("b/d", None),
            told("e", None)
        ]
    );
    assert_eq!(known("b/d"), [told("b/d", None), told("e", None)]);
    let observed = bench.observed(Extent::Everything);
    let seen = observed.iter().find(|seen| seen.path == path("b/c")).unwrap();
    assert_eq!(seen.now.as_ref().unwrap().content, Content::Digest(digest));
    let closed = bench.site.close().unwrap();
    assert_eq!((closed.unread.files, closed.how.read), (3, 1));
    let (report, _) = bench.scan();
    assert_eq!(report.changes, 0);
    assert_eq!(known("b/c")[0], told("b/c", Some(digest)));
    assert!(
        bench
            .site
            .row(&path("b/c"))
            .unwrap()
            .unwrap()
            .seen
            .obtained
            .at_seconds
            > 0
    );
}

#[test]
fn where_nothing_changed_no_byte_is_written() {
    let bench = Bench::new(SiteRole::Production);
    bench.put("a", "a");
    bench.pass();
    let before = bench.site.manifest().unwrap().unwrap().path().to_owned();
    let (root, how) = (
        bench.site.manifest().unwrap().unwrap().summary().root,
        bench.pass().how,
    );
    assert_eq!(bench.site.manifest().unwrap().unwrap().path(), before);
    assert_eq!(bench.site.manifest().unwrap().unwrap().summary().root, root);
    assert_eq!((how.read, how.carried), (0, 1));
}

#[test]
fn an_abandoned_pass_leaves_the_manifest_as_it_was() {
    let bench = Bench::new(SiteRole::Production);
    bench.put("a", "a");
    bench.pass();
    bench.put("b", "b");
    bench.scan();
    bench.read(&path("b"));
    bench.site.abandon();
    assert!(bench.site.row(&path("b")).unwrap().is_none());
    bench.scan();
    assert!(bench.changed_paths().contains(&"b".to_owned()));
}

#[test]
fn a_touched_file_is_doubted_only_where_its_time_is_the_same() {
    let bench = Bench::new(SiteRole::Production);
    bench.put("a", "a");
    bench.pass();
    let times = std::fs::metadata(bench.at("a")).unwrap().modified().unwrap();
    Bench::wait();
    // Other bytes behind the old time: only the time of change tells.
    std::fs::write(bench.at("a"), "b").unwrap();
    std::fs::File::options()
        .write(true)
        .open(bench.at("a"))
        .unwrap()
        .set_modified(times)
        .unwrap();
    bench.scan();
    let observed = bench.observed(Extent::Changes);
    let seen = observed.iter().find(|seen| seen.path == path("a")).unwrap();
    assert!(seen.times_same);
    assert_eq!(seen.now.as_ref().unwrap().content, Content::Unread);
    let digest = bench.read(&path("a"));
    let observed = bench.observed(Extent::Changes);
    let seen = observed.iter().find(|seen| seen.path == path("a")).unwrap();
    assert_eq!(seen.now.as_ref().unwrap().digest(), Some(digest));
    assert_ne!(seen.before.as_ref().unwrap().digest(), Some(digest));
}
