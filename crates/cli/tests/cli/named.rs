//! The file of named commands: what is understood, what is explained, who may have written it; and a real agent that runs
//! them for whoever asks by name.

use counterpart_cli::config::named::{named_commands, parse};
use counterpart_link::{Program, RemoteSite, Wanted};
use counterpart_model::{Code, SiteRole};
use counterpart_port::{Act, CommandName, Commands as _, HowEnded, Output, Progress, Task, Watch};
use std::ffi::OsString;
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

fn nothing(_: &str) -> Option<OsString> {
    None
}

/// The one mistake in a file.
fn mistake(text: &str) -> String {
    let found = parse(Path::new("c.toml"), text, &nothing).unwrap_err();
    assert_eq!(found.0.len(), 1, "{found:?}");
    let found = &found.0[0];
    format!("{}: {} ({})", found.at(), found.why, found.hint)
}

fn named(name: &str) -> Task {
    Task {
        act: Act::Command(CommandName::checked(name).unwrap()),
        timeout_seconds: 600,
    }
}

#[derive(Default)]
struct Told(AtomicBool);

impl Watch for Told {
    fn progress(&self, _: Progress) {}

    fn interrupted(&self) -> bool {
        self.0.load(Relaxed)
    }
}

#[test]
fn a_full_file_is_understood() {
    let text = r#"
        [command.stop-datafax]
        run = ["/usr/bin/systemctl", "stop", "datafax"]
        timeout_seconds = 120
        [command.DFstatus]
        run = ["/opt/datafax/bin/DFstatus", "-s", "035"]
        env = ["LANG", "NOT_SET"]
    "#;
    let lang = |name: &str| (name == "LANG").then(|| "C.UTF-8".into());
    let table = parse(Path::new("c.toml"), text, &lang).unwrap();
    let offered = table.offered().unwrap();
    let told: Vec<_> = offered
        .iter()
        .map(|one| (one.name.as_str(), one.program.as_str(), one.timeout_seconds))
        .collect();
    assert_eq!(
        told,
        [("DFstatus", "DFstatus", 600), ("stop-datafax", "systemctl", 120)]
    );
    assert!(
        parse(Path::new("c.toml"), "", &nothing)
            .unwrap()
            .offered()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn each_mistake_is_told_with_its_place_and_what_to_write() {
    let absolute = mistake("[command.a]\nrun = [\"systemctl\"]\n");
    assert!(
        absolute.starts_with("c.toml:2:8: `run` has the program \"systemctl\", which is no absolute path"),
        "{absolute}"
    );
    for (text, told) in [
        ("[command.a]\ntimeout_seconds = 1\n", "`run` is missing"),
        ("[command.a]\nrun = []\n", "names no program"),
        ("[command.a]\nrun = \"/bin/true\"\n", "a list of strings"),
        (
            "[command.a]\nrun = [\"/bin/true\"]\ntimeout_seconds = 0\n",
            "seconds from 1 to 86400",
        ),
        (
            "[command.a]\nrun = [\"/bin/true\"]\ntimeout = 9\n",
            "unknown setting `timeout`",
        ),
        (
            "[command.a]\nrun = [\"/bin/true\"]\nenv = [\"A=B\"]\n",
            "`env` cannot have \"A=B\"",
        ),
        (
            "[command.a]\nrun = [\"/bin/true\"]\nenv = [\"SSH_ORIGINAL_COMMAND\"]\n",
            "what the other end says",
        ),
        (
            "[command.\"a/b\"]\nrun = [\"/bin/true\"]\n",
            "a command cannot be called \"a/b\"",
        ),
        ("[commands.a]\nrun = [\"/bin/true\"]\n", "did you mean `command`?"),
        ("[command.a\n", "c.toml:1"),
    ] {
        let mistake = mistake(text);
        assert!(mistake.contains(told), "{text}: {mistake}");
    }
}

/// Why a file is not trusted.
fn distrusted(file: &Path) -> String {
    let found = named_commands(file, &nothing).unwrap_err();
    format!("{} ({})", found.0[0].why, found.0[0].hint)
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_file_that_another_could_have_written_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("etc");
    fs::create_dir(&folder).unwrap();
    let file = folder.join("commands.toml");
    fs::write(&file, "[command.a]\nrun = [\"/bin/true\"]\n").unwrap();
    mode(&folder, 0o755);
    mode(&file, 0o644);
    assert!(named_commands(&file, &nothing).is_ok());
    for open in [0o664, 0o646] {
        mode(&file, open);
        let why = distrusted(&file);
        assert!(
            why.contains("others than its owner can write to") && why.contains("chmod go-w"),
            "{why}"
        );
    }
    mode(&file, 0o600);
    for open in [0o775, 0o757] {
        mode(&folder, open);
        assert!(
            distrusted(&file).contains("etc (Take that right away"),
            "{}",
            distrusted(&file)
        );
        // A link to it does not hide where it lies.
        let link = dir.path().join("link");
        drop(fs::remove_file(&link));
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(distrusted(&link).contains("Take that right away"));
    }
    mode(&folder, 0o755);
    chown(&file, Some(12_345), None).unwrap();
    assert!(
        distrusted(&file).contains("belongs to the user 12345"),
        "{}",
        distrusted(&file)
    );
    assert!(distrusted(&folder).contains("it is no file"));
    assert!(distrusted(&dir.path().join("none")).contains("No such file"));
}

/// A real agent with these commands, and a link to it.
struct Served {
    dir: tempfile::TempDir,
    agent: Child,
    /// What the caller says goes through it, so that the caller can be cut off.
    relay: Child,
}

impl Served {
    fn new(commands: &str, options: &[&str]) -> (Self, Result<RemoteSite, counterpart_model::Failure>) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("commands.toml");
        let here = dir.path().display().to_string();
        fs::write(&file, commands.replace("{dir}", &here)).unwrap();
        mode(&file, 0o600);
        let root = dir.path().join("root");
        fs::create_dir(&root).unwrap();
        let mut relay = Command::new("cat")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut agent = Command::new(env!("CARGO_BIN_EXE_counterpart"))
            .args(["agent", "--read-only", "--root"])
            .arg(&root)
            .arg("--commands")
            .arg(&file)
            .arg("--state")
            .arg(dir.path().join("state"))
            .args(options)
            .env("SSH_ORIGINAL_COMMAND", "rm -rf /")
            .stdin(relay.stdout.take().unwrap())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (input, output) = (agent.stdout.take().unwrap(), relay.stdin.take().unwrap());
        let wanted = Wanted {
            role: SiteRole::Production,
            pair: "p".to_owned(),
            root: root.into_os_string().into_encoded_bytes(),
        };
        let this = Program {
            version: "test".to_owned(),
            sha256: None,
        };
        let site = RemoteSite::connect(OwnedFd::from(input), OwnedFd::from(output), &wanted, &this);
        (Self { dir, agent, relay }, site)
    }

    /// What a command wrote into a file; waits for it.
    fn written(&self, file: &str) -> String {
        loop {
            match fs::read_to_string(self.dir.path().join(file)) {
                Ok(text) if text.ends_with('\n') => return text.trim().to_owned(),
                _ => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        for child in [&mut self.relay, &mut self.agent] {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// Until a process is no more, or is only not reaped yet.
fn gone(number: &str) {
    let stat = || fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
    while !stat().is_empty() && !stat().contains(") Z ") {
        std::thread::sleep(Duration::from_millis(5));
    }
}

const COMMANDS: &str = r#"
[command.say]
run = ["/bin/sh", "-c", "echo $# $SSH_ORIGINAL_COMMAND; echo wrong >&2; exit 4"]
[command.flood]
run = ["/usr/bin/head", "-c", "3000000", "/dev/zero"]
[command.hang]
run = ["/bin/sh", "-c", "trap '' TERM HUP; (trap '' TERM HUP; sh -c 'echo $PPID' > {dir}/child; while :; do sleep 1; done) & while :; do sleep 1; done"]
[command.late]
run = ["/bin/sleep", "600"]
timeout_seconds = 1
"#;

#[test]
fn an_agent_runs_what_its_own_file_names_and_nothing_else() {
    let (_served, site) = Served::new(COMMANDS, &[]);
    let (site, told) = (site.unwrap(), Told::default());
    let mut heard = String::new();
    let mut output = |output: Output<'_>| {
        let (Output::Standard(bytes) | Output::Errors(bytes)) = output;
        heard += &String::from_utf8_lossy(bytes);
    };
    let ended = site.act(&named("say"), &mut output, &told).unwrap();
    assert_eq!(ended.how, HowEnded::Exited(4));
    let mut lines: Vec<&str> = heard.lines().map(str::trim).collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        ["0", "wrong"],
        "no argument, and nothing that the other end said"
    );
    let mut bytes = 0;
    let mut count = |output: Output<'_>| {
        let (Output::Standard(more) | Output::Errors(more)) = output;
        bytes += more.len();
    };
    let flood = site.act(&named("flood"), &mut count, &told).unwrap();
    assert_eq!((bytes, flood.omitted_bytes), (1 << 20, 3_000_000 - (1 << 20)));
    let late = site.act(&named("late"), &mut |_| {}, &told).unwrap();
    assert_eq!(late.how, HowEnded::TimedOut);
    let failure = site.act(&named("sh"), &mut |_| {}, &told).unwrap_err();
    assert_eq!(failure.code, Code::NotFound);
    assert!(
        failure.hint.contains("`flood`, `hang`, `late`, `say`"),
        "{failure:?}"
    );
}

#[test]
fn a_command_ends_with_all_that_it_started_when_its_caller_goes_away() {
    let (mut served, site) = Served::new(COMMANDS, &[]);
    let (site, told) = (site.unwrap(), Told::default());
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| site.act(&named("hang"), &mut |_| {}, &told));
        let child = served.written("child");
        told.0.store(true, Relaxed);
        assert_eq!(asked.join().unwrap().unwrap_err().code, Code::Interrupted);
        gone(&child);
    });
    fs::remove_file(served.dir.path().join("child")).unwrap();
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| site.act(&named("hang"), &mut |_| {}, &Told::default()));
        let child = served.written("child");
        // Its caller is gone without a word: the stream ends where it was.
        served.relay.kill().unwrap();
        gone(&child);
        assert_eq!(asked.join().unwrap().unwrap_err().code, Code::SiteLost);
    });
    assert!(served.agent.wait().unwrap().success());
}

#[test]
fn an_agent_whose_file_is_wrong_serves_nobody_and_says_why() {
    let (_served, site) = Served::new("[command.a]\nrun = [\"true\"]\n", &[]);
    let failure = site.err().unwrap();
    assert!(failure.doing.contains("commands.toml:2:8"), "{failure:?}");
}
