//! Streams that were good once, and damaged since: frames lost, doubled, swapped, changed in their kind, channel, length
//! or content. A real agent reads them, and refuses or obeys; it never panics, and ends with its stream.
//!
//! What a run does follows from its seed, which every message names.

use super::{FakeHost, pipes, program, wanted};
use crate::agent::serve;
use crate::call::{Ask, Batch, Call, Commit, Fill, FilledFile, Head, Order, Part, Ran, Rested, Seen, Told};
use crate::connection::{Patient, decode, encode};
use crate::frame::{Frame, Kind, MAX_PAYLOAD_BYTES};
use crate::hello::{Greeting, REVISION, Wanted};
use counterpart_model::{Action, Algorithm, Digest, EntryPath, Fact, Failure, SiteRole, Step};
use counterpart_port::{
    Arrived, Attributes, Closed, Committed, ExcludedEntry, Extent, KnownFile, Observed, OpenRequest, Opened,
    Room, Settled,
};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{Cursor, Read as _, Write as _};
use std::sync::mpsc::channel;
use std::time::Duration;

const STREAMS: u64 = 150;
/// The channel of the application, which is opened last but for its lanes.
const APPLY: u32 = 11;
/// When nothing more comes of a damaged stream.
const QUIET: Duration = Duration::from_millis(5);

/// How often a loop runs: so many times as often in a soak.
#[expect(clippy::disallowed_methods, reason = "a soak says how much")]
fn times(usual: u64) -> u64 {
    let factor = std::env::var("COUNTERPART_SOAK").ok();
    usual * factor.and_then(|text| text.parse().ok()).unwrap_or(1).max(1)
}

struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 24
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next()).unwrap() % bound.max(1)
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
}

fn path(text: &str) -> EntryPath {
    EntryPath::checked(text.as_bytes()).unwrap()
}

fn frame<T: Serialize>(channel: u32, kind: Kind, message: &T) -> Frame {
    Frame {
        channel,
        kind,
        payload: encode(message).unwrap(),
    }
}

fn step(name: &str) -> Step {
    let mut step = Step::of(path(name), Action::Create);
    step.wanted = Some(Fact::of(counterpart_model::Kind::File));
    step
}

/// What a caller says in a whole pass: everything is asked once, and two files are brought.
fn good_stream() -> Vec<Frame> {
    let request = OpenRequest {
        pair: "p".to_owned(),
        pass: "pass-1".to_owned(),
        policy: counterpart_model::Policy::default(),
        read_only: false,
        after: None,
        read_from: None,
    };
    let asked = [
        Call::Open(request),
        Call::Clock,
        Call::Observed(Extent::Everything),
        Call::Excluded,
        Call::Files(path("a/b")),
        Call::Room,
        Call::Adopt,
        Call::Versions(path("a/b")),
        Call::SameTree,
        Call::Content(Algorithm::Blake3),
        Call::Apply,
        Call::Lane,
        Call::Lane,
    ];
    let mut frames: Vec<Frame> = (1..)
        .zip(&asked)
        .map(|(channel, call)| frame(channel, Kind::Call, call))
        .collect();
    let (content, apply, lanes) = (10, APPLY, [12, 13]);
    for ask in [
        Ask::Open(path("file")),
        Ask::Content,
        Ask::Attributes(path("file")),
        Ask::Several(vec![path("file"), path("other")], true),
    ] {
        frames.push(frame(content, Kind::Message, &ask));
    }
    for (number, lane) in (0..).zip(lanes) {
        frames.push(frame(
            apply,
            Kind::Message,
            &Order::Places(vec![(number, step(&format!("new-{number}")))]),
        ));
        frames.extend(filled(lane, number));
        // There is nothing old: the second place fails, and says so.
        if number > 0 {
            frames.insert(frames.len() - 2, frame(lane, Kind::Message, &Fill::Old(0, 100)));
        }
    }
    let two = vec![(2, step("small-2")), (3, step("small-3"))];
    frames.push(frame(apply, Kind::Message, &Order::Places(two)));
    frames.extend(filled_together(lanes[0], [2, 3]));
    frames.push(frame(apply, Kind::Message, &Order::Rest));
    frames.push(frame(apply, Kind::Message, &Order::Sync));
    frames.extend(without_what_is_shared(15));
    frames.push(frame(14, Kind::Call, &Call::Close));
    frames
}

