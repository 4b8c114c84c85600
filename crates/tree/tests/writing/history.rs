//! Versions, bringing them back, and the end of their retention.

use crate::support::*;
use counterpart_model::{Action, Code, EntryPath};
use counterpart_port::Apply;
use counterpart_port::{Export, ExportSink, ExportedEntry, NotHeld};
use counterpart_tree::{history, identity};
use std::path::Path;
use std::process::Command;

fn export(
    scene: &Scene,
    id: &counterpart_port::HistoryId,
    beneath: &str,
    to: &Path,
) -> Result<NotHeld, counterpart_model::Failure> {
    let what = Export::Kept {
        id: id.clone(),
        beneath: at(beneath),
    };
    let versions = history::versions(&scene.root, &at("")).unwrap();
    let kept = versions.iter().find(|version| version.id == *id);
    let kept = kept.map_or_else(|| at("unknown"), |version| version.path.clone());
    let path = if beneath.is_empty() {
        kept
    } else {
        kept.join(beneath.as_bytes())
    };
    let mut receiver = history::Receiver::new(to, &path)?;
    history::export(&scene.root, &what, &mut receiver)?;
    receiver.finish()
}

fn said(program: &str, arguments: &[&str], path: &Path) -> String {
    let output = Command::new(program).args(arguments).arg(path).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} failed: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A kept directory with attributes and lists on it and in it, and its version.
fn with_attributes() -> (Scene, counterpart_port::HistoryId) {
    let scene = Scene::new();
    std::fs::create_dir(scene.on_disk("d")).unwrap();
    scene.write("d/a", b"one", 0o640, time(1));
    let (outer, inside) = (scene.on_disk("d"), scene.on_disk("d/a"));
    said("setfattr", &["-n", "user.note", "-v", "kept"], &inside);
    said("setfacl", &["-m", "u:1:rwx,g::---,m::rwx"], &inside);
    said("setfacl", &["-d", "-m", "u:1:rwx"], &outer);
    let applier = scene.start("p1");
    run(&applier, &remove("d", directory(0o755, time(1))), b"").unwrap();
    applier.finish().unwrap();
    let versions = history::versions(&scene.root, &at("d")).unwrap();
    (scene, versions[0].id.clone())
}

#[test]
fn attributes_and_lists_come_back() {
    let (scene, id) = with_attributes();
    let to = tempfile::tempdir().unwrap();
    assert_eq!(export(&scene, &id, "", to.path()).unwrap(), NotHeld::default());
    let (directory, inside) = (to.path().join("d"), to.path().join("d/a"));
    assert!(said("getfattr", &["-d", "--absolute-names"], &inside).contains("user.note=\"kept\""));
    assert!(said("getfacl", &["-n", "-p"], &inside).contains("user:1:rwx"));
    assert!(said("getfacl", &["-n", "-p"], &directory).contains("default:user:1:rwx"));
    assert_eq!(Scene::at(to.path()).mtime("d/a"), time(1));
}

#[test]
fn what_a_target_cannot_hold_is_told_and_opens_nothing() {
    let (scene, id) = with_attributes();
    let to = tempfile::tempdir().unwrap();
    said("mount", &["-t", "ramfs", "none"], to.path());
    let not_held = export(&scene, &id, "", to.path());
    let mode = Scene::at(to.path()).mode("d/a");
    said("umount", &[], to.path());
    let not_held = not_held.unwrap();
    let told: Vec<(&str, &str)> = not_held
        .first
        .iter()
        .map(|(path, name)| (&**path, &**name))
        .collect();
    let (access, default) = ("system.posix_acl_access", "system.posix_acl_default");
    assert_eq!(told, [("d/a", "user.note"), ("d/a", access), ("d", default)]);
    assert_eq!((not_held.count, mode & 0o077), (3, 0));
}

