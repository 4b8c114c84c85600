//! Every action on every kind: content, metadata, history, and what the keeper is told.

use crate::support::*;
use counterpart_model::{Action, EntryPath, Kind, MetadataClass, Step};
use counterpart_port::{Apply, Arrived, Attributes, Committed};
use counterpart_tree::Why;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;

#[test]
fn a_new_tree_appears_whole_with_its_metadata() {
    let scene = Scene::new();
    let steps = [
        (create("d", directory(0o750, time(100))), &b""[..]),
        (create("d/a", file(b"alpha", 0o640, time(101))), b"alpha"),
        (create("d/deep", directory(0o555, time(102))), b""),
        (create("d/deep/empty", file(b"", 0o4711, time(103))), b""),
        (create("d/deep/link", symlink(b"../a \xff", time(104))), b""),
        (create("top", file(b"top", 0o600, time(105))), b"top"),
    ];
    scene.apply("p1", &steps);
    assert_eq!(
        scene.names(),
        ["d", "d/a", "d/deep", "d/deep/empty", "d/deep/link", "top"]
    );
    assert_eq!(scene.read("d/a"), b"alpha");
    for (path, mode, at) in [
        ("d", 0o750, 100),
        ("d/a", 0o640, 101),
        ("d/deep", 0o555, 102),
        ("d/deep/empty", 0o4711, 103),
    ] {
        assert_eq!((scene.mode(path), scene.mtime(path)), (mode, time(at)), "{path}");
    }
    let target = std::fs::read_link(scene.on_disk("d/deep/link")).unwrap();
    assert_eq!(target.as_os_str().as_bytes(), b"../a \xff");
    assert_eq!(scene.mtime("d/deep/link"), time(104));
    assert!(
        scene
            .on_disk(".counterpart/incoming")
            .read_dir()
            .unwrap()
            .next()
            .is_none()
    );
    let (fact, seen) = scene.memory.last_of("d/a").now.unwrap();
    let stat = scene.on_disk("d/a").metadata().unwrap();
    assert_eq!((fact.digest(), seen.inode), (Some(digest(b"alpha")), stat.ino()));
    assert_eq!(seen.ctime.seconds, stat.ctime());
    assert_eq!(i64::from(seen.ctime.nanos), stat.ctime_nsec());
    assert!(scene.memory.last_of("d").published);
    assert!(scene.memory.last_of("d/a").incoming.is_some());
}

#[test]
fn nothing_of_a_new_directory_shows_before_it_closes() {
    let scene = Scene::new();
    let applier = scene.start("p1");
    run(&applier, &create("d", directory(0o755, time(1))), b"").unwrap();
    run(&applier, &create("d/a", file(b"a", 0o644, time(1))), b"a").unwrap();
    assert!(scene.names().is_empty());
    run(&applier, &create("e", file(b"e", 0o644, time(1))), b"e").unwrap();
    assert!(scene.names().is_empty());
    applier.rest().unwrap();
    assert_eq!(scene.names(), ["d", "d/a", "e"]);
    applier.finish().unwrap();
}

#[test]
fn a_modified_file_is_exchanged_and_the_old_one_kept() {
    let scene = Scene::new();
    scene.write("a", b"old", 0o640, time(50));
    let before = scene.on_disk("a").metadata().unwrap().ino();
    let modify = change(
        Action::Modify,
        "a",
        file(b"old", 0o640, time(50)),
        file(b"new!", 0o600, time(60)),
    );
    let committed = scene.apply("p1", &[(modify, b"new!")]);
    assert_eq!(
        (scene.read("a"), scene.mode("a"), scene.mtime("a")),
        (b"new!".to_vec(), 0o600, time(60))
    );
    let kept = scene.kept(&committed[0]);
    assert_eq!(
        (std::fs::read(&kept).unwrap(), kept.metadata().unwrap().ino()),
        (b"old".to_vec(), before)
    );
    let touched = scene.memory.last_of("a");
    assert_eq!(
        (touched.why, &touched.history),
        (Why::Replaced, &committed[0].history)
    );
    assert_eq!(
        touched.now.unwrap().1.inode,
        scene.on_disk("a").metadata().unwrap().ino()
    );
}

