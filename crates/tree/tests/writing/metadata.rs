//! Owners, extended attributes and access control lists, and what new entries get where these are not carried.

use crate::support::*;
use counterpart_model::{Action, Digest, MetadataClass as Class, Owner};
use counterpart_port::{Apply, Arrived, Attributes};
use std::os::unix::fs::MetadataExt;
use std::process::Command;

/// `user::rwx, user:1:rwx, group::---, mask::rwx, other::---`, as the system writes it.
fn list() -> Vec<u8> {
    let mut list = 2_u32.to_le_bytes().to_vec();
    for (tag, bits, id) in [
        (1_u16, 7_u16, u32::MAX),
        (2, 7, 1),
        (4, 0, u32::MAX),
        (16, 7, u32::MAX),
        (32, 0, u32::MAX),
    ] {
        list.extend_from_slice(&tag.to_le_bytes());
        list.extend_from_slice(&bits.to_le_bytes());
        list.extend_from_slice(&id.to_le_bytes());
    }
    list
}

fn tool(program: &str, arguments: &[&str], scene: &Scene, path: &str) -> String {
    let output = Command::new(program)
        .args(arguments)
        .arg(scene.on_disk(path))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{program} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn owners_are_given_before_set_user_id() {
    let scene = Scene::new().carrying(&[Class::Mode, Class::Mtime, Class::Owner]);
    let mut wanted = file(b"x", 0o6755, time(1));
    wanted.metadata.owner = Some(Owner("12:34".into()));
    let mut link = symlink(b"x", time(1));
    link.metadata.owner = Some(Owner("12:34".into()));
    scene.apply("p1", &[(create("a", wanted), b"x"), (create("l", link), b"")]);
    for path in ["a", "l"] {
        let stat = scene.on_disk(path).symlink_metadata().unwrap();
        assert_eq!((stat.uid(), stat.gid()), (12, 34), "{path}");
    }
    assert_eq!(scene.mode("a"), 0o6755);
}

#[test]
fn attributes_and_lists_are_set_and_removed() {
    let scene = Scene::new().carrying(&[Class::Mode, Class::Mtime, Class::Xattr, Class::Acl]);
    let mut wanted = file(b"x", 0o470, time(1));
    wanted.metadata.xattr = Some(Digest([1; 32]));
    wanted.metadata.acl = Some(Digest([2; 32]));
    let full = Attributes {
        xattrs: vec![(b"user.note".to_vec(), b"kept".to_vec())],
        acl_access: Some(list()),
        acl_default: None,
    };
    let applier = scene.start("p1");
    let step = create("a", wanted.clone());
    let mut place = applier.place(&step).unwrap();
    place.write(b"x").unwrap();
    place.commit(Some(&wanted), &full, Arrived::Written).unwrap();
    drop(place);
    applier.rest().unwrap();
    assert_eq!((scene.mode("a"), scene.mtime("a")), (0o470, time(1)));
    assert!(tool("getfattr", &["-d", "--absolute-names"], &scene, "a").contains("user.note=\"kept\""));
    assert!(tool("getfacl", &["-n", "-p"], &scene, "a").contains("user:1:rwx"));
    let step = change(Action::Metadata, "a", wanted, file(b"x", 0o440, time(1)));
    run(&applier, &step, b"").unwrap();
    applier.finish().unwrap();
    assert_eq!(tool("getfattr", &["-d", "--absolute-names"], &scene, "a"), "");
    assert!(!tool("getfacl", &["-n", "-p"], &scene, "a").contains("user:1"));
    assert_eq!(scene.mode("a"), 0o440);
}

/// A far production may say what it likes: an attribute that the kernel heeds is not set, and nothing is published.
#[test]
fn attributes_beyond_a_users_own_are_refused() {
    let scene = Scene::new().carrying(&[Class::Mode, Class::Mtime, Class::Xattr]);
    let mut wanted = file(b"x", 0o755, time(1));
    wanted.metadata.xattr = Some(Digest([1; 32]));
    for name in [
        "trusted.overlay.opaque",
        "security.capability",
        "system.posix_acl_access",
        "user",
    ] {
        let hostile = Attributes {
            xattrs: vec![(name.into(), b"y".to_vec())],
            ..Attributes::default()
        };
        let applier = scene.start(&format!("p-{}", name.len()));
        let step = create("a", wanted.clone());
        let mut place = applier.place(&step).unwrap();
        place.write(b"x").unwrap();
        place
            .commit(Some(&wanted), &hostile, Arrived::Written)
            .unwrap_err();
        drop(place);
        applier.finish().unwrap();
        assert!(!scene.on_disk("a").exists(), "{name}");
    }
}

#[test]
fn bits_without_their_list_open_nothing_that_the_list_had_closed() {
    let scene = Scene::new();
    let attributes = Attributes {
        acl_access: Some(list()),
        ..Attributes::default()
    };
    let applier = scene.start("p1");
    let wanted = file(b"x", 0o770, time(1));
    let step = create("a", wanted.clone());
    let mut place = applier.place(&step).unwrap();
    place.write(b"x").unwrap();
    place
        .commit(Some(&wanted), &attributes, Arrived::Written)
        .unwrap();
    drop(place);
    applier.finish().unwrap();
    assert_eq!(scene.mode("a"), 0o700);
    assert_eq!(
        scene.memory.last_of("a").now.unwrap().0.metadata.mode,
        Some(0o700)
    );
}

#[test]
fn where_no_mode_is_carried_new_entries_are_like_those_made_in_place() {
    let scene = Scene::new().carrying(&[Class::Mtime]);
    scene.mkdir("d", 0o755, time(1));
    tool("setfacl", &["-d", "-m", "u:1:rwx,g::r-x,o::---"], &scene, "d");
    std::os::unix::fs::chown(scene.on_disk("d"), None, Some(4321)).unwrap();
    scene.stamp("d", 0o2755, time(1));
    std::fs::create_dir(scene.on_disk("d/like")).unwrap();
    std::fs::write(scene.on_disk("d/like-file"), b"").unwrap();
    let mut folder = directory(0, time(1));
    folder.metadata.mode = None;
    let mut inner = file(b"x", 0, time(1));
    inner.metadata.mode = None;
    let steps = [
        (create("d/f", inner.clone()), &b"x"[..]),
        (create("d/new", folder), b""),
        (create("d/new/f", inner), b"x"),
    ];
    scene.apply("p1", &steps);
    let shown = |path: &str| {
        let text = tool("getfacl", &["-n", "-p"], &scene, path);
        text.lines()
            .filter(|line| !line.starts_with("# file"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(shown("d/new"), shown("d/like"));
    assert_eq!(shown("d/f"), shown("d/like-file"));
    assert_eq!(shown("d/new/f"), shown("d/like-file"));
}

#[test]
fn a_default_list_of_the_place_adds_nothing_to_a_carried_mode() {
    let scene = Scene::new();
    tool("setfacl", &["-d", "-m", "u:1:rwx"], &scene, "");
    scene.apply(
        "p1",
        &[
            (create("a", file(b"x", 0o640, time(1))), b"x"),
            (create("d", directory(0o750, time(1))), b""),
        ],
    );
    for path in ["a", "d", ".counterpart"] {
        assert!(
            !tool("getfacl", &["-n", "-p"], &scene, path).contains("user:1"),
            "{path}"
        );
    }
    assert_eq!(scene.mode(".counterpart"), 0o700);
}

#[test]
fn a_replacement_keeps_the_bits_and_owner_that_are_not_carried() {
    let scene = Scene::new().carrying(&[Class::Mtime]);
    scene.write("a", b"old", 0o604, time(1));
    std::os::unix::fs::chown(scene.on_disk("a"), Some(77), Some(88)).unwrap();
    let mut wanted = file(b"new", 0, time(2));
    wanted.metadata.mode = None;
    scene.apply(
        "p1",
        &[(change(Action::Modify, "a", wanted.clone(), wanted), b"new")],
    );
    let stat = scene.on_disk("a").metadata().unwrap();
    assert_eq!((stat.uid(), stat.gid(), scene.mode("a")), (77, 88, 0o604));
}

#[test]
fn links_get_times_of_their_own_and_what_they_lead_to_keeps_its() {
    let scene = Scene::new();
    scene.write("t", b"t", 0o644, time(1));
    std::os::unix::fs::symlink("t", scene.on_disk("l")).unwrap();
    let step = change(
        Action::Metadata,
        "l",
        symlink(b"t", time(1)),
        symlink(b"t", time(9)),
    );
    scene.apply("p1", &[(step, b"")]);
    assert_eq!((scene.mtime("l"), scene.mtime("t")), (time(9), time(1)));
}
