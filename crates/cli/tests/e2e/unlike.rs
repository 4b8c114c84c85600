//! A full exchange over a link: of what both last manifests say, only what changed is told.

use crate::harness::*;
use std::fs;

/// A lasting difference keeps the two manifests apart. What they have in common is still compared rightly.
#[test]
fn beside_a_lasting_difference_every_other_change_is_seen() {
    let world = World::new()
        .configured("[pair.p.tree]\nappend_only = [\"archive/**\"]\n[pair.p.guard]\nmax_delete = \"10%\"");
    world.file("archive/one", "certified");
    (0..80).for_each(|folder| world.files(&format!("work/{folder:02}"), 6));
    for number in 0..70_000 {
        let link = world.s(format!("work/{:02}/link{number}", number % 80));
        std::os::unix::fs::symlink("x", link).unwrap();
    }
    world.congruent_pass();
    world.file("archive/one", "rewritten");
    let finding = ["append-only-change archive/one"];
    world.pass().not_congruent().found(&finding);
    tick();
    world.file("work/10/f00001", "changed at production");
    fs::remove_file(world.s("work/20/f00002")).unwrap();
    world.file("work/30/new", "made");
    fs::write(world.d("work/40/f00003"), "changed at the standby").unwrap();
    fs::remove_file(world.d("work/50/f00004")).unwrap();
    fs::write(world.d("work/60/stray"), "made at the standby").unwrap();
    fs::remove_dir_all(world.s("work/70")).unwrap();
    let outcome = world.pass().not_congruent();
    assert!(outcome.findings().contains(&finding[0].to_owned()), "{outcome}");
    let left = world.rsync();
    assert!(left.lines().all(|line| line.contains("archive")), "{left}");
    world.pass().not_congruent().found(&finding);
}
