//! Programs that do what they should not: flood, hang, fork, ignore signals, and leave others behind.

#![expect(clippy::disallowed_methods, reason = "scripts tell their numbers in files")]

mod pages;

use super::{Anything, Job, Program, Table, run};
use counterpart_model::{Code, Failure};
use counterpart_port::command::MAX_OUTPUT_BYTES;
use counterpart_port::{Act, CommandName, Commands as _, Ended, HowEnded, Output, Progress, Task, Watch};
use rustix::process::{Pid, test_kill_process};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// Far beyond what any test takes.
const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(300);

fn shell(script: &str, timeout: Duration) -> Program {
    Program {
        argv: ["/bin/sh", "-c", script].map(Into::into).into(),
        timeout,
        environment: vec![("PATH".into(), "/usr/bin:/bin".into())],
    }
}

/// Interrupts when it is told to.
#[derive(Default)]
struct Told(AtomicBool);

impl Watch for Told {
    fn progress(&self, _: Progress) {}

    fn interrupted(&self) -> bool {
        self.0.load(Relaxed)
    }
}

/// Runs it; gives its end and its two outputs.
fn ran(program: &Program) -> (Result<Ended, Failure>, Vec<u8>, Vec<u8>) {
    let (mut standard, mut errors) = (Vec::new(), Vec::new());
    let ended = run(
        "it",
        program,
        &mut |output| match output {
            Output::Standard(bytes) => standard.extend_from_slice(bytes),
            Output::Errors(bytes) => errors.extend_from_slice(bytes),
        },
        &Told::default(),
    );
    (ended, standard, errors)
}

fn how(program: &Program) -> HowEnded {
    ran(program).0.unwrap().how
}

/// Whether a process is there that a script wrote the number of. One that is dead and not reaped yet is not.
fn lives(file: &Path) -> bool {
    let number: i32 = std::fs::read_to_string(file).unwrap().trim().parse().unwrap();
    if test_kill_process(Pid::from_raw(number).unwrap()).is_err() {
        return false;
    }
    let stat = std::fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

/// True once it does not live; a killed process is gone a little later.
fn dies(file: &Path) -> bool {
    (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        !lives(file)
    })
}

#[test]
fn both_outputs_and_the_exit_are_told() {
    let (ended, standard, errors) = ran(&shell("echo out; echo err >&2; exit 3", LONG));
    let ended = ended.unwrap();
    assert_eq!(ended.how, HowEnded::Exited(3));
    assert_eq!((ended.omitted_bytes, ended.omitted_error_bytes), (0, 0));
    assert_eq!(
        (standard.as_slice(), errors.as_slice()),
        (&b"out\n"[..], &b"err\n"[..])
    );
    assert_eq!(how(&shell("kill -KILL $$", LONG)), HowEnded::Signalled(9));
}

#[test]
fn nothing_is_inherited_but_what_was_said() {
    let mut program = shell("env; pwd; cat", LONG);
    program.environment.push(("SAID".into(), "yes".into()));
    let (_, standard, _) = ran(&program);
    let text = String::from_utf8(standard).unwrap();
    let mut lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("_=")).collect();
    lines.sort_unstable();
    assert_eq!(lines, ["/", "PATH=/usr/bin:/bin", "PWD=/", "SAID=yes"]);
}

#[test]
fn a_flood_is_cut_and_told_and_holds_nobody_up() {
    let (ended, standard, errors) = ran(&shell(
        "head -c 5000000 /dev/zero; head -c 3000000 /dev/zero >&2; echo end",
        LONG,
    ));
    let ended = ended.unwrap();
    assert_eq!(ended.how, HowEnded::Exited(0));
    assert_eq!(standard.len() as u64, MAX_OUTPUT_BYTES);
    assert_eq!(ended.omitted_bytes, 5_000_004 - MAX_OUTPUT_BYTES);
    assert_eq!(errors.len() as u64, MAX_OUTPUT_BYTES);
    assert_eq!(ended.omitted_error_bytes, 3_000_000 - MAX_OUTPUT_BYTES);
    assert_eq!(how(&shell("yes", SHORT)), HowEnded::TimedOut);
}

#[test]
fn who_forks_and_ignores_the_signal_ends_with_its_group() {
    let dir = tempfile::tempdir().unwrap();
    let (child, grandchild) = (dir.path().join("child"), dir.path().join("grandchild"));
    let script = format!(
        "trap '' TERM; (trap '' TERM; sh -c 'echo $PPID' > {}; while :; do sleep 1; done) & \
         echo $$ > {}; while :; do sleep 1; done",
        grandchild.display(),
        child.display()
    );
    assert_eq!(how(&shell(&script, Duration::from_secs(1))), HowEnded::TimedOut);
    assert!(dies(&child) && dies(&grandchild));
}

