//! Files that change while they are observed.

use crate::harness::*;
use std::fs;
use std::io::{Seek as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

#[test]
fn a_file_that_never_rests_is_unsettled_and_the_next_quiet_pass_congruent() {
    let world = World::new();
    world.file("quiet", "content");
    world.file("restless", vec![0; 4 << 20]);
    world.set_restless(true);
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = fs::OpenOptions::new()
                .write(true)
                .open(world.s("restless"))
                .unwrap();
            let mut number = 0_u64;
            while !ended.load(Relaxed) {
                number += 1;
                file.seek(std::io::SeekFrom::Start(number % 1_000)).unwrap();
                file.write_all(&number.to_le_bytes()).unwrap();
                std::thread::sleep(std::time::Duration::from_micros(200));
            }
        });
        let outcome = world.pass();
        ended.store(true, Relaxed);
        let outcome = outcome.not_congruent();
        assert!(outcome.number("unsettled") >= 1, "{outcome}");
        assert!(
            outcome.findings().contains(&"torn restless".to_owned()),
            "{outcome}"
        );
    });
    assert_eq!(fs::read(world.d("quiet")).unwrap(), b"content");
    world.set_restless(false);
    tick();
    world.congruent_pass();
    world.congruent_pass().changed_nothing();
}

#[test]
fn young_files_wait_where_the_pair_says_so() {
    let world = World::new().configured("[pair.p.tree]\nsettle = \"1h\"");
    world.file("old", "old");
    world.file("young", "young");
    // Only the time of change cannot be set back, so nothing is old here: everything waits.
    set_mtime(&world.s("old"), 1_600_000_000, 0);
    let outcome = world.bare_pass();
    assert!(!world.d("young").exists(), "{outcome}");
    let told = world.log(&outcome);
    assert!(
        told.iter().any(|entry| entry["finding"]["code"] == "settling"),
        "{told:#?}"
    );
    world.configure("");
    world.congruent_pass();
    assert!(world.d("young").exists() && world.d("old").exists());
}