#[test]
fn versions_come_back_whole_and_overwrite_nothing() {
    let scene = Scene::new();
    scene.write("a", b"one", 0o640, time(1));
    let modify = |content: &'static [u8]| {
        (
            change(
                Action::Modify,
                "a",
                file(b"one", 0o640, time(1)),
                file(content, 0o640, time(2)),
            ),
            content,
        )
    };
    scene.apply("p1", &[modify(b"two")]);
    scene.apply("p2", &[modify(b"three")]);
    let versions = history::versions(&scene.root, &at("a")).unwrap();
    let ids: Vec<&str> = versions.iter().map(|version| version.id.0.as_str()).collect();
    assert_eq!(ids, ["p2/1", "p1/1"]);
    assert_eq!(
        (versions[1].fact.digest(), &*versions[1].why),
        (Some(digest(b"one")), "replaced")
    );
    let to = tempfile::tempdir().unwrap();
    export(&scene, &versions[1].id, "", to.path()).unwrap();
    let back = Scene::at(to.path());
    assert_eq!(
        (back.read("a"), back.mode("a"), back.mtime("a")),
        (b"one".to_vec(), 0o640, time(1))
    );
    assert_eq!(
        export(&scene, &versions[0].id, "", to.path()).unwrap_err().code,
        Code::Usage
    );
    assert_eq!((back.read("a"), back.names().len()), (b"one".to_vec(), 1));
}

#[test]
fn a_part_of_a_removed_directory_comes_back_alone() {
    let scene = Scene::new();
    scene.mkdir("d/e", 0o755, time(1));
    scene.write("d/e/f", b"f", 0o600, time(3));
    std::os::unix::fs::symlink("/etc", scene.on_disk("d/away")).unwrap();
    scene.stamp("d/e", 0o555, time(2));
    scene.apply("p1", &[(remove("d", directory(0o755, time(1))), b"")]);
    let versions = history::versions(&scene.root, &at("d/e/f")).unwrap();
    assert_eq!((versions.len(), &versions[0].path), (1, &at("d")));
    assert_eq!(history::versions(&scene.root, &at("d/e/none")).unwrap(), []);
    let to = tempfile::tempdir().unwrap();
    export(&scene, &versions[0].id, "e", to.path()).unwrap();
    let back = Scene::at(to.path());
    assert_eq!(
        (back.names(), back.read("e/f")),
        (vec!["e".into(), "e/f".into()], b"f".to_vec())
    );
    assert_eq!((back.mode("e"), back.mtime("e")), (0o555, time(2)));
    assert!(export(&scene, &versions[0].id, "away/passwd", to.path()).is_err());
    export(&scene, &versions[0].id, "", to.path()).unwrap();
    assert!(back.on_disk("d/away").is_symlink());
}

#[test]
fn what_is_not_there_is_not_found() {
    let scene = Scene::new();
    assert_eq!(history::versions(&scene.root, &EntryPath::root()).unwrap(), []);
    let to = tempfile::tempdir().unwrap();
    for id in ["p1/1", "../x/1", "p1", "/1"] {
        let failure = export(&scene, &counterpart_port::HistoryId(id.into()), "", to.path()).unwrap_err();
        assert_eq!(failure.code, Code::NotFound, "{id}");
    }
}

#[test]
fn only_an_expired_pass_is_deleted_and_only_by_its_name() {
    let scene = Scene::new();
    scene.mkdir("d", 0o755, time(1));
    scene.write("d/f", b"1234567", 0o444, time(1));
    scene.stamp("d", 0o555, time(1));
    scene.write("g", b"123", 0o644, time(1));
    scene.apply(
        "p1",
        &[
            (remove("d", directory(0o555, time(1))), b""),
            (remove("g", file(b"123", 0o644, time(1))), b""),
        ],
    );
    assert!(history::expired(&scene.root, 1000).unwrap().is_empty());
    let expired = history::expired(&scene.root, i64::MAX).unwrap();
    assert_eq!(
        (
            expired.len(),
            &*expired[0].pass,
            expired[0].entries,
            expired[0].bytes
        ),
        (1, "p1", 2, 10)
    );
    for refused in ["", ".", "..", "p1/1", "../incoming", "p2", "p1.open"] {
        assert!(history::delete(&scene.root, refused).is_err(), "{refused:?}");
    }
    assert!(scene.on_disk(".counterpart/history/p1/1/f").exists());
    history::delete(&scene.root, "p1").unwrap();
    assert!(!scene.on_disk(".counterpart/history/p1").exists());
    assert!(scene.on_disk(".counterpart/history").exists());
}

