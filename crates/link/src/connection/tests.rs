//! Connections over pipes: calls answer each other, none stops another, and every end is noticed.

use super::{Channel, Connection, Item, Pulse};
use counterpart_model::Code;
use rustix::fd::OwnedFd;
use std::io::Write as _;
use std::time::Duration;

const QUICK: Pulse = Pulse {
    beat: Duration::from_millis(20),
    silence: Duration::from_millis(200),
};

fn pipe() -> (OwnedFd, OwnedFd) {
    let (read, write) = std::io::pipe().unwrap();
    (read.into(), write.into())
}

fn two(pulse: Pulse) -> (Connection, Connection) {
    let ((near_in, far_out), (far_in, near_out)) = (pipe(), pipe());
    (
        Connection::start(near_in, near_out, pulse).unwrap(),
        Connection::start(far_in, far_out, pulse).unwrap(),
    )
}

fn echo(channel: &Channel) {
    while let Ok(Some(item)) = channel.take() {
        let sent = match item {
            Item::Message(message) => channel.send(&super::channel::decode::<String>(&message).unwrap()),
            Item::Bytes(bytes) => channel.send_bytes(&bytes),
        };
        if sent.is_err() {
            return;
        }
    }
}

fn serve(connection: Connection) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut calls = Vec::new();
        while let Some(call) = connection.next_call() {
            calls.push(std::thread::spawn(move || echo(&call.channel)));
        }
        for call in calls {
            call.join().unwrap();
        }
    })
}

#[test]
fn a_call_is_answered_and_its_end_is_seen() {
    let (near, far) = two(Pulse::default());
    let far = serve(far);
    let channel = near.call(b"hello".to_vec()).unwrap();
    channel.send(&"one").unwrap();
    assert_eq!(channel.message::<String>().unwrap(), "one");
    drop(channel);
    drop(near);
    far.join().unwrap();
}

#[test]
fn a_channel_that_nobody_empties_stops_no_other() {
    let (near, far) = two(Pulse::default());
    let far = serve(far);
    let full = near.call(Vec::new()).unwrap();
    let other = near.call(Vec::new()).unwrap();
    let bytes = vec![7; 1 << 19];
    std::thread::scope(|scope| {
        // More than both windows hold: the echo stops, and with it this sender, until somebody takes.
        let sending = scope.spawn(|| (0..40).try_for_each(|_| full.send_bytes(&bytes)));
        for _ in 0..100 {
            other.send(&"still here").unwrap();
            assert_eq!(other.message::<String>().unwrap(), "still here");
        }
        let mut came = 0;
        while came < 40 << 19 {
            match full.take().unwrap() {
                Some(Item::Bytes(bytes)) => came += bytes.len(),
                other => panic!("{other:?}"),
            }
        }
        sending.join().unwrap().unwrap();
    });
    drop((full, other));
    drop(near);
    far.join().unwrap();
}

#[test]
fn many_calls_at_once_each_get_their_own_answers() {
    let (near, far) = two(Pulse::default());
    let far = serve(far);
    std::thread::scope(|scope| {
        for caller in 0..32 {
            let near = &near;
            scope.spawn(move || {
                let channel = near.call(Vec::new()).unwrap();
                for number in 0..50 {
                    let said = format!("{caller} says {number}");
                    channel.send(&said).unwrap();
                    assert_eq!(channel.message::<String>().unwrap(), said);
                }
            });
        }
    });
    drop(near);
    far.join().unwrap();
}

#[test]
fn the_end_of_the_stream_ends_who_waits() {
    let (near, far) = two(Pulse::default());
    let channel = near.call(Vec::new()).unwrap();
    drop(far);
    assert_eq!(channel.take().unwrap_err().code, Code::SiteLost);
}

#[test]
fn silence_is_taken_for_the_end_and_a_sign_of_life_is_not() {
    let (near, far) = two(QUICK);
    let channel = near.call(Vec::new()).unwrap();
    let quiet = channel.take_within(QUICK.silence * 4).unwrap();
    assert_eq!(quiet, None, "both ends sent signs of life");
    drop((channel, near, far));
    let ((near_in, _silent), (_far_in, near_out)) = (pipe(), pipe());
    let near = Connection::start(near_in, near_out, QUICK).unwrap();
    let channel = near.call(Vec::new()).unwrap();
    let failure = channel.take().unwrap_err();
    assert!(failure.why.contains("nothing came"), "{failure:?}");
}

/// The other side takes nothing, as ssh does behind a link that fell silent: nobody waits for it longer than for its word.
#[test]
fn a_writer_that_is_stuck_ends_with_the_silence() {
    let ((near_in, _silent), (_untaken, near_out)) = (pipe(), pipe());
    let near = Connection::start(near_in, near_out, QUICK).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..32 {
            let channel = near.call(Vec::new());
            scope.spawn(move || {
                let failure = channel.and_then(|channel| channel.send_bytes(&vec![7; 4 << 20]));
                assert_eq!(failure.unwrap_err().code, Code::SiteLost);
            });
        }
    });
    drop(near);
}

/// What was sent before the end arrives, however slowly it is taken.
#[test]
fn the_last_word_is_heard_though_the_other_side_is_slow() {
    let ((near_in, far_out), (far_in, near_out)) = (pipe(), pipe());
    let near = Connection::start(near_in, near_out, Pulse::default()).unwrap();
    let channel = near.call(Vec::new()).unwrap();
    let bytes = vec![7; 1 << 20];
    channel.send_bytes(&bytes).unwrap();
    let closing = std::thread::spawn(move || drop((channel, near)));
    // The reader of the closed end hears something, and must not take that for the end.
    std::thread::sleep(QUICK.silence);
    let far = Connection::start(far_in, far_out, QUICK).unwrap();
    let call = far.next_call().unwrap();
    let mut came = 0;
    while let Some(Item::Bytes(bytes)) = call.channel.take().unwrap() {
        came += bytes.len();
    }
    assert_eq!(came, bytes.len());
    closing.join().unwrap();
}

#[test]
fn what_breaks_the_rules_ends_the_connection() {
    let junk: [&[u8]; 4] = [
        b"Welcome to this host, have a nice day.",
        // A frame that says it is longer than any.
        &[1, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
        // A message that says it is compressed and is not.
        &[1, 0, 0, 0, 1, 1, 0, 0, 5, 0, 0, 0, 9, 0, 0, 0, 1],
        // The beginning of a frame.
        &[1, 0, 0],
    ];
    for bytes in junk {
        let ((near_in, far_out), (_far_in, near_out)) = (pipe(), pipe());
        let near = Connection::start(near_in, near_out, Pulse::default()).unwrap();
        let channel = near.call(Vec::new()).unwrap();
        let mut far = std::fs::File::from(far_out);
        far.write_all(bytes).unwrap();
        drop(far);
        assert_eq!(channel.take().unwrap_err().code, Code::SiteLost);
    }
}

#[test]
fn a_message_must_be_what_is_due_and_nothing_more() {
    use super::channel::{decode, encode};
    let mut bytes = encode(&(7_u32, "seven")).unwrap();
    assert_eq!(decode::<(u32, String)>(&bytes).unwrap(), (7, "seven".to_owned()));
    bytes.push(0);
    assert_eq!(decode::<(u32, String)>(&bytes).unwrap_err().code, Code::SiteLost);
    assert_eq!(
        decode::<(u32, String)>(&bytes[..3]).unwrap_err().code,
        Code::SiteLost
    );
}
