//! A day on which an archive was encrypted.

use super::refused_until_approved;
use crate::harness::*;
use std::fs;

fn images(world: &World, count: u8) {
    for number in 0..count {
        world.file(
            format!("images/{number:03}.dcm"),
            [vec![0; 128], b"DICM".to_vec(), vec![number; 500]].concat(),
        );
    }
    world.files("pages", 400);
}

/// Bytes that look like nothing.
fn noise(seed: usize) -> Vec<u8> {
    let mut state = seed as u64 + 1;
    let mut byte = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..700).map(|_| byte()).collect()
}

#[test]
fn dicom_files_that_lose_their_mark_in_bulk_are_refused() {
    let world = World::new();
    images(&world, 60);
    world.congruent_pass();
    for number in 0..30 {
        fs::write(world.s(format!("images/{number:03}.dcm")), noise(number)).unwrap();
    }
    refused_until_approved(&world, &[], &["magic-lost"]);
}

#[test]
fn dicom_files_that_are_edited_in_bulk_are_not() {
    let world = World::new();
    images(&world, 60);
    world.congruent_pass();
    for number in 0..30 {
        let edited = [vec![0; 128], b"DICM".to_vec(), vec![9; 400]].concat();
        fs::write(world.s(format!("images/{number:03}.dcm")), edited).unwrap();
    }
    world.congruent_pass().changed([0, 30, 0, 0, 0]);
}

#[test]
fn extensions_that_change_in_bulk_are_refused() {
    let world = World::new();
    images(&world, 60);
    world.congruent_pass();
    for number in 0..40 {
        let (old, new) = (
            format!("images/{number:03}.dcm"),
            format!("images/{number:03}.dcm.locked"),
        );
        fs::rename(world.s(&old), world.s(&new)).unwrap();
        fs::write(world.s(&new), noise(number)).unwrap();
    }
    refused_until_approved(&world, &[], &["extension-changed"]);
}

#[test]
fn extensions_that_change_by_renaming_alone_are_refused_too() {
    let world = World::new();
    images(&world, 60);
    world.congruent_pass();
    for number in 0..40 {
        fs::rename(
            world.s(format!("images/{number:03}.dcm")),
            world.s(format!("images/{number:03}.enc")),
        )
        .unwrap();
    }
    refused_until_approved(&world, &[], &["extension-changed"]);
}