#[test]
fn a_pass_that_is_not_closed_is_neither_expired_nor_deleted() {
    let scene = Scene::new();
    scene.write("g", b"123", 0o644, time(1));
    let applier = scene.start("p1");
    run(&applier, &remove("g", file(b"123", 0o644, time(1))), b"").unwrap();
    applier.rest().unwrap();
    assert!(history::expired(&scene.root, i64::MAX).unwrap().is_empty());
    assert_eq!(history::delete(&scene.root, "p1").unwrap_err().code, Code::Locked);
    assert_eq!(history::versions(&scene.root, &at("g")).unwrap().len(), 1);
}

#[test]
fn an_index_line_cut_off_by_a_crash_spoils_no_other() {
    let scene = Scene::new();
    scene.write("a", b"a", 0o644, time(1));
    scene.write("b", b"b", 0o644, time(1));
    scene.apply("p1", &[(remove("a", file(b"a", 0o644, time(1))), b"")]);
    let index = scene.on_disk(".counterpart/history/p1/index");
    let mut text = std::fs::read(&index).unwrap();
    text.extend_from_slice(b"{\"n\":2,\"pa");
    std::fs::write(&index, text).unwrap();
    scene.apply("p1", &[(remove("b", file(b"b", 0o644, time(1))), b"")]);
    let versions = history::versions(&scene.root, &EntryPath::root()).unwrap();
    let ids: Vec<&str> = versions.iter().map(|version| version.id.0.as_str()).collect();
    assert_eq!(ids, ["p1/2", "p1/1"]);
}

#[test]
fn the_identity_is_kept_and_the_root_keeps_its_time() {
    let scene = Scene::new();
    scene.stamp("", 0o755, time(5));
    assert_eq!(identity::read(&scene.root).unwrap(), None);
    assert!(identity::is_empty(&scene.root).unwrap());
    let made = identity::Identity::fresh("study-035").unwrap();
    identity::write(&scene.root, &made).unwrap();
    assert_eq!(identity::read(&scene.root).unwrap(), Some(made.clone()));
    assert_eq!((made.id.len(), scene.mtime("")), (32, time(5)));
    assert!(identity::is_empty(&scene.root).unwrap());
    scene.write("a", b"", 0o644, time(1));
    assert!(!identity::is_empty(&scene.root).unwrap());
    std::fs::write(scene.on_disk(".counterpart/identity.json"), b"{").unwrap();
    assert_eq!(identity::read(&scene.root).unwrap_err().code, Code::StateDamaged);
}

#[test]
fn a_replacement_caught_before_its_exchange_is_no_version_and_is_cleared() {
    let scene = Scene::new();
    scene.write("a", b"old", 0o644, time(1));
    let kept = scene.on_disk(".counterpart/history/p1");
    std::fs::create_dir_all(&kept).unwrap();
    std::fs::write(scene.on_disk(".counterpart/history/p1.open"), b"").unwrap();
    std::fs::write(kept.join("1"), b"new, and never under its name").unwrap();
    let inode = std::os::unix::fs::MetadataExt::ino(&kept.join("1").metadata().unwrap());
    let line = format!(
        "{{\"n\":1,\"path\":\"a\",\"kind\":\"File\",\"size_bytes\":3,\"mtime\":{{\"seconds\":1,\"nanos\":0}},\
         \"mode\":\"0644\",\"why\":\"replaced\",\"at_seconds\":5,\"replacement_inode\":{inode}}}\n"
    );
    std::fs::write(kept.join("index"), line).unwrap();
    assert_eq!(history::versions(&scene.root, &at("a")).unwrap(), []);
    scene.apply("p2", &[]);
    assert!(!kept.join("1").exists());
    assert!(!scene.on_disk(".counterpart/history/p1.open").exists());
    assert!(
        scene
            .on_disk(".counterpart/incoming")
            .read_dir()
            .unwrap()
            .next()
            .is_none()
    );
    assert_eq!(scene.read("a"), b"old");
}