#[test]
fn who_ends_at_the_signal_takes_its_deaf_children_along() {
    let dir = tempfile::tempdir().unwrap();
    let deaf = dir.path().join("deaf");
    let script = format!(
        "(trap '' TERM; sh -c 'echo $PPID' > {}; while :; do sleep 1; done) & wait",
        deaf.display()
    );
    assert_eq!(how(&shell(&script, Duration::from_secs(1))), HowEnded::TimedOut);
    assert!(dies(&deaf));
}

#[test]
fn what_a_program_leaves_running_is_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let service = dir.path().join("service");
    let script = format!("sleep 600 & echo $! > {}; echo started", service.display());
    let (ended, standard, _) = ran(&shell(&script, LONG));
    assert_eq!(
        (ended.unwrap().how, standard.as_slice()),
        (HowEnded::Exited(0), &b"started\n"[..])
    );
    assert!(lives(&service), "a service that was started stays");
    let number: i32 = std::fs::read_to_string(&service).unwrap().trim().parse().unwrap();
    rustix::process::kill_process(Pid::from_raw(number).unwrap(), rustix::process::Signal::KILL).unwrap();
}

#[test]
fn an_interruption_ends_it_though_nobody_takes_its_output() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pid");
    let told = Told::default();
    let seen = AtomicUsize::new(0);
    let program = shell(&format!("echo $$ > {}; yes", file.display()), LONG);
    let ended = run(
        "it",
        &program,
        &mut |_| {
            // Here its caller would be gone, upon which the watch is interrupted while this still waits.
            if seen.fetch_add(1, Relaxed) == 3 {
                told.0.store(true, Relaxed);
                assert!(dies(&file));
            }
        },
        &told,
    );
    assert_eq!(ended.unwrap_err().code, Code::Interrupted);
}

#[test]
fn what_cannot_be_started_says_why() {
    for argv in [
        vec![],
        vec!["/no/such/program".into()],
        vec!["/etc/passwd".into()],
    ] {
        let program = Program {
            argv,
            timeout: LONG,
            environment: Vec::new(),
        };
        let failure = ran(&program).0.unwrap_err();
        assert_eq!(failure.doing, "running it");
    }
}

fn named(name: &str) -> Task {
    Task {
        act: Act::Command(CommandName::checked(name).unwrap()),
        timeout_seconds: 3600,
    }
}

fn table(name: &str, program: Program) -> Table {
    Table::new([(CommandName::checked(name).unwrap(), Job::Program(program))].into())
}

#[test]
fn only_what_has_a_name_is_run() {
    let table = table("one", shell("echo one", LONG));
    let offered = table.offered().unwrap();
    assert_eq!(
        (offered[0].name.as_str(), offered[0].program.as_str()),
        ("one", "sh")
    );
    let told = Told::default();
    let failure = table.act(&named("two"), &mut |_| {}, &told).unwrap_err();
    assert_eq!(
        (failure.code, failure.why.as_str()),
        (Code::NotFound, "this site has no such command")
    );
    assert!(failure.hint.contains("It offers `one`"), "{failure:?}");
    let any = Task {
        act: Act::Run(vec!["/bin/true".to_owned()]),
        timeout_seconds: 60,
    };
    let failure = table.act(&any, &mut |_| {}, &told).unwrap_err();
    assert_eq!(failure.code, Code::NotPermitted);
    let ended = Anything::default().act(&any, &mut |_| {}, &told).unwrap();
    assert!(ended.is_good());
    let failure = Anything::default()
        .act(&named("one"), &mut |_| {}, &told)
        .unwrap_err();
    assert_eq!(failure.code, Code::NotFound);
    for none in [
        "", "/bin/sh", "../one", "a/b", "-x", ".one", "one two", "one\n", "\u{e9}", "a\0",
    ] {
        assert!(CommandName::checked(none).is_err(), "{none:?}");
    }
    assert!(CommandName::checked("a".repeat(65)).is_err());
}

/// The shorter of both times counts: here the caller's.
#[test]
fn a_caller_may_wait_less_than_the_file_says() {
    let table = table("long", shell("sleep 600", LONG));
    let task = Task {
        timeout_seconds: 1,
        ..named("long")
    };
    let ended = table.act(&task, &mut |_| {}, &Told::default()).unwrap();
    assert_eq!(ended.how, HowEnded::TimedOut);
}

#[test]
fn only_a_few_run_at_once() {
    let table = table("long", shell("sleep 600", LONG));
    let told = Told::default();
    std::thread::scope(|scope| {
        let run = || table.act(&named("long"), &mut |_| {}, &told);
        let running: Vec<_> = (0..6).map(|_| scope.spawn(run)).collect();
        let refused = || running.iter().filter(|run| run.is_finished()).count();
        while refused() < 2 {
            std::thread::sleep(Duration::from_millis(5));
        }
        told.0.store(true, Relaxed);
        let codes = running
            .into_iter()
            .map(|run| run.join().unwrap().unwrap_err().code);
        let mut codes: Vec<Code> = codes.collect();
        codes.sort_by_key(|code| code.word());
        assert_eq!(codes[..2], [Code::Interrupted; 2]);
        assert_eq!(codes.iter().filter(|code| **code == Code::Io).count(), 2);
    });
}
