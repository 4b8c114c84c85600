//! What an apply log of an interrupted pass is worth: each record as far as the tree bears it out.
#![allow(
    clippy::disallowed_methods,
    reason = "tests change the tree behind the site's back"
)]

use super::{LOG_NAME, Recovered, began_of, memory_of, recover};
use crate::closing;
use crate::facts::observation;
use crate::learned::Learned;
use crate::opening::current_manifest;
use crate::site::LocalSiteOptions;
use counterpart_model::{Algorithm, Content, Digest, EntryPath, Fact, How, Kind, Obtained, Row, SiteRole};
use counterpart_store::{ApplyLog, files};
use counterpart_tree::{Root, Touched, Why};
use std::path::PathBuf;

const DIGEST: Digest = Digest([7; 32]);

struct Bench {
    _dir: tempfile::TempDir,
    options: LocalSiteOptions,
    root: Root,
}

fn path(text: &str) -> EntryPath {
    EntryPath::checked(text.as_bytes()).unwrap()
}

impl Bench {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (tree, state) = (dir.path().join("tree"), dir.path().join("state"));
        for made in [&tree, &state, &state.join("spool")] {
            files::make_dir(made).unwrap();
        }
        let options = LocalSiteOptions {
            role: SiteRole::Standby,
            pair: "p".to_owned(),
            root: tree.clone(),
            state,
            plain_root: false,
            read_ahead_threads: None,
            retention: crate::Retention::Caller,
        };
        let root = Root::open(&tree).unwrap();
        Self {
            _dir: dir,
            options,
            root,
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.options.root.join(name)
    }

    fn put(&self, name: &str, bytes: &str) {
        if let Some(parent) = self.at(name).parent() {
            files::make_dir(parent).unwrap();
        }
        files::write_bytes_atomic(&self.at(name), bytes.as_bytes()).unwrap();
    }

    fn row(&self, name: &str) -> Row {
        let stat = self.root.stat(&path(name)).unwrap();
        let mut fact = Fact::of(stat.kind);
        if stat.kind == Kind::File {
            fact.size_bytes = stat.size_bytes;
            fact.content = Content::Digest(DIGEST);
        }
        let mut seen = observation(&stat);
        seen.obtained = Obtained {
            how: How::Written,
            at_seconds: 5,
        };
        Row {
            path: path(name),
            fact,
            seen,
        }
    }

    /// A record that says that an entry is as it is in the tree now.
    fn there(&self, name: &str, why: Why) -> Touched {
        let Row { fact, seen, .. } = self.row(name);
        Touched {
            now: Some((fact, seen)),
            ..gone(name, why)
        }
    }

    /// A manifest of these entries, as a pass left it.
    fn based_on(&self, names: &[&str]) {
        let learned = Learned::new(&self.options.state.join("spool"));
        for name in names {
            learned.row(self.row(name)).unwrap();
        }
        let header = super::first_header(&self.options, Algorithm::Blake3);
        let mut changes = super::Batches::new(&learned.batches().unwrap()).unwrap();
        let current = crate::opening::Current {
            manifest: "manifest-earlier.cpm".to_owned(),
            interrupted_since_seconds: None,
        };
        closing::replace(&self.options.state, None, &mut changes, &header, 0, &current).unwrap();
    }

    fn log(&self, boot: &str, synced: &[Touched], then: &[Touched]) {
        let path = self.options.state.join(LOG_NAME);
        let log = ApplyLog::create(&path, "20261122T021407123Z", boot).unwrap();
        for touched in synced {
            log.append(touched).unwrap();
        }
        log.mark_synced().unwrap();
        for touched in then {
            log.append(touched).unwrap();
        }
    }

    fn recover(&self) -> Recovered {
        let spool = self.options.state.join("spool");
        recover(&self.options, Algorithm::Blake3, &self.root, &spool, 99).unwrap()
    }

    fn known(&self, name: &str) -> Option<Content> {
        let manifest = current_manifest(&self.options.state).unwrap()?;
        manifest.find(&path(name)).unwrap().map(|row| row.fact.content)
    }
}

fn gone(name: &str, why: Why) -> Touched {
    Touched {
        path: path(name),
        now: None,
        whole: false,
        renamed_from: None,
        history: None,
        incoming: None,
        published: false,
        waits: false,
        why,
    }
}

#[test]
fn what_the_tree_bears_out_is_folded_in() {
    let bench = Bench::new();
    bench.put("old", "old");
    bench.put("d/x", "x");
    bench.based_on(&["old", "d", "d/x"]);
    std::fs::remove_file(bench.at("old")).unwrap();
    bench.put("new", "new");
    let records = [bench.there("new", Why::Created), gone("old", Why::Removed)];
    bench.log(&memory_of(&bench.root).unwrap(), &[], &records);
    let recovered = bench.recover();
    assert_eq!(
        (recovered.changes, recovered.since_seconds),
        (2, Some(1_795_313_647))
    );
    assert_eq!(bench.known("new"), Some(Content::Digest(DIGEST)));
    assert_eq!(bench.known("old"), None);
    assert_eq!(bench.known("d/x"), Some(Content::Digest(DIGEST)));
    let again = bench.recover();
    let since = Some(1_795_313_647);
    assert_eq!(
        (again.changes, again.since_seconds),
        (2, since),
        "no pass came to its end"
    );
    assert_eq!(bench.known("new"), Some(Content::Digest(DIGEST)));
    super::forget_logs(&bench.options.state).unwrap();
    assert_eq!(bench.recover().changes, 0, "the log is gone");
}