/// What is asked where both sides have something already, and what is not of a tree at all.
fn without_what_is_shared(first: u32) -> Vec<Frame> {
    let content = Call::Content(Algorithm::Blake3);
    let unlike = Call::Unlike(vec![Digest([7; 32]); 3]);
    let calls = [Call::Segments, unlike, Call::Commands, content];
    let mut frames: Vec<Frame> = (first..)
        .zip(&calls)
        .map(|(channel, call)| frame(channel, Kind::Call, call))
        .collect();
    let look = Ask::Look(path("file"));
    for ask in [look, Ask::Digest, Ask::Head(path("file"), 100), Ask::Changed] {
        frames.push(frame(first + 3, Kind::Message, &ask));
    }
    frames
}

/// One place, from its beginning to its commit.
fn filled(lane: u32, number: u64) -> Vec<Frame> {
    let commit = Box::new(Commit {
        fact: Some(Fact::of(counterpart_model::Kind::File)),
        attributes: Attributes::default(),
        arrived: Arrived::Written,
    });
    let bytes = Frame {
        channel: lane,
        kind: Kind::Bytes,
        payload: vec![7; 5_000],
    };
    let credit = Frame {
        channel: lane,
        kind: Kind::Credit,
        payload: 5_000_u32.to_le_bytes().to_vec(),
    };
    vec![
        frame(lane, Kind::Message, &Fill::Begin(number)),
        frame(lane, Kind::Message, &Fill::ArrivedBefore),
        frame(lane, Kind::Message, &Fill::Sign(Algorithm::Blake3)),
        bytes,
        frame(lane, Kind::Message, &Fill::Hole(100)),
        frame(lane, Kind::Message, &Fill::Commit(commit)),
        credit,
    ]
}

/// Small files for places.
fn filled_together(lane: u32, numbers: [u64; 2]) -> [Frame; 2] {
    let file = |number| FilledFile {
        number,
        len_bytes: 50,
        fact: Fact::of(counterpart_model::Kind::File),
        attributes: Attributes::default(),
    };
    let files = Fill::Files(numbers.map(file).into());
    let contents = Frame {
        channel: lane,
        kind: Kind::Bytes,
        payload: vec![7; 100],
    };
    [frame(lane, Kind::Message, &files), contents]
}

/// Damages the frames themselves, which stay frames.
fn damage(frames: &mut Vec<Frame>, dice: &mut Dice) {
    let at = dice.below(frames.len());
    let other = dice.below(frames.len());
    match dice.below(10) {
        0 => drop(frames.remove(at)),
        1 => frames.insert(other, frames[at].clone()),
        2 => frames.swap(at, other),
        3 => frames[at].channel = u32::try_from(dice.below(20)).unwrap(),
        4 => frames[at].kind = Kind::ALL[dice.below(6)],
        5 => frames[at].payload = (0..dice.below(300)).map(|_| dice.byte()).collect(),
        6 => frames[at].payload = vec![0xff; dice.below(64)],
        7 => frames[at].payload = vec![dice.byte(); dice.below(MAX_PAYLOAD_BYTES)],
        8 => {
            let len = dice.below(frames[at].payload.len() + 1);
            frames[at].payload.truncate(len);
        }
        _ => {
            let byte = dice.byte();
            let place = dice.below(frames[at].payload.len());
            if let Some(old) = frames[at].payload.get_mut(place) {
                *old = byte;
            }
        }
    }
    if frames.is_empty() {
        *frames = good_stream();
    }
}

