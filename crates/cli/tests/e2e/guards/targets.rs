//! Is the standby ours, and does it lie apart from production?

use crate::harness::*;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

#[test]
fn a_target_that_holds_something_is_refused_until_it_is_adopted() {
    let world = World::new();
    world.file("file", "content");
    fs::create_dir(world.dst()).unwrap();
    fs::write(world.d("theirs"), "somebody's data").unwrap();
    fs::write(world.d("file"), "an older copy").unwrap();
    let refused = world.refused(&[], &["target-not-adopted"]);
    world.refused(&["--approve", refused.approve()], &["target-not-adopted"]);
    let (_, said) = world.say(&world.pass_arguments::<&str>(&[]));
    assert!(said.contains("--adopt"), "{said}");
    assert!(!world.d(".counterpart").exists(), "a refusal leaves nothing");
    world.pass_with(&["--adopt"]).congruent();
    let versions = world.versions("theirs");
    assert_eq!(versions.len(), 1, "what was there is kept: {versions:?}");
    world.congruent_pass().changed_nothing();
}

#[test]
fn an_adopted_copy_is_not_compared_until_it_was_read() {
    let world = World::new();
    world.files("a", 30);
    done(Command::new("cp").arg("-a").arg(world.src()).arg(world.dst()));
    let adopted = world.pass_with(&["--adopt"]).sent(0).not_congruent();
    assert!(adopted.number("not_compared") > 0, "{adopted}");
    assert!(
        adopted
            .findings()
            .iter()
            .all(|found| found.starts_with("not-read")),
        "{adopted}"
    );
    let read = world.pass_with(&["--reread"]).sent(0).congruent();
    assert!(read.number("bytes_read") > 0, "{read}");
    world.congruent_pass().changed_nothing();
}

#[test]
fn an_adopted_copy_with_one_wrong_byte_is_found_by_reading() {
    let world = World::new();
    world.files("a", 30);
    done(Command::new("cp").arg("-a").arg(world.src()).arg(world.dst()));
    rot(&world.d("a/f00007"), b"a 8");
    world.pass_with(&["--adopt"]).not_congruent();
    let read = world.pass_with(&["--reread"]).not_congruent();
    assert_eq!(read.number("different"), 1, "{read}");
    assert!(
        read.findings().iter().any(|found| found.ends_with("a/f00007")),
        "{read}"
    );
    assert_eq!(fs::read(world.s("a/f00007")).unwrap(), b"a 7");
}

#[test]
fn the_standby_of_another_pair_is_refused() {
    let world = World::new();
    world.file("file", "content");
    world.congruent_pass();
    let other = world.path("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("file"), "of another production").unwrap();
    let before = listing(&world.dst());
    let refused = world.run(&["mirror", other.to_str().unwrap(), world.dst().to_str().unwrap()]);
    assert_eq!(refused.code, 3, "{refused}");
    assert_eq!(refused.refused(), ["target-identity"], "{refused}");
    before.assert_same(&listing(&world.dst()), "a refusal changed the standby");
    world.congruent_pass().changed_nothing();
}

#[test]
fn roots_that_overlap_are_refused_however_they_are_named() {
    let world = World::new();
    world.file("inner/file", "content");
    let (src, inner) = (world.src(), world.s("inner"));
    let before = listing(&src);
    let link = world.path("link");
    symlink(&inner, &link).unwrap();
    let bound = world.path("bound");
    let _bound = Mounted::bind(&inner, &bound);
    let new_within = world.s("inner/new");
    for (production, standby) in [
        (&src, &src),
        (&src, &inner),
        (&inner, &src),
        (&src, &link),
        (&link, &src),
        (&src, &bound),
        (&bound, &src),
        (&src, &new_within),
    ] {
        let refused = world.run(&["mirror", production.to_str().unwrap(), standby.to_str().unwrap()]);
        refused.failed(3, "roots-overlap");
        before.assert_same(
            &listing(&src),
            &format!("{} {}", production.display(), standby.display()),
        );
    }
}

#[test]
fn a_state_directory_within_a_tree_is_refused() {
    let world = World::new();
    world.file("file", "content");
    let before = listing(&world.src());
    let state = world.s("state");
    let mut command = Command::new(PROGRAM);
    world.settle_command(&mut command);
    let output = command
        .arg("--state")
        .arg(&state)
        .arg("mirror")
        .args([world.src(), world.dst()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    before.assert_same(&listing(&world.src()), "the state was kept within production");
}

#[test]
fn a_standby_that_is_not_mounted_any_more_is_refused() {
    let world = World::new().configured("[pair.p.guard]\nreserve = \"1 MB\"");
    let image = world.path("standby.img");
    let mounted = Mounted::ext4(&image, &world.dst());
    world.files("a", 20);
    world.congruent_pass();
    mounted.unmount();
    // An empty directory is where it was: the copy must not be made once more beneath the mount point.
    let outcome = world.pass();
    assert_ne!(outcome.code, 0, "{outcome}");
    assert!(!world.d("a").exists(), "{outcome}");
    let _mounted = Mounted::ext4(&image, &world.dst());
    world.congruent_pass().changed_nothing();
}
