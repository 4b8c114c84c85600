//! What is measured of real filesystems, and that nothing of the measuring stays.

use crate::disk::Disk;
use crate::support::*;
use counterpart_model::Grain;
use counterpart_tree::{Root, probe};

#[test]
fn this_filesystem_is_measured_and_left_clean() {
    let scene = Scene::new();
    let stale = scene.on_disk(".counterpart/incoming/probe/file");
    std::fs::create_dir_all(stale.parent().unwrap()).unwrap();
    std::fs::write(&stale, b"of a killed probe").unwrap();
    let measured = probe::measure(&scene.root).unwrap();
    assert_eq!(measured.grain, Grain::NANOSECOND);
    assert_eq!(measured, probe::assume(&scene.root).unwrap());
    assert!(
        scene
            .on_disk(".counterpart/incoming")
            .read_dir()
            .unwrap()
            .next()
            .is_none()
    );
}

#[test]
fn an_old_ext4_with_small_inodes_has_whole_seconds() {
    let disk = Disk::new("ext4", 8, &["-m", "0", "-I", "128"]);
    let measured = probe::measure(&Root::open(&disk.path()).unwrap()).unwrap();
    assert_eq!(measured.grain, Grain::from_nanos(1_000_000_000));
    assert!(measured.exchange && measured.owners && measured.names.case_sensitive);
}
