//! Standbys that fold case, keep coarse times, or know neither exchange nor attributes.

use crate::content::Archive;
use crate::fuse_mount::Fuse;
use crate::scene::Scene;
use crate::snapshot::Node;
use std::path::Path;

fn standby_with(options: &[&str]) -> (Scene, Fuse) {
    let mut scene = Scene::new().without_hardlinks();
    let backing = scene.path().join("backing");
    scene.standby = scene.path().join("mounted");
    let fuse = Fuse::mount(scene.path(), &backing, &scene.standby, options);
    (scene, fuse)
}

fn text(scene: &Scene, path: &str) -> String {
    std::fs::read_to_string(scene.standby.join(path)).unwrap_or_default()
}

/// Two names that would become one are both left and listed, and nothing that is there is lost.
#[test]
fn names_that_would_become_one_are_left_and_listed() {
    let (scene, _fuse) = standby_with(&["--fold-case"]);
    let write =
        |path: &str| std::fs::write(scene.production.join(path), format!("content of {path}")).unwrap();
    std::fs::create_dir(scene.production.join("d")).unwrap();
    for path in ["plain", "d/Patient", "d/other"] {
        write(path);
    }
    scene.run_congruent("no two names alike");
    for path in ["d/PATIENT", "new", "New", "d/fine"] {
        write(path);
    }
    let report = scene.run().report("names alike", 1);
    let listed: Vec<&str> = report["failures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|failure| failure["path"].as_str().unwrap())
        .collect();
    for path in ["d/PATIENT", "new", "New"] {
        assert!(listed.contains(&path), "{path} is not listed: {report:#}");
    }
    assert_eq!(text(&scene, "d/Patient"), "content of d/Patient");
    assert_eq!(text(&scene, "d/fine"), "content of d/fine");
    assert!(
        !scene.standby.join("new").exists(),
        "one of two names alike was made: {report:#}"
    );
    // A plain rename that only changes the case is no collision.
    for path in ["d/PATIENT", "new"] {
        std::fs::remove_file(scene.production.join(path)).unwrap();
    }
    std::fs::rename(scene.production.join("plain"), scene.production.join("Plain")).unwrap();
    // Today it takes two passes: the first one leaves the old case, and says that the trees differ.
    scene.run().assert_code("a name that changes its case", &[0, 1]);
    scene.run_congruent("a name that changes its case");
    assert!(scene.standby_tree().contains_key(Path::new("Plain")));
}

/// Times at two seconds: a pass that finds nothing new changes nothing and sends nothing.
#[test]
fn on_coarse_times_a_second_pass_has_nothing_to_do() {
    let (scene, _fuse) = standby_with(&["--grain-seconds", "2"]);
    let mut archive = Archive::new(&scene.production, 21);
    for round in 0..3 {
        let report = scene.run().report("coarse times", 0);
        assert_eq!(report["congruent"], true, "{report:#}");
        let report = scene.run().report("again", 0);
        assert_eq!(report["bytes_sent"], 0, "round {round}: {report:#}");
        for (what, count) in report["changes"].as_object().unwrap() {
            assert_eq!(*count, 0, "round {round}, {what}: {report:#}");
        }
        let contents = |tree: crate::snapshot::Tree| -> Vec<_> {
            tree.into_iter()
                .map(|(path, node)| (path, node.content(), matches!(node, Node::Link(_))))
                .collect()
        };
        assert_eq!(
            contents(scene.production_tree()),
            contents(scene.standby_tree()),
            "round {round}"
        );
        archive.change();
    }
}

/// Without exchange, attributes and lists, the same is done in more steps.
#[test]
fn without_exchange_and_attributes_it_works_all_the_same() {
    let (scene, _fuse) = standby_with(&[]);
    let mut archive = Archive::new(&scene.production, 22);
    for round in 0..4 {
        scene.run_congruent(&format!("round {round}"));
        archive.change();
    }
}
