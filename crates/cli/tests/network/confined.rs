//! A hostile caller at an agent that is bound to one root and only reads: it gets nothing outside, and changes nothing.

use crate::scene::PROGRAM;
use crate::snapshot;
use counterpart_link::{Program, RemoteSite, Wanted};
use counterpart_model::{Failure, Policy, SiteRole};
use counterpart_port::{
    Extent, Observed, OpenRequest, Progress, ScanRequest, Site as _, Standby as _, Watch,
};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

const SECRET: &[u8] = b"this lies outside";

/// A root that is served, and a directory beside it that is not.
struct Bounds {
    dir: tempfile::TempDir,
}

/// A caller and its agent; the link goes before the agent that is waited for.
struct Called {
    site: Option<RemoteSite>,
    agent: Child,
}

impl Drop for Called {
    fn drop(&mut self) {
        drop(self.site.take());
        // It may have ended by itself.
        let _ = self.agent.kill();
        let _ = self.agent.wait();
    }
}

impl Bounds {
    fn new() -> Self {
        let bounds = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        for name in ["root/inner/deep", "outside/deep", "root-beside"] {
            std::fs::create_dir_all(bounds.at(name)).unwrap();
        }
        std::fs::write(bounds.at("root/inner/file"), b"inside").unwrap();
        std::fs::write(bounds.at("outside/file"), SECRET).unwrap();
        symlink(bounds.at("outside"), bounds.at("root/link")).unwrap();
        symlink("../outside", bounds.at("root/relative")).unwrap();
        bounds
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Asks an agent with these options for a site.
    fn ask(&self, options: &[&str], role: SiteRole, root: &Path) -> Result<Called, Failure> {
        let mut command = Command::new(PROGRAM);
        command.arg("agent").arg("--state").arg(self.at("state"));
        command.arg("--root").arg(self.at("root")).args(options);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut agent = command.spawn().unwrap();
        let (input, output) = (agent.stdout.take().unwrap(), agent.stdin.take().unwrap());
        let wanted = Wanted {
            role,
            pair: "p".to_owned(),
            root: root.as_os_str().as_bytes().to_vec(),
        };
        let this = Program {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            sha256: None,
        };
        let mut called = Called { site: None, agent };
        called.site = Some(RemoteSite::connect(input.into(), output.into(), &wanted, &this)?);
        Ok(called)
    }
}

fn request(pass: &str, read_only: bool) -> OpenRequest {
    OpenRequest {
        pair: "p".to_owned(),
        pass: pass.to_owned(),
        policy: Policy::default(),
        read_only,
        after: None,
        read_from: None,
    }
}

#[test]
fn roots_outside_are_refused_however_they_are_written() {
    let bounds = Bounds::new();
    let mut roots = vec![
        PathBuf::from("/"),
        PathBuf::from("root"),
        PathBuf::new(),
        PathBuf::from(".."),
    ];
    for name in [
        "outside",
        "root-beside",
        "root/link",
        "root/link/deep",
        "root/relative",
        "root/link/new",
        ".",
        "root/../outside",
    ] {
        roots.push(bounds.at(name));
    }
    for role in [SiteRole::Production, SiteRole::Standby] {
        for root in &roots {
            let refused = bounds.ask(&[], role, root);
            let why = refused
                .err()
                .unwrap_or_else(|| panic!("{} is served", root.display()))
                .why;
            assert!(why.contains("the agent refuses"), "{}: {why}", root.display());
        }
    }
    assert!(!bounds.at("outside/new").exists());
    let served = bounds.ask(&[], SiteRole::Production, &bounds.at("root/inner"));
    assert!(served.is_ok());
}

#[test]
fn nothing_that_changes_is_done_by_an_agent_that_only_reads() {
    let bounds = Bounds::new();
    let before = snapshot::take(&bounds.at("root"));
    assert!(
        bounds
            .ask(&["--read-only"], SiteRole::Standby, &bounds.at("root"))
            .is_err()
    );
    let called = bounds.ask(&["--read-only"], SiteRole::Production, &bounds.at("root"));
    let called = called.unwrap_or_else(|failure| panic!("{failure:?}"));
    let site = called.site.as_ref().unwrap();
    site.open(&request("pass-1", false)).unwrap();
    assert!(site.room().is_err());
    assert!(site.adopt().is_err());
    assert!(site.apply().is_err());
    assert!(
        site.versions(&counterpart_model::EntryPath::checked(b"inner/file").unwrap())
            .is_err()
    );
    assert_eq!(snapshot::take(&bounds.at("root")), before);
}

/// Between the look at a root and its opening a link takes its place: what is opened is looked at, not its name.
#[test]
fn a_root_that_becomes_a_link_to_the_outside_is_not_served() {
    let bounds = Bounds::new();
    let (root, ended) = (bounds.at("root/inner"), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let swapping = scope.spawn(|| {
            while !ended.load(Relaxed) {
                let link = bounds.at("root/link");
                renameat_with(CWD, &root, CWD, &link, RenameFlags::EXCHANGE).unwrap();
            }
        });
        let served = std::panic::catch_unwind(|| {
            (0..crate::content::times(60))
                .filter(|round| is_served_within(&bounds, &root, *round))
                .count()
        });
        ended.store(true, Relaxed);
        swapping.join().unwrap();
        assert!(served.unwrap() > 0, "the root was never served at all");
    });
}

/// False where it is refused; it must not be what lies outside.
fn is_served_within(bounds: &Bounds, root: &Path, round: u32) -> bool {
    let role = SiteRole::Production;
    let Ok(called) = bounds.ask(&["--read-only"], role, root) else {
        return false;
    };
    let site = called.site.as_ref().unwrap();
    if site.open(&request(&format!("pass-{round}"), true)).is_err() {
        return false;
    }
    let scan = ScanRequest {
        grain: counterpart_model::Grain::NANOSECOND,
        carry: counterpart_model::Carry::default(),
        policy: counterpart_model::Algorithm::Sha256.of(b""),
        settle_seconds: 0,
        moved: false,
        refresh_excluded: false,
    };
    site.scan(&scan, &mut |_| {}, &Patient).unwrap();
    let (mut stream, mut item) = (site.observed(Extent::Everything).unwrap(), Observed::default());
    while stream.next_into(&mut item).unwrap() {
        let (len, fact) = (SECRET.len() as u64, format!("{item:?}"));
        assert!(
            !fact.contains(&format!("size_bytes: {len},")),
            "round {round}: the outside is served: {fact}"
        );
    }
    true
}

/// Waits for the end.
struct Patient;

impl Watch for Patient {
    fn progress(&self, _: Progress) {}

    fn interrupted(&self) -> bool {
        false
    }
}
