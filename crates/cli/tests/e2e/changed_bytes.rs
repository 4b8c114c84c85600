//! What travels of a large file that changed.

use crate::harness::{Far, World, noise, tick};
use std::fs;
use std::time::Duration;

const MIB: usize = 1 << 20;
/// What a pass may send of a file of which so much changed: all of it where nothing is far.
fn assert_sent(world: &World, what: &str, whole: usize, at_most: usize) {
    let sent = world.congruent_pass().number("bytes_sent");
    if Far::wanted() == Far::Neither {
        assert_eq!(sent, whole as u64, "{what}");
    } else {
        assert!(sent <= at_most as u64, "{what}: sent {sent}, at most {at_most}");
    }
}

#[test]
fn only_the_changed_bytes_of_a_changed_file_travel() {
    let world = World::new();
    let mut content = noise(1, 8 * MIB + 77);
    world.file("database", &content);
    world.file("small", noise(2, 100_000));
    world.congruent_pass();

    content.extend(noise(3, 10_000));
    world.file("database", &content);
    tick();
    assert_sent(&world, "appended", content.len(), 10_000 + 4_096);

    content.splice(3 * MIB..3 * MIB, noise(4, 333));
    world.file("database", &content);
    tick();
    assert_sent(&world, "inserted", content.len(), 8_192);

    content[5 * MIB..5 * MIB + 16].fill(7);
    world.file("database", &content);
    tick();
    assert_sent(&world, "overwritten", content.len(), 8_192);

    content.drain(MIB..2 * MIB);
    world.file("database", &content);
    tick();
    assert_sent(&world, "removed", content.len(), 8_192);

    let other = noise(5, 100_000);
    world.file("small", [&noise(2, 50_000)[..], &other[..50_000]].concat());
    tick();
    assert_sent(&world, "half of a small one", 100_000, 60_000);

    world.file("database", noise(6, content.len()));
    tick();
    assert_sent(&world, "nothing in common", content.len(), content.len());
    world.congruent_pass().changed_nothing().sent(0);
}

/// Times alone, and a reading of everything, cost no content.
#[test]
fn content_that_is_the_same_does_not_travel() {
    let world = World::new();
    world.file("large", noise(7, 4 * MIB));
    world.congruent_pass();
    tick();
    fs::File::options()
        .write(true)
        .open(world.s("large"))
        .unwrap()
        .set_modified(std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000))
        .unwrap();
    world.congruent_pass().sent(0);
    world.verify(&["--reread"]).congruent().sent(0);
}
