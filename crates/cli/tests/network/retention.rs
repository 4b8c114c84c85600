//! Under pull, a production that lies about every time it has cannot end or shorten what the standby keeps: retention
//! goes by the standby's clock, from when something was set aside.

use crate::clocks::moved;
use crate::scene::{Scene, Way};
use serde_json::Value;
use std::fs::File;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// In 1970 and in 2099.
const TIMES: [u64; 2] = [1, 4_080_000_000];

/// One pass that may find what it likes, but must come to its end.
fn pass(scene: &Scene, what: &str) {
    let ended = scene.run();
    assert!(matches!(ended.code, Some(0 | 1)), "{what}: {ended}");
}

fn write(scene: &Scene, content: &[u8], time: u64) {
    let path = scene.production.join("file");
    std::fs::write(&path, content).unwrap();
    let file = File::options().write(true).open(&path).unwrap();
    file.set_modified(UNIX_EPOCH + Duration::from_secs(time)).unwrap();
}

/// Every content that is kept beneath the standby's root.
fn kept(scene: &Scene) -> Vec<Vec<u8>> {
    let history = crate::accounting::beneath(&scene.standby.join(".counterpart/history"));
    history.keys().map(|path| std::fs::read(path).unwrap()).collect()
}

fn assert_kept(scene: &Scene, what: &str, contents: &[Vec<u8>]) {
    let kept = kept(scene);
    for content in contents {
        assert!(
            kept.contains(content),
            "{what}: {:?} is lost",
            String::from_utf8_lossy(content)
        );
    }
    let pruned = scene.counterpart(&["prune", "--yes"]).report(what, 0);
    assert_eq!(pruned["removed"], false, "{what}: {pruned:#}");
    assert_eq!(
        pruned["passes"].as_array().map(Vec::len),
        Some(0),
        "{what}: {pruned:#}"
    );
}

/// It was set aside between these two times of the standby's own clock.
fn assert_stamped(scene: &Scene, what: &str, began: SystemTime) {
    let history = scene.counterpart(&["history", "file"]).report(what, 0);
    let versions = history["versions"].as_array().unwrap();
    assert!(!versions.is_empty(), "{what}: {history:#}");
    let day = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap().as_secs() / 86_400;
    for version in versions {
        let years = (1970 + day(began) / 366, 1970 + day(SystemTime::now()) / 365);
        let set_aside: &Value = &version["set_aside"];
        let year: u64 = set_aside.as_str().unwrap_or_else(|| panic!("{history:#}"))[..4]
            .parse()
            .unwrap();
        assert!((years.0..=years.1).contains(&year), "{what}: {history:#}");
    }
}

#[test]
fn what_production_says_of_the_time_ends_nothing_that_is_kept() {
    for clock in ["+0s", "-50y", "+70y"] {
        let mut scene = Scene::here(Way::Pull);
        scene.settings = "history = \"30d\"".to_owned();
        scene.remote.0 = moved(clock);
        let began = SystemTime::now();
        let mut contents = Vec::new();
        std::fs::write(scene.production.join("other"), b"stays").unwrap();
        for (round, time) in TIMES.into_iter().cycle().take(6).enumerate() {
            let what = format!("clock {clock}, round {round}");
            let content = format!("version {round} of it").into_bytes();
            write(&scene, &content, time);
            pass(&scene, &what);
            assert_eq!(
                std::fs::read(scene.standby.join("file")).unwrap(),
                content,
                "{what}"
            );
            assert_kept(&scene, &what, &contents);
            contents.push(content);
        }
        let what = format!("clock {clock}, removed");
        std::fs::remove_file(scene.production.join("file")).unwrap();
        pass(&scene, &what);
        assert!(!scene.standby.join("file").exists(), "{what}");
        assert_kept(&scene, &what, &contents);
        assert_stamped(&scene, &what, began);
    }
}
