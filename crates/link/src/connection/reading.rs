//! The thread that reads: it hands every frame to its channel and never waits for anybody but the other side.

use super::channel::{Channel, Item, unexpected};
use super::patient::Patient;
use super::{Call, MAX_CHANNELS, Pulse, Shared, ended};
use crate::frame::{Frame, Kind};
use crate::pace::Paced;
use counterpart_model::{Code, Failure};
use crossbeam_channel::Sender;
use rustix::fd::OwnedFd;
use std::io::{self, BufReader};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

const BUFFER_BYTES: usize = 128 << 10;

/// Reads until the stream ends, then ends every channel.
pub(super) fn run(input: OwnedFd, shared: &Arc<Shared>, calls: &Sender<Call>, pulse: Pulse) {
    let has_ended = || shared.has_failed();
    let gate = shared.gates.as_ref().map(|gates| &gates.into);
    let input = Paced::new(Patient::new(input, pulse.silence).at_once(), gate, &has_ended);
    let mut input = BufReader::with_capacity(BUFFER_BYTES, input);
    let failure = loop {
        match Frame::read(&mut input) {
            Ok(Some(frame)) => {
                if let Err(failure) = take(frame, shared, calls) {
                    break failure;
                }
            }
            Ok(None) => break ended(),
            Err(error) => break lost(&error, pulse),
        }
        if shared.is_given_up() {
            break ended();
        }
    };
    shared.dead.store(true, Relaxed);
    shared.fail(failure);
}

fn lost(error: &io::Error, pulse: Pulse) -> Failure {
    let why = match error.kind() {
        io::ErrorKind::TimedOut => format!("nothing came from it for {} seconds", pulse.silence.as_secs()),
        io::ErrorKind::UnexpectedEof => "the connection broke within a message".to_owned(),
        _ => error.to_string(),
    };
    Failure::new(Code::SiteLost, "listening to the far end", why)
}

fn take(frame: Frame, shared: &Arc<Shared>, calls: &Sender<Call>) -> Result<(), Failure> {
    match frame.kind {
        Kind::Beat => return Ok(()),
        Kind::Call => return open(frame, shared, calls),
        _ => {}
    }
    // What comes for a channel that was let go is late, not wrong.
    let Some(inbox) = shared.channels().get(&frame.channel).cloned() else {
        return Ok(());
    };
    let fits = match frame.kind {
        Kind::Message => inbox.put(Item::Message(frame.payload)),
        Kind::Bytes => inbox.put(Item::Bytes(frame.payload)),
        Kind::End => {
            inbox.put_end();
            true
        }
        _ => {
            let credit = frame.payload.as_slice().try_into();
            let credit = credit.map_err(|_| unexpected("a credit that cannot be read"))?;
            inbox.put_credit(u32::from_le_bytes(credit));
            true
        }
    };
    fits.then_some(())
        .ok_or_else(|| unexpected("more than was asked for"))
}

fn open(frame: Frame, shared: &Arc<Shared>, calls: &Sender<Call>) -> Result<(), Failure> {
    let taken = {
        let channels = shared.channels();
        channels.contains_key(&frame.channel) || channels.len() >= MAX_CHANNELS
    };
    if taken {
        return Err(unexpected("more calls at once than may be"));
    }
    let channel = Channel::open(shared, frame.channel)?;
    let call = Call {
        channel,
        request: frame.payload,
    };
    calls
        .try_send(call)
        .map_err(|_| unexpected("a call that nobody waits for"))
}