#[test]
fn without_exchange_the_old_one_is_kept_all_the_same() {
    let mut scene = Scene::new();
    scene.capabilities.exchange = false;
    scene.write("a", b"old", 0o640, time(50));
    scene.write("b", b"file", 0o640, time(50));
    scene.mkdir("c/inner", 0o755, time(50));
    let steps = [
        (
            change(
                Action::Modify,
                "a",
                file(b"old", 0o640, time(50)),
                file(b"new", 0o640, time(60)),
            ),
            &b"new"[..],
        ),
        (
            change(
                Action::Replace,
                "b",
                file(b"file", 0o640, time(50)),
                directory(0o755, time(60)),
            ),
            b"",
        ),
        (
            change(
                Action::Replace,
                "c",
                directory(0o755, time(50)),
                symlink(b"a", time(60)),
            ),
            b"",
        ),
    ];
    let committed = scene.apply("p1", &steps);
    assert_eq!(scene.names(), ["a", "b", "c"]);
    assert_eq!(
        (scene.read("a"), std::fs::read(scene.kept(&committed[0])).unwrap()),
        (b"new".to_vec(), b"old".to_vec())
    );
    assert!(scene.on_disk("b").is_dir() && scene.on_disk("c").is_symlink());
    assert!(scene.kept(&committed[2]).join("inner").is_dir());
}

#[test]
fn kept_content_gets_metadata_only() {
    let scene = Scene::new();
    scene.write("a", b"same", 0o640, time(50));
    let before = scene.on_disk("a").metadata().unwrap().ino();
    let wanted = file(b"same", 0o600, time(60));
    let modify = change(
        Action::Modify,
        "a",
        file(b"same", 0o640, time(50)),
        wanted.clone(),
    );
    let applier = scene.start("p1");
    let mut place = applier.place(&modify).unwrap();
    let committed = place
        .commit(Some(&wanted), &Attributes::default(), Arrived::Kept)
        .unwrap();
    drop(place);
    applier.finish().unwrap();
    assert_eq!(committed.history, None);
    let stat = scene.on_disk("a").metadata().unwrap();
    assert_eq!(
        (stat.ino(), scene.mode("a"), scene.mtime("a")),
        (before, 0o600, time(60))
    );
    assert_eq!(scene.memory.last_of("a").why, Why::Metadata);
}

#[test]
fn kinds_take_each_others_place() {
    let scene = Scene::new();
    scene.write("f-d", b"file", 0o644, time(1));
    scene.mkdir("d-f", 0o755, time(1));
    scene.write("d-f/in", b"inner", 0o644, time(1));
    std::os::unix::fs::symlink("nowhere", scene.on_disk("l-d")).unwrap();
    scene.mkdir("d-l", 0o700, time(1));
    std::os::unix::fs::symlink("nowhere", scene.on_disk("l-f")).unwrap();
    let old_file = file(b"file", 0o644, time(1));
    let old_link = symlink(b"nowhere", time(1));
    let steps = [
        (
            change(
                Action::Replace,
                "d-f",
                directory(0o755, time(1)),
                file(b"now", 0o644, time(2)),
            ),
            &b"now"[..],
        ),
        (
            Step {
                present: Some(old_file.clone()),
                ..Step::of(at("d-f/in"), Action::RemovedWithParent)
            },
            b"",
        ),
        (
            change(
                Action::Replace,
                "d-l",
                directory(0o700, time(1)),
                symlink(b"t", time(2)),
            ),
            b"",
        ),
        (
            change(Action::Replace, "f-d", old_file, directory(0o711, time(2))),
            b"",
        ),
        (create("f-d/child", file(b"child", 0o600, time(3))), b"child"),
        (
            change(
                Action::Replace,
                "l-d",
                old_link.clone(),
                directory(0o755, time(2)),
            ),
            b"",
        ),
        (
            change(Action::Replace, "l-f", old_link, file(b"f", 0o644, time(2))),
            b"f",
        ),
    ];
    let committed = scene.apply("p1", &steps);
    assert_eq!(scene.names(), ["d-f", "d-l", "f-d", "f-d/child", "l-d", "l-f"]);
    assert_eq!(
        (scene.read("d-f"), scene.read("l-f"), scene.read("f-d/child")),
        (b"now".to_vec(), b"f".to_vec(), b"child".to_vec())
    );
    assert_eq!((scene.mode("f-d"), scene.mtime("f-d")), (0o711, time(2)));
    assert_eq!(
        std::fs::read(scene.kept(&committed[0]).join("in")).unwrap(),
        b"inner"
    );
    assert!(scene.memory.last_of("d-f").whole);
    let replaced = scene.memory.last_of("f-d");
    assert_eq!(
        (replaced.why, replaced.published, replaced.whole),
        (Why::Replaced, true, false)
    );
    let versions = counterpart_tree::history::versions(&scene.root, &at("f-d")).unwrap();
    assert_eq!((versions.len(), versions[0].fact.kind), (1, Kind::File));
}