/// The stream as bytes, of which some are damaged where `torn`.
fn wire(frames: Vec<Frame>, dice: &mut Dice, torn: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    for frame in frames {
        frame.pack(dice.below(2) == 0).write(&mut bytes).unwrap();
    }
    if torn && !bytes.is_empty() {
        let at = dice.below(bytes.len());
        match dice.below(4) {
            0 => bytes.truncate(at),
            1 => bytes[at] = dice.byte(),
            2 => bytes.insert(at, dice.byte()),
            _ => bytes.splice(at..at, bomb()).for_each(drop),
        }
    }
    bytes
}

/// What is said until the application begins, and what is said to it.
fn in_parts(mut frames: Vec<Frame>, dice: &mut Dice, torn: bool) -> [Vec<u8>; 2] {
    let rest = frames.split_off((APPLY as usize).min(frames.len()));
    [wire(frames, dice, false), wire(rest, dice, torn)]
}

/// A frame that says it becomes a little, and becomes much.
fn bomb() -> Vec<u8> {
    let mut body = 1_000_u32.to_le_bytes().to_vec();
    body.extend(zstd::bulk::compress(&vec![0; 8 << 20], 3).unwrap());
    let mut bytes = vec![1, 0, 0, 0, Kind::Message as u8, 1, 0, 0];
    bytes.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
    bytes.extend(body);
    bytes
}

/// Says it all to a real agent, hears what it answers until nothing came for so long or that is enough, and sees it end.
/// The second part waits for the answer to the first, as lanes do for their application.
fn say(parts: &[Vec<u8>; 2], what: &str, patience: Duration, mut is_enough: impl FnMut(&Frame) -> bool) {
    let ((near_in, near_out), (far_in, far_out)) = pipes();
    let served = std::thread::spawn(move || serve(far_in, far_out, &FakeHost, &program()));
    let mut greeting = Greeting::new(near_in, near_out);
    greeting.exchange(&program()).unwrap();
    greeting.send(&wanted(SiteRole::Standby)).unwrap();
    greeting.receive::<Result<(), Failure>>().unwrap().unwrap();
    let (input, output) = greeting.into_stream();
    let (hear, answers) = channel();
    let hearing = std::thread::spawn(move || {
        let mut input = File::from(input);
        while let Some(frame) = Frame::read(&mut input).unwrap() {
            drop(hear.send(frame));
        }
    });
    let mut output = File::from(output);
    // An agent that had enough hears no more.
    drop(output.write_all(&parts[0]));
    while answers
        .recv_timeout(patience)
        .is_ok_and(|frame| frame.channel != APPLY)
    {}
    drop(output.write_all(&parts[1]));
    while answers
        .recv_timeout(patience)
        .is_ok_and(|frame| !is_enough(&frame))
    {}
    drop(output);
    let ended = served
        .join()
        .unwrap_or_else(|_| panic!("{what}: the agent panicked"));
    assert_eq!(ended, Ok(()), "{what}");
    hearing.join().unwrap();
}

#[expect(clippy::disallowed_methods, reason = "a test is told its seed")]
fn seed() -> u64 {
    let told = std::env::var("COUNTERPART_SEED")
        .ok()
        .and_then(|text| text.parse().ok());
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    told.unwrap_or_else(|| u64::from(now.unwrap().subsec_nanos()))
}

#[test]
fn the_undamaged_stream_is_obeyed_whole() {
    let parts = in_parts(good_stream(), &mut Dice(1), false);
    let mut committed = 0;
    say(&parts, "undamaged", Duration::from_secs(60), |frame| {
        let is_of_a_lane = [12, 13].contains(&frame.channel) && frame.kind == Kind::Message;
        let answer = decode::<Result<Committed, Failure>>(&frame.payload);
        committed += u32::from(is_of_a_lane && answer == Ok(Ok(Committed::default())));
        committed == 1
    });
    assert_eq!(committed, 1);
}

