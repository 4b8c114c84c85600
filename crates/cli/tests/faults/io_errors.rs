//! Input and output that fails: unreadable production files, a standby that takes no more writes.

use crate::content::Archive;
use crate::fuse_mount::Fuse;
use crate::scene::Scene;
use crate::snapshot::assert_old_or_new;

/// A scene whose production is reached through the passthrough filesystem.
fn production_through_fuse() -> (Scene, Fuse) {
    let mut scene = Scene::new();
    let backing = scene.production.clone();
    drop(Archive::new(&backing, 11));
    std::fs::write(backing.join("bad"), b"a bad sector is in here").unwrap();
    scene.production = scene.path().join("mounted");
    let fuse = Fuse::mount(scene.path(), &backing, &scene.production, &[]);
    (scene, fuse)
}

/// A scene whose standby is reached through the passthrough filesystem.
fn standby_through_fuse() -> (Scene, Fuse, Archive) {
    let mut scene = Scene::new();
    let archive = Archive::new(&scene.production, 12);
    let backing = scene.path().join("backing");
    scene.standby = scene.path().join("mounted");
    let fuse = Fuse::mount(scene.path(), &backing, &scene.standby, &[]);
    (scene, fuse, archive)
}

#[test]
fn an_unreadable_file_is_a_finding_and_the_others_are_mirrored() {
    for rule in ["read EIO /bad", "open EIO /bad", "open EACCES /bad"] {
        let (scene, fuse) = production_through_fuse();
        fuse.fail(&[rule]);
        let report = scene.run().report(rule, 1);
        assert_eq!(report["congruent"], false, "{rule}: {report:#}");
        let failures = report["failures"].as_array().unwrap();
        let listed = failures
            .iter()
            .any(|failure| failure["path"] == "bad" && failure["code"] == "unreadable");
        assert!(listed, "{rule}: {report:#}");
        let readable = scene.production_tree_without("bad");
        assert_old_or_new(rule, &readable, &readable, &scene.standby_tree());
        fuse.heal();
        scene.run_congruent(rule);
    }
}

/// A file that was mirrored and cannot be read any more is kept as it was.
#[test]
fn a_file_that_becomes_unreadable_keeps_its_copy() {
    let (scene, fuse) = production_through_fuse();
    scene.run_congruent("first pass");
    let old = scene.standby_tree();
    std::fs::write(scene.production.join("bad"), b"changed, and then not readable").unwrap();
    fuse.fail(&["read EIO /bad"]);
    let report = scene.run().report("unreadable", 1);
    assert_eq!(report["congruent"], false, "{report:#}");
    assert_old_or_new("unreadable", &old, &old, &scene.standby_tree());
    fuse.heal();
    scene.run_congruent("healed");
}

/// Beneath a directory that cannot be listed, nothing is deleted.
#[test]
fn beneath_an_unreadable_directory_nothing_is_deleted() {
    let (scene, fuse) = production_through_fuse();
    scene.run_congruent("first pass");
    let old = scene.standby_tree();
    fuse.fail(&["readdir EIO /study-03"]);
    let report = scene.run().report("unreadable directory", 1);
    assert_eq!(report["changes"]["deleted"], 0, "{report:#}");
    assert_old_or_new("unreadable directory", &old, &old, &scene.standby_tree());
    fuse.heal();
    scene.run_congruent("healed");
}

#[test]
fn a_standby_that_fails_ends_the_pass_uncertified() {
    let rules: &[&[&str]] = &[
        &["write EIO *"],
        &["write ENOSPC *"],
        &["write EDQUOT *"],
        &["create EIO *"],
        &["create ENOSPC *"],
        &["mkdir ENOSPC *"],
        &["rename EIO *"],
        &["rename ENOSPC *"],
        &["utimens EIO *"],
        &["chmod EROFS *"],
    ];
    let (scene, fuse, mut archive) = standby_through_fuse();
    scene.run_congruent("first pass");
    for rule in rules {
        let what = rule.join(", ");
        let old = scene.production_tree();
        archive.change();
        let new = scene.production_tree();
        let certificates = scene.certificates();
        fuse.fail(rule);
        let ended = scene.run();
        fuse.heal();
        ended.assert_code(&what, &[4]);
        assert_eq!(
            scene.certificates(),
            certificates,
            "{what}: certified all the same"
        );
        assert_old_or_new(&what, &old, &new, &scene.standby_tree());
        scene.run_congruent(&what);
    }
}

/// A disk that fails is not one that is not mounted: the pass could not finish, and runs again.
#[test]
fn a_root_that_a_failing_disk_cannot_make_ends_the_pass() {
    let (mut scene, fuse, _archive) = standby_through_fuse();
    scene.standby = scene.standby.join("standby");
    fuse.fail(&["mkdir EIO *"]);
    let ended = scene.run();
    ended.assert_code("no root", &[4]);
    assert!(ended.stdout.contains(r#""code": "io""#), "{ended}");
    fuse.heal();
    scene.run_congruent("healed");
}
