//! A production that changes under the pass: nothing breaks, and nothing outside either tree is read or written.

use crate::content::{Archive, Random, seed, times};
use crate::scene::Scene;
use crate::snapshot::{self, Tree};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

const PASSES: u32 = 10;
/// What lies outside, and must neither be copied nor changed.
const CANARY: &[u8] = b"this lies outside of both trees";

struct Outside {
    directory: PathBuf,
    before: Tree,
}

impl Outside {
    fn new(scene: &Scene) -> Self {
        let directory = scene.path().join("outside");
        std::fs::create_dir(&directory).unwrap();
        for name in ["canary", "0", "1", "2", "3"] {
            std::fs::write(directory.join(name), CANARY).unwrap();
        }
        let before = snapshot::take(&directory);
        Self { directory, before }
    }

    /// Nothing of it changed, and nothing of it is in the standby, its history included.
    fn assert_untouched(&self, what: &str, scene: &Scene) {
        assert_eq!(
            snapshot::take(&self.directory),
            self.before,
            "{what}: what lies outside was changed"
        );
        let canary = snapshot::hash(CANARY);
        let everything = crate::accounting::beneath(&scene.standby).into_iter();
        let copied: Vec<_> = everything
            .chain(crate::accounting::beneath(&scene.standby.join(".counterpart")))
            .filter(|(_, content)| *content == canary)
            .collect();
        assert!(copied.is_empty(), "{what}: copied from outside: {copied:?}");
    }
}

/// One after the other, in a tight loop: vanish, shrink, grow, become a link out of the tree, become a directory.
fn stir(directory: &Path, outside: &Path, random: &mut Random) {
    let path = directory.join(random.below(4).to_string());
    let whole = vec![b'x'; 60_000];
    match random.below(7) {
        0 => drop(std::fs::remove_file(&path)),
        1 => drop(open(&path).map(|file| file.set_len(10))),
        2 => drop(open(&path).map(|mut file| file.write_all(&whole))),
        3 => {
            drop(std::fs::remove_file(&path));
            drop(symlink(outside.join("canary"), &path));
        }
        4 => {
            drop(std::fs::remove_file(&path));
            drop(std::fs::create_dir(&path).and_then(|()| std::fs::write(path.join("0"), &whole)));
        }
        5 => drop(std::fs::remove_dir_all(&path)),
        // The directory itself becomes a link to one outside, and comes back.
        _ => {
            let aside = directory.with_extension("aside");
            drop(std::fs::rename(directory, &aside));
            drop(symlink(outside, directory));
            drop(std::fs::remove_file(directory));
            drop(std::fs::rename(&aside, directory));
        }
    }
}

/// Opens a file to write it; what is a link by now is not followed, or this test would write outside itself.
fn open(path: &Path) -> std::io::Result<std::fs::File> {
    let nofollow = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    std::fs::File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .custom_flags(nofollow)
        .open(path)
}

/// Stirs two directories of a tree while passes run.
fn passes_while_stirred(scene: &Scene, stirred: &Path, outside: &Outside, seed: u64, codes: &[i32]) {
    let stop = AtomicBool::new(false);
    // Held to look at the trees: a look by name would follow what is stirred out of the tree itself.
    let still = RwLock::new(());
    std::thread::scope(|scope| {
        for number in 0..2_u64 {
            let (stop, still, directory) = (&stop, &still, stirred.join(format!("stirred-{number}")));
            let mut random = Random::new(seed.wrapping_add(number));
            scope.spawn(move || {
                while !stop.load(Relaxed) {
                    let Ok(_stirring) = still.read() else { return };
                    drop(std::fs::create_dir(&directory));
                    stir(&directory, &outside.directory, &mut random);
                }
            });
        }
        let stopping = StopAtEnd(&stop);
        for pass in 0..times(PASSES) {
            let what = format!("seed {seed}, pass {pass}");
            scene.run().assert_code(&what, codes);
            let _still = still.write();
            outside.assert_untouched(&what, scene);
        }
        drop(stopping);
    });
}

/// Ends the stirring, even when a pass is not as it should be.
struct StopAtEnd<'a>(&'a AtomicBool);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

#[test]
fn production_may_change_in_any_way_while_it_is_read() {
    let seed = seed();
    let scene = Scene::new();
    drop(Archive::new(&scene.production, seed));
    let outside = Outside::new(&scene);
    passes_while_stirred(&scene, &scene.production, &outside, seed, &[0, 1]);
    scene.run_congruent("quiet");
    outside.assert_untouched("quiet", &scene);
}

/// Somebody stirs the standby itself: whatever they do, no write leaves it.
#[test]
fn no_write_leaves_a_standby_that_is_stirred() {
    let seed = seed();
    let scene = Scene::new();
    let mut archive = Archive::new(&scene.production, seed);
    for number in 0..2 {
        let directory = scene.production.join(format!("stirred-{number}"));
        std::fs::create_dir(&directory).unwrap();
        for name in 0..4 {
            std::fs::write(directory.join(name.to_string()), format!("production's {name}")).unwrap();
        }
    }
    let outside = Outside::new(&scene);
    scene.run_congruent("first pass");
    archive.change();
    passes_while_stirred(&scene, &scene.standby, &outside, seed, &[0, 1, 4]);
    scene.run_congruent("quiet");
    outside.assert_untouched("quiet", &scene);
}