#[test]
fn a_damaged_stream_is_refused_or_obeyed_and_ends_the_agent() {
    let seed = seed();
    for round in 0..times(STREAMS) {
        let mut dice = Dice(seed.wrapping_add(round));
        let mut frames = good_stream();
        for _ in 0..=dice.below(5) {
            damage(&mut frames, &mut dice);
        }
        let torn = dice.below(3) == 0;
        let parts = in_parts(frames, &mut dice, torn);
        let what = format!("seed {seed}, round {round}");
        say(&parts, &what, QUIET, |_| false);
    }
}

#[test]
fn a_damaged_stream_never_makes_a_frame_that_is_too_long() {
    let seed = seed();
    for round in 0..times(STREAMS * 10) {
        let mut dice = Dice(seed.wrapping_add(round));
        let mut frames = good_stream();
        damage(&mut frames, &mut dice);
        let mut input = Cursor::new(wire(frames, &mut dice, true));
        while let Ok(Some(frame)) = Frame::read(&mut input) {
            assert!(
                frame.payload.len() <= MAX_PAYLOAD_BYTES,
                "seed {seed}, round {round}"
            );
        }
    }
}

/// What can be read is read as what it was written as, or is refused; it never reads more than there is.
fn decoded<T: Serialize + DeserializeOwned>(bytes: &[u8]) {
    if let Ok(message) = decode::<T>(bytes) {
        let again = encode(&message).unwrap();
        drop(decode::<T>(&again).unwrap());
    }
}

fn all_messages(bytes: &[u8]) {
    decoded::<Call>(bytes);
    decoded::<Ask>(bytes);
    decoded::<Order>(bytes);
    decoded::<Fill>(bytes);
    decoded::<Seen>(bytes);
    decoded::<Told>(bytes);
    decoded::<Part>(bytes);
    decoded::<Ran>(bytes);
    decoded::<Head>(bytes);
    decoded::<Rested>(bytes);
    decoded::<Batch<Observed>>(bytes);
    decoded::<Batch<ExcludedEntry>>(bytes);
    decoded::<Batch<KnownFile>>(bytes);
    decoded::<Result<Opened, Failure>>(bytes);
    decoded::<Result<Closed, Failure>>(bytes);
    decoded::<Result<Room, Failure>>(bytes);
    decoded::<Result<Committed, Failure>>(bytes);
    decoded::<Result<Settled, Failure>>(bytes);
    decoded::<Option<Digest>>(bytes);
    decoded::<Wanted>(bytes);
}

proptest! {
    #[test]
    fn any_bytes_are_a_message_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        all_messages(&bytes);
    }

    #[test]
    fn a_damaged_message_is_another_or_none(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..12),
        cut: bool,
    ) {
        let frames = good_stream();
        let mut payload = frames[which.index(frames.len())].payload.clone();
        let at = at.index(payload.len().max(1)).min(payload.len());
        let end = if cut { payload.len() } else { (at + bytes.len()).min(payload.len()) };
        payload.splice(at..end, bytes).for_each(drop);
        all_messages(&payload);
    }

    #[test]
    fn any_greeting_is_understood_or_refused(
        good in 0..30_usize,
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let ((near_in, near_out), (_far_in, far_out)) = pipes();
        let mut said = b"counterpart-link".to_vec();
        said.extend(REVISION.to_le_bytes());
        said.extend(b"\x03\0\0\0\x010\0");
        said.truncate(good);
        said.extend(bytes);
        let mut far = File::from(far_out);
        far.write_all(&said).unwrap();
        drop(far);
        let mut greeting = Greeting::new(near_in, near_out);
        if greeting.exchange(&program()).is_ok() {
            drop(greeting.receive::<Wanted>());
        }
    }

    #[test]
    fn a_patient_reader_reads_what_is_there(bytes in proptest::collection::vec(any::<u8>(), 0..5_000)) {
        let (read, mut write) = std::io::pipe().unwrap();
        write.write_all(&bytes).unwrap();
        drop(write);
        let mut found = Vec::new();
        Patient::new(read.into(), Duration::from_secs(60)).read_to_end(&mut found).unwrap();
        prop_assert_eq!(found, bytes);
    }
}
