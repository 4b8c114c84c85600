//! Directories of the far tree that become links to the outside while passes run, and directories again: nothing outside
//! is ever read into the copy, and nothing is written there.

use crate::accounting::beneath;
use crate::content::{Archive, Random, seed, times};
use crate::scene::{BOTH, Scene, Way};
use crate::snapshot::{self, Tree};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

const PASSES: u32 = 6;
/// What lies outside, and must neither be copied nor changed.
const CANARY: &[u8] = b"this lies outside of both trees";

/// A directory outside, with the same names inside as one of the tree.
struct Outside {
    directory: PathBuf,
    before: Tree,
}

impl Outside {
    fn new(scene: &Scene) -> Self {
        let directory = scene.path("outside");
        std::fs::create_dir(&directory).unwrap();
        for folder in ["study-00", "study-01"] {
            for entry in std::fs::read_dir(scene.production.join(folder)).unwrap() {
                std::fs::write(directory.join(entry.unwrap().file_name()), CANARY).unwrap();
            }
        }
        let before = snapshot::take(&directory);
        Self { directory, before }
    }

    fn assert_untouched(&self, what: &str, scene: &Scene) {
        let now = snapshot::take(&self.directory);
        assert_eq!(now, self.before, "{what}: what lies outside was changed");
        let canary = snapshot::hash(CANARY);
        let kept = beneath(&scene.standby.join(".counterpart"));
        let copied: Vec<_> = beneath(&scene.standby)
            .into_iter()
            .chain(kept)
            .filter(|(_, content)| *content == canary)
            .collect();
        assert!(copied.is_empty(), "{what}: copied from outside: {copied:?}");
    }
}

/// A directory of a tree, and the link that takes its place.
struct Swap {
    directory: PathBuf,
    link: PathBuf,
}

impl Swap {
    fn new(scene: &Scene, outside: &Outside, name: &str, directory: PathBuf) -> Self {
        let link = scene.path(&format!("swap-{name}"));
        symlink(&outside.directory, &link).unwrap();
        Self { directory, link }
    }

    /// In one step, so that the name is never absent. Where the pass itself has moved it, nothing is swapped.
    fn swap(&self) {
        let _ = renameat_with(CWD, &self.directory, CWD, &self.link, RenameFlags::EXCHANGE);
    }

    /// The pass may have put a directory there itself.
    fn end(&self) {
        if self.directory.is_symlink() && self.link.is_dir() && !self.link.is_symlink() {
            self.swap();
        }
    }
}

/// What is swapped: of production folders, of the standby what is kept beneath it, too.
fn directories(scene: &Scene) -> Vec<PathBuf> {
    let (tree, names): (&Path, &[&str]) = match scene.way {
        Way::Pull => (&scene.production, &["study-00", "study-01"]),
        Way::Push => (
            &scene.standby,
            &[
                "study-00",
                "study-01",
                ".counterpart/incoming",
                ".counterpart/history",
            ],
        ),
    };
    names.iter().map(|name| tree.join(name)).collect()
}

#[test]
fn a_link_that_takes_the_place_of_a_far_directory_leads_nowhere() {
    let seed = seed();
    std::thread::scope(|scope| {
        for way in BOTH {
            scope.spawn(move || swapped(way, seed));
        }
    });
}

fn swapped(way: Way, seed: u64) {
    let scene = Scene::here(way);
    drop(Archive::new(&scene.production, seed));
    scene.run_congruent("first pass");
    let outside = Outside::new(&scene);
    let directories = directories(&scene);
    for round in 0..times(PASSES) {
        let what = format!("seed {seed}, {way:?}, round {round}");
        if way == Way::Push {
            rewrite(&scene.production, &format!("round {round}"));
        }
        let swaps: Vec<Swap> = (directories.iter().enumerate())
            .map(|(number, directory)| {
                Swap::new(&scene, &outside, &format!("{round}-{number}"), directory.clone())
            })
            .collect();
        while_swapping(&swaps, seed + u64::from(round), || {
            let ended = scene.run();
            assert!(matches!(ended.code, Some(0 | 1 | 3 | 4)), "{what}: {ended}");
            assert!(!ended.stderr.contains("panicked"), "{what}: {ended}");
        });
        outside.assert_untouched(&what, &scene);
    }
    drop(scene.run());
    scene.run_congruent(&format!("seed {seed}, {way:?}, afterwards"));
    outside.assert_untouched("afterwards", &scene);
}

/// Changes every file of the folders that are swapped.
fn rewrite(production: &Path, content: &str) {
    for folder in ["study-00", "study-01"] {
        for entry in std::fs::read_dir(production.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            std::fs::write(&path, format!("{content} of {}", path.display())).unwrap();
        }
    }
}

fn while_swapping(swaps: &[Swap], seed: u64, act: impl FnOnce()) {
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let swapping = scope.spawn(|| {
            let mut random = Random::new(seed);
            while !ended.load(Relaxed) {
                let at = random.below(swaps.len());
                swaps[at].swap();
                std::thread::sleep(std::time::Duration::from_micros(random.next() % 3_000));
            }
            swaps.iter().for_each(Swap::end);
        });
        let acted = std::panic::catch_unwind(std::panic::AssertUnwindSafe(act));
        ended.store(true, Relaxed);
        swapping.join().unwrap();
        acted.unwrap();
    });
}
