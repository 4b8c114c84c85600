//! Named commands over a link: asked honestly, asked by who should not, and answered by an agent that lies.

use super::fake::{FakeCommands, MARKED};
use super::{FakeHost, agent, caller, pipes, program, wanted};
use crate::agent::serve;
use crate::call::{Call, Ran};
use crate::connection::{Channel, Connection, encode};
use crate::remote::RemoteSite;
use counterpart_model::{Code, Failure, SiteRole};
use counterpart_port::command::MAX_OUTPUT_BYTES;
use counterpart_port::{
    Act, CommandName, Commands as _, Ended, HowEnded, Offered, Output, Progress, Task, Watch,
};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

#[derive(Default)]
struct Told(AtomicBool);

impl Watch for Told {
    fn progress(&self, _: Progress) {}

    fn interrupted(&self) -> bool {
        self.0.load(Relaxed)
    }
}

fn named(name: &str) -> Task {
    Task {
        act: Act::Command(CommandName::checked(name).unwrap()),
        timeout_seconds: 60,
    }
}

/// An honest caller of an honest agent.
fn both() -> RemoteSite {
    let ((near_in, near_out), (far_in, far_out)) = pipes();
    std::thread::spawn(move || serve(far_in, far_out, &FakeHost, &program()));
    RemoteSite::connect(near_in, near_out, &wanted(SiteRole::Production), &program()).unwrap()
}

#[test]
fn a_command_is_asked_for_by_its_name_and_tells_how_it_ended() {
    let site = both();
    let offered: Vec<Offered> = site.offered().unwrap();
    assert_eq!(offered, FakeCommands.offered().unwrap());
    let mut heard = Vec::new();
    let mut output = |output: Output<'_>| {
        heard.push(match output {
            Output::Standard(bytes) => format!("out {}", String::from_utf8_lossy(bytes)),
            Output::Errors(bytes) => format!("err {}", String::from_utf8_lossy(bytes)),
        });
    };
    let ended = site.act(&named("echo"), &mut output, &Told::default()).unwrap();
    assert_eq!(
        (ended.how, ended.omitted_bytes, ended.omitted_error_bytes),
        (HowEnded::Exited(7), 1, 2)
    );
    assert_eq!(heard, ["out echo", "err echo"]);
    let failure = site
        .act(&named("other"), &mut |_| {}, &Told::default())
        .unwrap_err();
    assert_eq!(failure.code, Code::NotFound);
}

#[test]
fn an_interruption_crosses_the_link() {
    let (site, told) = (both(), Told::default());
    // Once it runs.
    let mut output = |_: Output<'_>| told.0.store(true, Relaxed);
    let failure = site.act(&named("hang"), &mut output, &told).unwrap_err();
    assert_eq!(failure.code, Code::Interrupted);
}

#[test]
fn a_caller_that_goes_away_ends_its_command() {
    let (connection, served) = agent(SiteRole::Production);
    let run = connection
        .call(encode(&Call::Act(named("hang"))).unwrap())
        .unwrap();
    let _: Ran = run.message().unwrap();
    drop(connection);
    drop(run);
    // It would never end, were the command not ended.
    served.join().unwrap().unwrap();
    let (connection, served) = agent(SiteRole::Production);
    let run = connection
        .call(encode(&Call::Act(named("hang"))).unwrap())
        .unwrap();
    drop(run);
    drop(connection);
    served.join().unwrap().unwrap();
}

#[test]
fn what_a_caller_left_is_done_when_it_is_gone_and_not_when_it_took_it_back() {
    let left = |tasks: &[Task]| {
        let (connection, served) = agent(SiteRole::Production);
        let call = connection
            .call(encode(&Call::WhenGone(vec![named("mark"); 3])).unwrap())
            .unwrap();
        call.message::<Result<(), Failure>>().unwrap().unwrap();
        let call = connection
            .call(encode(&Call::WhenGone(tasks.to_vec())).unwrap())
            .unwrap();
        call.message::<Result<(), Failure>>().unwrap().unwrap();
        drop(call);
        drop(connection);
        served.join().unwrap().unwrap();
    };
    left(&[]);
    assert_eq!(MARKED.load(Relaxed), 0);
    // The first fails, and the second is done all the same.
    left(&[named("mark"), named("mark")]);
    assert_eq!(MARKED.load(Relaxed), 120);
    let site = both();
    let failure = site.when_gone(&vec![named("mark"); 17]).unwrap_err();
    assert!(failure.why.contains("more to be done"), "{failure:?}");
}

#[test]
fn a_name_that_is_none_is_not_answered() {
    let (connection, _) = agent(SiteRole::Standby);
    let honest = encode(&Call::Act(named("aa_b"))).unwrap();
    for hostile in [
        &b"../b"[..],
        b"/bin",
        b"aa b",
        b"-aab",
        b"a\0bb",
        b"a;rm",
        b"$(a)",
        b"aa\xff\xff",
    ] {
        // Before the time, which is one byte.
        let at = honest.len() - 5;
        let mut call = honest.clone();
        call[at..at + 4].copy_from_slice(hostile);
        let channel = connection.call(call).unwrap();
        assert_eq!(channel.take().unwrap(), None, "{hostile:?}");
    }
    // What follows the name, where arguments might be hoped for, is no request either.
    let mut call = honest.clone();
    call.extend(b"--all");
    assert_eq!(connection.call(call).unwrap().take().unwrap(), None);
}

/// Answers the first call as a command would.
fn lying(answer: impl Fn(&Channel) + Send + 'static) -> impl FnOnce(Connection) + Send + 'static {
    move |connection| {
        let call = connection.next_call().unwrap();
        answer(&call.channel);
        drop(call);
        while connection.next_call().is_some() {}
    }
}

fn run_on(site: &RemoteSite) -> Result<Ended, Failure> {
    site.act(&named("echo"), &mut |_| {}, &Told::default())
}

#[test]
fn an_agent_that_floods_or_never_ends_is_refused() {
    let flood = lying(|channel| {
        let piece = Ran::Standard(vec![0; 200_000]);
        for _ in 0..=MAX_OUTPUT_BYTES / 200_000 {
            if channel.send(&piece).is_err() {
                return;
            }
        }
    });
    let failure = run_on(&caller(flood)).unwrap_err();
    assert!(failure.why.contains("more of a command's output"), "{failure:?}");
    let endless = lying(|channel| channel.send(&Ran::Errors(b"x".to_vec())).unwrap());
    let failure = run_on(&caller(endless)).unwrap_err();
    assert!(failure.why.contains("a command without its end"), "{failure:?}");
}