#[test]
fn what_the_tree_does_not_bear_out_is_left_to_the_scan() {
    let bench = Bench::new();
    bench.put("a", "a");
    bench.put("b", "b");
    bench.based_on(&["a"]);
    let records = [bench.there("b", Why::Created), gone("a", Why::Removed)];
    bench.log(&memory_of(&bench.root).unwrap(), &[], &records);
    bench.put("b", "somebody wrote here since");
    assert_eq!(bench.recover().changes, 0);
    assert_eq!(bench.known("a"), Some(Content::Digest(DIGEST)));
    assert_eq!(bench.known("b"), None);
}

#[test]
fn after_a_reboot_only_what_was_synced_is_believed() {
    let bench = Bench::new();
    for name in ["synced", "later", "d/x"] {
        bench.put(name, name);
    }
    let record = |name| bench.there(name, Why::Created);
    bench.log(
        "another boot",
        &[record("synced")],
        &[record("later"), record("d")],
    );
    assert_eq!(bench.recover().changes, 3);
    assert_eq!(bench.known("synced"), Some(Content::Digest(DIGEST)));
    assert_eq!(bench.known("later"), Some(Content::Unread));
    assert_eq!(bench.known("d"), Some(Content::None));
    let same = Bench::new();
    same.put("later", "later");
    same.log(
        &memory_of(&same.root).unwrap(),
        &[],
        &[same.there("later", Why::Created)],
    );
    same.recover();
    assert_eq!(same.known("later"), Some(Content::Digest(DIGEST)));
}

#[test]
fn what_lies_in_incoming_is_offered_for_its_size_and_time() {
    let bench = Bench::new();
    bench.put("seed", "four");
    let mut record = bench.there("seed", Why::Created);
    record.path = path("new/dir/file");
    record.incoming = Some(b"3/file".to_vec());
    let mtime = record.now.as_ref().unwrap().1.mtime;
    bench.log(&memory_of(&bench.root).unwrap(), &[], &[record.clone()]);
    let recovered = bench.recover();
    assert_eq!(recovered.changes, 0, "it has no name yet");
    let mut leftovers = recovered.leftovers.unwrap();
    let mut ask = |name, size, mtime| {
        leftovers
            .find(&path(name), size, mtime)
            .map(|leftover| leftover.location)
    };
    assert_eq!(ask("new/dir/file", 4, mtime), Some(b"3/file".to_vec()));
    assert_eq!(ask("new/dir/file", 5, mtime), None);
    assert_eq!(ask("new/dir/file", 4, mtime.plus_nanos(1)), None);
    assert_eq!(ask("other", 4, mtime), None);
    // Another pass that is interrupted before it uses it does not lose it.
    let mut leftovers = bench.recover().leftovers.unwrap();
    assert!(leftovers.find(&path("new/dir/file"), 4, mtime).is_some());
    // After a reboot, what was not synced may be holes.
    super::forget_logs(&bench.options.state).unwrap();
    bench.log("another boot", &[], &[record]);
    let mut leftovers = bench.recover().leftovers.unwrap();
    assert!(leftovers.find(&path("new/dir/file"), 4, mtime).is_none());
}

#[test]
fn a_rename_takes_what_was_known_along() {
    let bench = Bench::new();
    bench.put("from", "bytes");
    bench.based_on(&["from"]);
    std::fs::rename(bench.at("from"), bench.at("to")).unwrap();
    let mut record = bench.there("to", Why::Renamed);
    record.renamed_from = Some(path("from"));
    if let Some((fact, _)) = &mut record.now {
        fact.content = Content::Unread;
    }
    bench.log(&memory_of(&bench.root).unwrap(), &[], &[record]);
    assert_eq!(bench.recover().changes, 1);
    assert_eq!(bench.known("from"), None);
    assert_eq!(bench.known("to"), Some(Content::Digest(DIGEST)));
}

#[test]
fn a_directory_that_went_whole_takes_its_rows_along() {
    let bench = Bench::new();
    bench.put("d/e/x", "x");
    bench.put("d-e", "y");
    bench.based_on(&["d", "d/e", "d/e/x", "d-e"]);
    std::fs::remove_dir_all(bench.at("d")).unwrap();
    let record = Touched {
        whole: true,
        ..gone("d", Why::Removed)
    };
    bench.log(&memory_of(&bench.root).unwrap(), &[], &[record]);
    bench.recover();
    for name in ["d", "d/e", "d/e/x"] {
        assert_eq!(bench.known(name), None);
    }
    assert!(bench.known("d-e").is_some());
}

#[test]
fn the_name_of_a_pass_tells_when_it_began() {
    assert_eq!(began_of("19700101T000000000Z"), Some(0));
    assert_eq!(began_of("20000229T235959999Z"), Some(951_868_799));
    assert_eq!(began_of("20261122T021407123Z"), Some(1_795_313_647));
    assert_eq!(began_of("recovered"), None);
}