/// An entry as another host may tell of it.
fn told(name: &str, kind: counterpart_model::Kind, size_bytes: u64) -> ExportedEntry {
    ExportedEntry {
        name: name.into(),
        kind,
        size_bytes,
        target: b"/etc".to_vec(),
        mode: 0o644,
        mtime: time(1),
        owner: counterpart_model::Owner("nobody-knows:nobody-knows".into()),
        attributes: counterpart_port::Attributes::default(),
    }
}

fn receiving(act: impl FnOnce(&mut history::Receiver) -> Result<(), counterpart_model::Failure>) {
    let dir = tempfile::tempdir().unwrap();
    let mut receiver = history::Receiver::new(dir.path(), &at("d")).unwrap();
    assert!(act(&mut receiver).is_err());
    drop(receiver);
    assert_eq!(
        std::fs::read_dir(dir.path()).unwrap().count(),
        0,
        "something is left"
    );
}

#[test]
fn what_an_honest_site_does_not_send_is_refused_and_leaves_nothing() {
    use counterpart_model::Kind;
    for name in ["", ".", "..", "a/b", "../a", "/etc/passwd", "a\u{0}b"] {
        receiving(|receiver| {
            receiver.begin(&told("", Kind::Directory, 0))?;
            receiver.begin(&told(name, Kind::File, 0))
        });
    }
    // Beneath a link, or beneath a file; another name than the one that was asked for; two entries; too much; too little.
    for above in [Kind::Symlink, Kind::File] {
        receiving(|receiver| {
            receiver.begin(&told("", above, 0))?;
            receiver.begin(&told("a", Kind::File, 0))
        });
    }
    receiving(|receiver| receiver.begin(&told("other", Kind::File, 0)));
    receiving(|receiver| {
        receiver.begin(&told("", Kind::File, 0))?;
        receiver.end()?;
        receiver.begin(&told("", Kind::File, 0))
    });
    receiving(|receiver| {
        receiver.begin(&told("", Kind::File, 3))?;
        receiver.data(b"ab")?;
        receiver.hole(u64::MAX)
    });
    receiving(|receiver| {
        receiver.begin(&told("", Kind::File, 3))?;
        receiver.data(b"ab")?;
        receiver.end()
    });
    receiving(|receiver| {
        let mut entry = told("", Kind::File, 0);
        entry.attributes.xattrs = vec![(b"security.capability".to_vec(), vec![1])];
        receiver.begin(&entry)?;
        receiver.end()
    });
    receiving(history::Receiver::end);
    receiving(|receiver| receiver.begin(&told("", Kind::Special, 0)));
}

#[test]
fn holes_stay_holes() {
    use std::os::unix::fs::MetadataExt as _;
    let scene = Scene::new();
    let size_bytes = 8 << 20;
    let file = std::fs::File::create(scene.on_disk("f")).unwrap();
    file.set_len(size_bytes).unwrap();
    std::os::unix::fs::FileExt::write_at(&file, b"data", 4 << 20).unwrap();
    let to = tempfile::tempdir().unwrap();
    let mut receiver = history::Receiver::new(to.path(), &at("f")).unwrap();
    history::export(&scene.root, &Export::Present(at("f")), &mut receiver).unwrap();
    receiver.finish().unwrap();
    let stat = std::fs::metadata(to.path().join("f")).unwrap();
    assert!(
        stat.len() == size_bytes && stat.blocks() * 512 < 1 << 20,
        "{stat:?}"
    );
    let content = std::fs::read(to.path().join("f")).unwrap();
    assert_eq!(content, std::fs::read(scene.on_disk("f")).unwrap());
}
