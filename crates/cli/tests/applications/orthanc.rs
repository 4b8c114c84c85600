//! Two Orthanc servers: production takes instances in by C-STORE and by REST all the while, the standby is stopped and
//! started by the pass, and afterwards serves every instance that was certified.

use crate::program::{counterpart, python, until};
use crate::server::Orthanc;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Child, Command};

/// What sends to production; ends with its scene.
struct Intake(Child);

impl Drop for Intake {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn configure(dir: &Path, production: &Orthanc, standby: &Orthanc) {
    let quoted = |path: std::path::PathBuf| format!("\"{}\"", path.display());
    let [at_production, at_standby] = [production, standby].map(|server| quoted(server.script()));
    let text = format!(
        "[pair.archive]\nproduction = {}\nstandby = {}\ndeadline = \"10m\"\n\
         [pair.archive.guard]\nmax_change = \"100%\"\n\
         [pair.archive.production-hold]\nmethod = \"read-only\"\n\
         begin = [{at_production}, \"hold\", \"{}\"]\nend = [{at_production}, \"release\"]\ntimeout = \"60s\"\n\
         [pair.archive.standby-application]\nstop = [{at_standby}, \"stop\"]\nstart = [{at_standby}, \"start\"]\n\
         ready = \"{}/system\"\nready_within = \"60s\"\n\
         [[pair.archive.probe]]\nname = \"statistics\"\njson_leave = [\"/TotalDiskSizeMB\", \"/TotalUncompressedSizeMB\"]\n\
         production = {{ get = \"{}/statistics\" }}\nstandby = {{ get = \"{}/statistics\" }}\n",
        quoted(production.tree()),
        quoted(standby.tree()),
        production.address(),
        standby.address(),
        production.address(),
        standby.address(),
    );
    fs::write(dir.join("counterpart.toml"), text).unwrap();
}

/// The instances that were taken in so far, and how each came.
fn taken(dir: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(dir.join("taken")).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let one = |line: &str| {
        line.split_once(' ')
            .map(|(uid, how)| (uid.to_owned(), how.to_owned()))
    };
    whole.lines().filter_map(one).collect()
}

fn assert_served(taken: &[(String, String)], production: &Orthanc, standby: &Orthanc) {
    for (uid, how) in taken {
        let served = standby.instance(uid);
        assert!(
            served.is_some(),
            "{uid}, which came by {how}, is not served by the standby"
        );
        assert_eq!(served, production.instance(uid), "{uid}");
    }
}

fn passed(dir: &Path) -> Value {
    let (code, report) = counterpart(dir, &["run"]);
    assert_eq!(code, 0, "{report:#}");
    assert_eq!(report["congruent"], true, "{report:#}");
    assert_eq!(report["probes"][0]["verdict"], "EQUAL", "{report:#}");
    report
}

#[test]
fn the_standby_serves_every_instance_that_was_certified_while_production_takes_more_in() {
    let scene = tempfile::tempdir().unwrap();
    let dir = scene.path();
    let (production, standby) = (
        Orthanc::new(&dir.join("production")),
        Orthanc::new(&dir.join("standby")),
    );
    production.start();
    configure(dir, &production, &standby);
    let mut intake = python();
    intake.arg(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/applications/intake.py"
    ));
    intake.args([&production.address(), &production.dicom.to_string()]);
    let child = intake
        .arg(dir.join("taken"))
        .arg(dir.join("stop"))
        .spawn()
        .unwrap();
    let mut intake = Intake(child);
    let mut known = 0;
    for _ in 0..3 {
        until("more instances", || taken(dir).len() >= known + 30);
        // Whatever was taken in before the pass began is in what it certifies.
        let before = taken(dir);
        let report = passed(dir);
        assert!(report["held_seconds"].as_f64().is_some(), "{report:#}");
        assert_served(&before, &production, &standby);
        let ways = |wanted: &str| before.iter().filter(|(_, how)| how == wanted).count();
        assert!(ways("REST") > 0 && ways("DICOM") > 0);
        known = before.len();
    }
    fs::write(dir.join("stop"), "").unwrap();
    assert!(intake.0.wait().unwrap().success());
    // When nothing comes any more, both hold the same.
    passed(dir);
    assert_eq!(production.statistics(), standby.statistics());
    let all = taken(dir);
    assert_eq!(standby.statistics()["CountInstances"], all.len());
    assert_served(&all, &production, &standby);
    let (code, verified) = counterpart(dir, &["certificate", "verify"]);
    assert_eq!((code, &verified["holds"]), (0, &true.into()), "{verified:#}");
    done_writing(&production);
}

/// What the pass left at production: nothing is held any more.
fn done_writing(production: &Orthanc) {
    assert!(!production.dir.join("held").exists());
    let listed = Command::new("find")
        .arg(production.tree())
        .args(["-name", ".counterpart"])
        .output()
        .unwrap();
    assert!(listed.stdout.is_empty(), "nothing is kept beneath production");
}
