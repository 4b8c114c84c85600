//! A standby: what is applied is known, survives an interruption, and what drifted is not taken for known.

use crate::bench::{Bench, Quiet, path};
use counterpart_model::{
    Action, Algorithm, Carry, Content, Digest, EntryPath, Fact, Kind, MetadataClass, SiteRole, Step,
    Timestamp,
};
use counterpart_port::{Apply, Arrived, Attributes, Extent, Site as _, Standby as _};

fn standby() -> Bench {
    let mut bench = Bench::new(SiteRole::Standby);
    bench.policy.carry = Carry::of(&[MetadataClass::Mode, MetadataClass::Mtime, MetadataClass::Hardlink]);
    bench
}

/// Opens and scans without waiting.
fn begin(bench: &Bench) {
    bench.open();
    bench.site.scan(&bench.request(), &mut |_| {}, &Quiet).unwrap();
}

fn fact(kind: Kind, bytes: &str) -> Fact {
    let mut fact = Fact::of(kind);
    if kind == Kind::File {
        fact.size_bytes = bytes.len() as u64;
        fact.content = Content::Digest(Algorithm::Blake3.of(bytes.as_bytes()));
    }
    fact.metadata.mode = Some(if kind == Kind::Directory { 0o755 } else { 0o644 });
    fact.metadata.mtime = Some(Timestamp::new(1_000_000_000, 5));
    fact
}

fn commit(apply: &dyn Apply, step: &Step, bytes: &str) {
    let mut place = apply.place(step).unwrap();
    let arrived = if step.wanted.as_ref().is_some_and(|fact| fact.kind == Kind::File)
        && step.action != Action::Rename
    {
        place.write(bytes.as_bytes()).unwrap();
        Arrived::Written
    } else {
        Arrived::Kept
    };
    place
        .commit(step.wanted.as_ref(), &Attributes::default(), arrived)
        .unwrap();
}

fn commit_kept(apply: &dyn Apply, step: &Step) {
    let mut place = apply.place(step).unwrap();
    place
        .commit(step.wanted.as_ref(), &Attributes::default(), Arrived::Kept)
        .unwrap();
}

fn create(name: &str, fact: Fact) -> Step {
    let mut step = Step::of(path(name), Action::Create);
    step.wanted = Some(fact);
    step
}

fn fill(bench: &Bench) {
    bench.site.adopt().unwrap();
    let apply = bench.site.apply().unwrap();
    commit(apply.as_ref(), &create("a", fact(Kind::File, "aaa")), "aaa");
    commit(apply.as_ref(), &create("d", fact(Kind::Directory, "")), "");
    commit(apply.as_ref(), &create("d/b", fact(Kind::File, "bb")), "bb");
    commit(apply.as_ref(), &create("d/c", fact(Kind::File, "")), "");
    apply.rest().unwrap();
    assert!(apply.failures().is_empty());
    apply.sync().unwrap();
}

fn digest(bench: &Bench, name: &str) -> Option<Digest> {
    let files = bench.files(&EntryPath::root());
    files
        .into_iter()
        .find(|file| file.path == path(name))
        .and_then(|file| file.digest)
}

#[test]
fn what_was_applied_is_known_without_reading_it() {
    let bench = standby();
    begin(&bench);
    fill(&bench);
    assert_eq!(digest(&bench, "d/b"), Some(Algorithm::Blake3.of(b"bb")));
    let closed = bench.site.close().unwrap();
    assert_eq!(
        (closed.unread.files, closed.how.written, closed.tally.files),
        (0, 3, 3)
    );
    let (report, _) = bench.scan();
    assert_eq!(report.tally.files, 3);
    let observed = bench.observed(Extent::Everything);
    let facts = observed
        .into_iter()
        .filter(|seen| !seen.path.is_root())
        .map(|seen| (seen.path, seen.now.unwrap()));
    assert_eq!(facts.collect::<std::collections::BTreeMap<_, _>>(), bench.plain());
}

