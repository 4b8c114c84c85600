//! A large file whose transfer broke off: what arrived of it stays, and is not sent again.

use crate::harness::{World, noise, tick};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const MIB: usize = 1 << 20;
/// Far beyond what any step here takes.
const PATIENCE: Duration = Duration::from_secs(60);

fn partial(world: &World) -> Option<(PathBuf, u64)> {
    let listed = fs::read_dir(world.d(".counterpart/incoming")).ok()?;
    let mut files = listed.filter_map(|entry| {
        let path = entry.ok()?.path();
        let kept = path.file_name()?.to_str()?.starts_with("p-");
        Some((path.clone(), fs::metadata(&path).ok()?.len())).filter(|_| kept)
    });
    files.next()
}

/// The bytes of the longest file beneath a directory; directories may vanish meanwhile.
fn longest(directory: &Path) -> u64 {
    let Ok(listed) = fs::read_dir(directory) else {
        return 0;
    };
    let lengths = listed.flatten().map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => longest(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    lengths.max().unwrap_or(0)
}

/// Starts a pass and takes its ssh away once so many bytes of a file have arrived. False where it came to its end.
fn cut_after(world: &World, bytes: u64) -> bool {
    let words = world.pass_arguments::<&str>(&[]);
    let mut command = world.command(&[vec!["--json".into()], words].concat());
    let mut caller = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while longest(&world.d(".counterpart/incoming")) < bytes {
        assert!(began.elapsed() < PATIENCE, "nothing arrives");
        if let Some(status) = caller.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let parent = caller.id().to_string();
    // It may have ended by itself.
    let _ = Command::new("pkill")
        .args(["-KILL", "-P", &parent, "-x", "ssh"])
        .output();
    caller.wait().unwrap().code() == Some(4)
}

#[test]
fn what_arrived_of_a_large_file_is_not_sent_again() {
    for (new_directory, name) in [(false, "large"), (true, "study/deep/large")] {
        let world = World::new();
        world.file("first", "content");
        world.congruent_pass();
        let mut size = 64 * MIB;
        loop {
            world.file(name, noise(8, size));
            tick();
            if cut_after(&world, 8 << 20) {
                break;
            }
            fs::remove_file(world.s(name)).unwrap();
            world.pass();
            size *= 2;
        }
        let began = Instant::now();
        // The far end notices by itself.
        while partial(&world).is_none() {
            assert!(
                began.elapsed() < PATIENCE,
                "nothing is kept (new directory: {new_directory})"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        let (_, kept) = partial(&world).unwrap();
        assert!(kept >= 8 << 20, "{kept}");
        let sent = world.congruent_pass().number("bytes_sent");
        let left = size as u64 - kept;
        assert!(
            sent <= left + 65_536,
            "sent {sent}, but {kept} of {size} had arrived"
        );
        assert_eq!(partial(&world), None);
        world.congruent_pass().changed_nothing().sent(0);
    }
}