#[test]
fn removed_entries_go_to_history_whole() {
    let scene = Scene::new();
    scene.mkdir("d/e", 0o755, time(1));
    scene.write("d/e/f", b"f", 0o644, time(1));
    scene.write("g", b"g", 0o644, time(1));
    let steps = [
        (remove("d", directory(0o755, time(1))), &b""[..]),
        (Step::of(at("d/e"), Action::RemovedWithParent), b""),
        (Step::of(at("d/e/f"), Action::RemovedWithParent), b""),
        (remove("g", file(b"g", 0o644, time(1))), b""),
    ];
    let committed = scene.apply("p1", &steps);
    assert!(scene.names().is_empty());
    assert_eq!(
        std::fs::read(scene.kept(&committed[0]).join("e/f")).unwrap(),
        b"f"
    );
    let touched = scene.memory.last_of("d");
    assert_eq!(
        (touched.why, touched.whole, touched.now),
        (Why::Removed, true, None)
    );
}

#[test]
fn removing_what_is_gone_already_is_no_failure() {
    let scene = Scene::new();
    let committed = scene.apply("p1", &[(remove("gone", file(b"g", 0o644, time(1))), b"")]);
    assert_eq!(committed[0].history, None);
}

#[test]
fn a_renamed_entry_keeps_its_inode_and_all_directories_their_times() {
    let scene = Scene::new();
    scene.mkdir("a", 0o755, time(10));
    scene.mkdir("z", 0o755, time(11));
    scene.write("z/x", b"content", 0o644, time(5));
    scene.stamp("z", 0o755, time(11));
    scene.stamp("a", 0o755, time(10));
    let before = scene.on_disk("z/x").metadata().unwrap().ino();
    scene.apply(
        "p1",
        &[(rename("z/x", "a/y", file(b"content", 0o600, time(6))), b"")],
    );
    assert_eq!(scene.names(), ["a", "a/y", "z"]);
    assert_eq!(scene.on_disk("a/y").metadata().unwrap().ino(), before);
    assert_eq!((scene.mode("a/y"), scene.mtime("a/y")), (0o600, time(6)));
    assert_eq!((scene.mtime("a"), scene.mtime("z")), (time(10), time(11)));
    assert_eq!(scene.memory.last_of("a/y").renamed_from, Some(at("z/x")));
}

#[test]
fn a_rename_into_a_new_directory_waits_for_its_name() {
    let scene = Scene::new();
    scene.mkdir("old", 0o755, time(10));
    scene.write("old/x", b"content", 0o644, time(5));
    scene.stamp("old", 0o755, time(10));
    let applier = scene.start("p1");
    for made in ["new", "new/deep"] {
        run(&applier, &create(made, directory(0o555, time(7))), b"").unwrap();
    }
    run(
        &applier,
        &rename("old/x", "new/deep/x", file(b"content", 0o644, time(5))),
        b"",
    )
    .unwrap();
    assert_eq!(scene.names(), ["old", "old/x"]);
    applier.rest().unwrap();
    assert_eq!(scene.names(), ["new", "new/deep", "new/deep/x", "old"]);
    assert_eq!(
        (scene.mtime("new"), scene.mtime("new/deep"), scene.mtime("old")),
        (time(7), time(7), time(10))
    );
    assert_eq!((scene.mode("new"), scene.mode("new/deep")), (0o555, 0o555));
    applier.finish().unwrap();
}