#[test]
fn an_interrupted_application_is_taken_over() {
    let bench = standby();
    begin(&bench);
    fill(&bench);
    bench.site.abandon();
    let opened = bench.open();
    assert!(opened.recovered >= 4, "{}", opened.recovered);
    assert!(opened.adopted && opened.base.is_some());
    bench.site.scan(&bench.request(), &mut |_| {}, &Quiet).unwrap();
    assert_eq!(digest(&bench, "a"), Some(Algorithm::Blake3.of(b"aaa")));
    assert_eq!(digest(&bench, "d/b"), Some(Algorithm::Blake3.of(b"bb")));
    let closed = bench.site.close().unwrap();
    assert_eq!((closed.unread.files, closed.tally.files), (0, 3));
    assert_eq!(bench.open().recovered, 0);
}

/// Also where the next pass comes in the same second: its rows put what arrived before themselves, and still after the
/// beginning of the pass that brought it, or production would be read again.
#[test]
fn what_an_interrupted_pass_brought_is_of_no_time_before_it() {
    let bench = standby();
    drop(bench.open_now());
    bench.site.scan(&bench.request(), &mut |_| {}, &Quiet).unwrap();
    fill(&bench);
    bench.site.abandon();
    for _ in 0..2 {
        let since = bench.open_now().recovered_since_seconds.unwrap();
        bench.site.scan(&bench.request(), &mut |_| {}, &Quiet).unwrap();
        let files = bench.files(&EntryPath::root());
        assert_eq!(files.len(), 3);
        assert!(
            files
                .iter()
                .all(|file| file.written && file.read_seconds >= since)
        );
        bench.site.abandon();
    }
}

#[test]
fn a_look_at_a_standby_takes_over_what_an_interrupted_pass_brought_and_leaves_the_rest_to_the_next() {
    let mut bench = standby();
    begin(&bench);
    fill(&bench);
    bench.site.abandon();
    let stamps = bench.stamps();
    bench.read_only = true;
    for _ in 0..2 {
        let opened = bench.open();
        assert!(opened.recovered >= 4 && opened.recovered_since_seconds.is_some());
        bench.site.scan(&bench.request(), &mut |_| {}, &Quiet).unwrap();
        assert_eq!(digest(&bench, "d/b"), Some(Algorithm::Blake3.of(b"bb")));
        bench.site.abandon();
    }
    assert_eq!(bench.stamps(), stamps, "a look changed the tree");
    bench.read_only = false;
    let opened = bench.open();
    assert!(opened.recovered >= 4 && opened.recovered_since_seconds.is_some());
    bench.site.scan(&bench.request(), &mut |_| {}, &Quiet).unwrap();
    assert_eq!(bench.site.close().unwrap().unread.files, 0);
    assert_eq!(bench.open().recovered, 0);
}

/// The second pass begins in the second of the first, or in the next one: in both the digest is the first one's.
#[test]
fn what_a_pass_renames_or_sets_metadata_of_is_not_said_to_be_written_in_it() {
    let bench = standby();
    begin(&bench);
    fill(&bench);
    assert_eq!(bench.site.close().unwrap().how.written, 3);
    begin(&bench);
    let apply = bench.site.apply().unwrap();
    let mut metadata = create("a", fact(Kind::File, "aaa"));
    metadata.action = Action::Metadata;
    metadata.present.clone_from(&metadata.wanted);
    metadata.wanted.as_mut().unwrap().metadata.mode = Some(0o600);
    commit_kept(apply.as_ref(), &metadata);
    let mut rename = create("z", fact(Kind::File, "bb"));
    rename.action = Action::Rename;
    rename.from = Some(path("d/b"));
    apply.rest().unwrap();
    commit(apply.as_ref(), &rename, "");
    apply.rest().unwrap();
    apply.sync().unwrap();
    drop(apply);
    let how = bench.site.close().unwrap().how;
    assert_eq!((how.read, how.written, how.carried), (0, 0, 3));
}

