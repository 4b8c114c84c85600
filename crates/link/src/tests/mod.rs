//! Both ends against another end that does not keep to what was agreed.

mod commands;
mod fake;
mod fake_apply;
mod hostile_agent;
mod hostile_caller;
mod hostile_delta;
mod keeping;
mod mutations;
mod together;

use crate::agent::{Host, serve};
use crate::connection::{Connection, Pulse};
use crate::hello::{Greeting, Program, Wanted};
use crate::remote::RemoteSite;
use counterpart_model::{Failure, SiteRole};
use counterpart_port::{Commands, Standby};
use fake::{FakeCommands, FakeSite};
use rustix::fd::OwnedFd;
use std::thread::JoinHandle;

type Stream = (OwnedFd, OwnedFd);

fn pipes() -> (Stream, Stream) {
    let pipe = || {
        let (read, write) = std::io::pipe().unwrap();
        (OwnedFd::from(read), OwnedFd::from(write))
    };
    let ((near_in, far_out), (far_in, near_out)) = (pipe(), pipe());
    ((near_in, near_out), (far_in, far_out))
}

fn program() -> Program {
    Program {
        version: "0".to_owned(),
        sha256: None,
    }
}

fn wanted(role: SiteRole) -> Wanted {
    Wanted {
        role,
        pair: "p".to_owned(),
        root: b"/root".to_vec(),
    }
}

/// A real caller of a real agent.
fn both(role: SiteRole) -> RemoteSite {
    let ((near_in, near_out), (far_in, far_out)) = pipes();
    std::thread::spawn(move || serve(far_in, far_out, &FakeHost, &program()));
    RemoteSite::connect(near_in, near_out, &wanted(role), &program()).unwrap()
}

struct FakeHost;

impl Host for FakeHost {
    fn site(&self, _wanted: &Wanted) -> Result<Box<dyn Standby>, Failure> {
        Ok(Box::new(FakeSite))
    }

    fn may_read_from(&self, _: &[u8]) -> Result<(), Failure> {
        Ok(())
    }

    fn commands(&self) -> Option<&dyn Commands> {
        Some(&FakeCommands)
    }
}

/// A real agent, and a connection that may say anything to it.
fn agent(role: SiteRole) -> (Connection, JoinHandle<Result<(), Failure>>) {
    let ((near_in, near_out), (far_in, far_out)) = pipes();
    let served = std::thread::spawn(move || serve(far_in, far_out, &FakeHost, &program()));
    let mut greeting = Greeting::new(near_in, near_out);
    greeting.exchange(&program()).unwrap();
    greeting.send(&wanted(role)).unwrap();
    greeting.receive::<Result<(), Failure>>().unwrap().unwrap();
    let (input, output) = greeting.into_stream();
    (
        Connection::start(input, output, Pulse::default()).unwrap(),
        served,
    )
}

/// A real caller, and an agent that answers as `answer` likes.
fn caller(answer: impl FnOnce(Connection) + Send + 'static) -> RemoteSite {
    let ((near_in, near_out), (far_in, far_out)) = pipes();
    std::thread::spawn(move || {
        let mut greeting = Greeting::new(far_in, far_out);
        greeting.exchange(&program()).unwrap();
        greeting.receive::<Wanted>().unwrap();
        greeting.send(&Ok::<(), Failure>(())).unwrap();
        let (input, output) = greeting.into_stream();
        answer(Connection::start(input, output, Pulse::default()).unwrap());
    });
    RemoteSite::connect(near_in, near_out, &wanted(SiteRole::Production), &program()).unwrap()
}