#[test]
fn what_took_a_new_name_meanwhile_goes_to_history() {
    let scene = Scene::new();
    let applier = scene.start("p1");
    let step = create("a", file(b"ours", 0o644, time(1)));
    let mut place = applier.place(&step).unwrap();
    place.write(b"ours").unwrap();
    scene.write("a", b"theirs", 0o644, time(2));
    place
        .commit(step.wanted.as_ref(), &Attributes::default(), Arrived::Written)
        .unwrap();
    drop(place);
    run(&applier, &create("d", directory(0o755, time(1))), b"").unwrap();
    scene.mkdir("d", 0o755, time(3));
    scene.write("d/theirs", b"theirs", 0o644, time(3));
    applier.finish().unwrap();
    assert_eq!(scene.read("a"), b"ours");
    let touched = scene.memory.last_of("a");
    let history = touched.history;
    assert_eq!(touched.why, Why::Drifted);
    assert_eq!(
        std::fs::read(scene.kept(&Committed { history })).unwrap(),
        b"theirs"
    );
    assert_eq!(scene.names(), ["a", "d"]);
    assert_eq!(
        counterpart_tree::history::versions(&scene.root, &EntryPath::root())
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn hard_links_share_one_file_in_the_tree_and_in_new_directories() {
    let scene = Scene::new().carrying(&[MetadataClass::Mode, MetadataClass::Mtime, MetadataClass::Hardlink]);
    scene.write("z", b"other", 0o644, time(1));
    let steps = [
        (create("a", file(b"shared", 0o644, time(1))), &b"shared"[..]),
        (create("d", directory(0o755, time(2))), b""),
        (create("d/b", hardlink("a")), b""),
        (create("d/l", file(b"second", 0o644, time(1))), b"second"),
        (create("d/m", hardlink("d/l")), b""),
        (
            change(
                Action::Replace,
                "z",
                file(b"other", 0o644, time(1)),
                hardlink("a"),
            ),
            b"",
        ),
    ];
    let committed = scene.apply("p1", &steps);
    let inode = |path: &str| scene.on_disk(path).metadata().unwrap().ino();
    assert_eq!((inode("a"), inode("d/l")), (inode("d/b"), inode("d/m")));
    assert_eq!(inode("a"), inode("z"));
    assert_eq!(std::fs::read(scene.kept(&committed[5])).unwrap(), b"other");
    let leader = scene.memory.last_of("a");
    assert_eq!(leader.why, Why::Metadata);
    assert_eq!(
        leader.now.unwrap().1.ctime.seconds,
        scene.on_disk("a").metadata().unwrap().ctime()
    );
}

#[test]
fn names_of_any_bytes_are_held() {
    let scene = Scene::new();
    let names: [&[u8]; 6] = [b"\xff\xfe", b"new\nline", b"-rf", b" ", b"\x1b[31m", b"con\\x41"];
    let mut sorted = names;
    sorted.sort_unstable();
    let applier = scene.start("p1");
    for name in sorted {
        let mut step = create("x", file(b"c", 0o644, time(1)));
        step.path = EntryPath::checked(name).unwrap();
        run(&applier, &step, b"c").unwrap();
        step.action = Action::Modify;
        run(&applier, &step, b"c").unwrap();
    }
    applier.finish().unwrap();
    for name in names {
        let path = EntryPath::checked(name).unwrap();
        assert_eq!(
            std::fs::read(scene.path.join(std::ffi::OsStr::from_bytes(name))).unwrap(),
            b"c"
        );
        let versions = counterpart_tree::history::versions(&scene.root, &path).unwrap();
        assert_eq!((versions.len(), &versions[0].path), (1, &path));
    }
}

#[test]
fn holes_stay_holes() {
    let scene = Scene::new();
    let mut wanted = file(b"", 0o644, time(1));
    wanted.size_bytes = (1 << 20) + 4 + (1 << 21);
    let applier = scene.start("p1");
    let step = create("sparse", wanted.clone());
    let mut place = applier.place(&step).unwrap();
    place.hole(1 << 20).unwrap();
    place.write(b"data").unwrap();
    place.hole(1 << 21).unwrap();
    place
        .commit(Some(&wanted), &Attributes::default(), Arrived::Written)
        .unwrap();
    drop(place);
    applier.finish().unwrap();
    let stat = scene.on_disk("sparse").metadata().unwrap();
    assert_eq!(stat.len(), wanted.size_bytes);
    assert!(stat.blocks() * 512 < 65_536, "{} blocks", stat.blocks());
    assert_eq!(&scene.read("sparse")[1 << 20..(1 << 20) + 4], b"data");
}

#[test]
fn content_that_did_not_arrive_whole_is_refused_and_leaves_nothing() {
    let scene = Scene::new();
    scene.write("a", b"old", 0o644, time(1));
    let applier = scene.start("p1");
    let modify = change(
        Action::Modify,
        "a",
        file(b"old", 0o644, time(1)),
        file(b"long content", 0o644, time(2)),
    );
    assert!(run(&applier, &modify, b"short").is_err());
    run(&applier, &create("d", directory(0o755, time(1))), b"").unwrap();
    assert!(
        run(
            &applier,
            &create("d/half", file(b"long content", 0o644, time(2))),
            b"short"
        )
        .is_err()
    );
    run(&applier, &create("d/whole", file(b"w", 0o644, time(2))), b"w").unwrap();
    let given_up = create("d/z", file(b"zz", 0o644, time(2)));
    let mut place = applier.place(&given_up).unwrap();
    place.write(b"z").unwrap();
    drop(place);
    applier.finish().unwrap();
    assert_eq!(
        (scene.names(), scene.read("a")),
        (vec!["a".into(), "d".into(), "d/whole".into()], b"old".to_vec())
    );
}