#[test]
fn renames_and_removals_are_known_too() {
    let bench = standby();
    begin(&bench);
    fill(&bench);
    bench.site.close().unwrap();
    bench.scan();
    let apply = bench.site.apply().unwrap();
    let mut rename = create("z", fact(Kind::File, "bb"));
    rename.action = Action::Rename;
    rename.from = Some(path("d/b"));
    rename.present = None;
    commit(apply.as_ref(), &rename, "");
    apply.rest().unwrap();
    let mut remove = Step::of(path("d"), Action::Remove);
    remove.present = Some(fact(Kind::Directory, ""));
    commit(apply.as_ref(), &remove, "");
    apply.rest().unwrap();
    apply.sync().unwrap();
    drop(apply);
    let names: Vec<String> = bench
        .files(&EntryPath::root())
        .iter()
        .map(|file| file.path.to_string())
        .collect();
    assert_eq!(names, ["a", "z"]);
    assert_eq!(digest(&bench, "z"), Some(Algorithm::Blake3.of(b"bb")));
    let closed = bench.site.close().unwrap();
    assert_eq!((closed.tally.entries(), closed.unread.files), (2, 0));
    assert_eq!(bench.plain().len(), 2);
    assert_eq!(bench.site.versions(&EntryPath::root()).unwrap().len(), 1);
}

#[test]
fn a_further_name_leaves_the_digest_of_the_first() {
    let bench = standby();
    begin(&bench);
    bench.site.adopt().unwrap();
    let apply = bench.site.apply().unwrap();
    commit(apply.as_ref(), &create("a", fact(Kind::File, "aaa")), "aaa");
    apply.rest().unwrap();
    let link = Fact {
        kind: Kind::HardLink,
        target: b"a".to_vec(),
        content: Content::None,
        size_bytes: 0,
        ..fact(Kind::File, "aaa")
    };
    commit(apply.as_ref(), &create("b", link), "");
    apply.rest().unwrap();
    apply.sync().unwrap();
    drop(apply);
    assert_eq!(digest(&bench, "a"), Some(Algorithm::Blake3.of(b"aaa")));
    assert_eq!(bench.site.close().unwrap().unread.files, 0);
    let (report, _) = bench.scan();
    assert_eq!(report.tally.files, 2);
    assert!(
        bench.changed_paths().iter().all(|name| name == "."),
        "{:?}",
        bench.changed_paths()
    );
}

#[test]
fn a_verification_of_a_standby_that_drifted_leaves_what_is_known() {
    let mut bench = standby();
    begin(&bench);
    fill(&bench);
    let applied = bench.site.close().unwrap();
    bench.put("a", "somebody else");
    bench.put("theirs", "theirs");
    bench.read_only = true;
    let verified = bench.pass();
    assert_eq!(verified.tally.files, 4);
    assert_ne!(verified.root, applied.root);
    let kept = bench.site.manifest().unwrap().unwrap();
    assert_eq!(kept.summary().root, applied.root);
    bench.read_only = false;
    bench.scan();
    let observed = bench.observed(Extent::Changes);
    let drifted = observed.iter().find(|seen| seen.path == path("a")).unwrap();
    assert_eq!(drifted.before.as_ref().unwrap().size_bytes, 3);
    bench.site.abandon();
}

#[test]
fn a_verification_of_a_standby_in_order_keeps_what_it_read() {
    let mut bench = standby();
    begin(&bench);
    fill(&bench);
    bench.site.close().unwrap();
    bench.read_only = true;
    bench.scan();
    for name in ["a", "d/b", "d/c"] {
        bench.read(&path(name));
    }
    assert_eq!(bench.site.close().unwrap().how.read, 3);
    assert_eq!(bench.site.manifest().unwrap().unwrap().summary().unread.files, 0);
    bench.scan();
    assert!(
        bench
            .files(&EntryPath::root())
            .iter()
            .all(|file| file.digest.is_some())
    );
}
