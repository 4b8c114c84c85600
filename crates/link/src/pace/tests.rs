//! The bucket and the gate against given clocks: never more than the rate, and what cannot wait never does.

use super::bucket::{BURST, Bucket};
use super::{Gate, Gates, Pace, Ticks};
use crate::connection::{Connection, Item, Pulse, lock};
use proptest::prelude::*;
use rustix::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A clock that stands still, unless somebody waits on it.
#[derive(Default)]
struct Fake(Mutex<Duration>);

impl Ticks for Fake {
    fn now(&self) -> Duration {
        *lock(&self.0)
    }

    fn wait(&self, time: Duration) {
        *lock(&self.0) += time;
    }
}

/// A rate that can be changed; 0 for no limit.
struct Rate(AtomicU64);

impl Pace for Rate {
    fn bytes_per_second(&self) -> Option<u64> {
        Some(self.0.load(Relaxed)).filter(|rate| *rate > 0)
    }
}

fn rate(bytes_per_second: u64) -> Arc<Rate> {
    Arc::new(Rate(AtomicU64::new(bytes_per_second)))
}

/// What may go by at a rate in a time, in bytes: rounded up.
fn allowed(rate: u64, time: Duration) -> u64 {
    let product = u128::from(rate) * time.as_nanos();
    u64::try_from(product.div_ceil(1_000_000_000)).unwrap()
}

const MOST: u64 = 300_000;

proptest! {
    /// In every stretch of time between two takings, whatever came before.
    #[test]
    fn never_more_than_rate_times_time_and_the_burst(
        rate in 1_u64..50_000_000,
        steps in proptest::collection::vec((0_u64..2_000_000_000, 1..=MOST), 1..60),
    ) {
        let mut bucket = Bucket::default();
        let mut now = Duration::ZERO;
        let mut taken: Vec<(Duration, u64)> = Vec::new();
        for (pause, bytes) in steps {
            now += Duration::from_nanos(pause);
            if let Some(wait) = bucket.wait(now, rate) {
                now += wait;
                prop_assert_eq!(bucket.wait(now, rate), None, "the wait that it names is enough");
            }
            bucket.take(bytes);
            taken.push((now, bytes));
        }
        for first in 0..taken.len() {
            let sums = taken[first..].iter().scan(0, |sum, (at, bytes)| {
                *sum += bytes;
                Some((*at, *sum))
            });
            for (at, sum) in sums {
                let time = at.saturating_sub(taken[first].0);
                prop_assert!(sum <= allowed(rate, time) + allowed(rate, BURST) + MOST);
            }
        }
    }

    /// Who always has something to send gets all of the rate.
    #[test]
    fn nothing_of_the_rate_is_lost(rate in 1_000_u64..50_000_000, pieces in proptest::collection::vec(1..=MOST, 1..60)) {
        let mut bucket = Bucket::default();
        let mut now = Duration::from_nanos(1);
        let mut sum = 0;
        for bytes in pieces {
            prop_assert!(allowed(rate, now) <= sum + 1 + rate / 1_000_000, "it waited longer than it had to");
            while let Some(wait) = bucket.wait(now, rate) {
                now += wait;
            }
            bucket.take(bytes);
            sum += bytes;
        }
    }

    /// The rate of another hour holds from then on; for the time between, the lower one.
    #[test]
    fn a_rate_that_changes_is_kept_to(rates in proptest::collection::vec(1_u64..5_000_000, 2..6)) {
        let mut bucket = Bucket::default();
        let step = Duration::from_millis(50);
        let (mut now, mut sum, mut due) = (Duration::ZERO, 0, 0);
        let highest = rates.iter().copied().max().unwrap_or_default();
        for rate in rates {
            for _ in 0..40 {
                now += step;
                due += allowed(rate, step);
                while bucket.wait(now, rate).is_none() {
                    bucket.take(10_000);
                    sum += 10_000;
                }
                prop_assert!(sum <= due + allowed(highest, BURST) + 10_000);
            }
        }
    }
}

#[test]
fn without_a_limit_nothing_waits_and_nothing_is_owed() {
    let (pace, clock) = (rate(0), Arc::new(Fake::default()));
    let gate = Gate::by(pace.clone(), clock.clone());
    for _ in 0..1000 {
        gate.pass(1 << 20, || false);
    }
    assert_eq!(clock.now(), Duration::ZERO);
    pace.0.store(1000, Relaxed);
    gate.pass(1000, || false);
    assert!(clock.now() < Duration::from_millis(1), "{:?}", clock.now());
    gate.pass(1, || false);
    assert!(clock.now() >= Duration::from_secs(1), "{:?}", clock.now());
}

/// A limit for two seconds.
struct Soon(Arc<Fake>);
impl Pace for Soon {
    fn bytes_per_second(&self) -> Option<u64> {
        (self.0.now() < Duration::from_secs(2)).then_some(1)
    }
}

#[test]
fn a_limit_that_is_lifted_or_a_link_that_ends_lets_go_who_waits() {
    let (pace, clock) = (rate(1), Arc::new(Fake::default()));
    let gate = Gate::by(pace.clone(), clock.clone());
    gate.charge(1_000_000);
    let before = clock.now();
    gate.pass(1, || clock.now() > before);
    assert!(clock.now() < Duration::from_secs(1));
    // The rate is asked for again in every slice of a long wait.
    let gate = Gate::by(Arc::new(Soon(clock.clone())), clock.clone());
    gate.charge(1_000_000);
    gate.pass(1, || false);
    assert!(clock.now() < Duration::from_secs(3), "{:?}", clock.now());
}

/// Two ends over pipes, of which the near one keeps to a pace on a clock of its own.
fn paced(pace: &Arc<Rate>, clock: &Arc<Fake>) -> (Connection, Connection) {
    let pipe = || {
        let (read, write) = std::io::pipe().unwrap();
        (OwnedFd::from(read), OwnedFd::from(write))
    };
    let ((near_in, far_out), (far_in, near_out)) = (pipe(), pipe());
    let (pace, clock): (Arc<dyn Pace>, Arc<dyn Ticks>) = (pace.clone(), clock.clone());
    let gates = Gates::by(&pace, &clock);
    (
        Connection::start_at_pace(near_in, near_out, Pulse::default(), Some(gates)).unwrap(),
        Connection::start(far_in, far_out, Pulse::default()).unwrap(),
    )
}

/// Bytes that do not compress.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.to_be_bytes()[0]
    };
    (0..len).map(next).collect()
}

const RATE: u64 = 100_000;
const PIECE: usize = 50_000;

/// What has gone over the link by the clock's time is never more than the rate, the burst and one frame.
fn assert_kept(clock: &Fake, sum: usize) {
    let most = allowed(RATE, clock.now() + BURST) + 300_000;
    assert!(sum as u64 <= most, "{sum} bytes at {:?}", clock.now());
}

#[test]
fn what_is_sent_keeps_to_the_rate() {
    let (pace, clock) = (rate(RATE), Arc::new(Fake::default()));
    let (near, far) = paced(&pace, &clock);
    let channel = near.call(Vec::new()).unwrap();
    let call = far.next_call().unwrap();
    let bytes = noise(PIECE);
    std::thread::scope(|scope| {
        scope.spawn(|| (0..100).for_each(|_| channel.send_bytes(&bytes).unwrap()));
        let mut sum = 0;
        while sum < 100 * PIECE {
            let Some(Item::Bytes(came)) = call.channel.take().unwrap() else {
                panic!("only bytes were sent");
            };
            sum += came.len();
            assert_kept(&clock, sum);
        }
    });
    assert!(clock.now() >= Duration::from_secs(45), "{:?}", clock.now());
}

#[test]
fn what_is_received_keeps_to_the_rate() {
    let (pace, clock) = (rate(RATE), Arc::new(Fake::default()));
    let (near, far) = paced(&pace, &clock);
    let channel = near.call(Vec::new()).unwrap();
    let call = far.next_call().unwrap();
    let bytes = noise(PIECE);
    std::thread::scope(|scope| {
        // The far end knows of no limit: its sends wait.
        scope.spawn(|| (0..100).for_each(|_| call.channel.send_bytes(&bytes).unwrap()));
        let mut sum = 0;
        while sum < 100 * PIECE {
            let Some(Item::Bytes(came)) = channel.take().unwrap() else {
                panic!("only bytes were sent");
            };
            sum += came.len();
            assert_kept(&clock, sum);
        }
    });
    assert!(clock.now() >= Duration::from_secs(45), "{:?}", clock.now());
}

#[test]
fn an_interrupt_and_an_end_wait_for_nothing() {
    // So slow that what waits for its turn does not come before the test is over.
    let (pace, clock) = (rate(1), Arc::new(Fake::default()));
    let (near, far) = paced(&pace, &clock);
    let channel = near.call(vec![0; 100_000]).unwrap();
    let call = far.next_call().unwrap();
    let before = clock.now();
    channel.interrupt().unwrap();
    assert!(matches!(call.channel.take().unwrap(), Some(Item::Message(_))));
    drop(channel);
    assert_eq!(call.channel.take().unwrap(), None);
    assert_eq!(clock.now(), before);
}

#[test]
fn a_beat_goes_out_while_content_waits() {
    let pulse = Pulse {
        beat: Duration::from_millis(20),
        silence: Duration::from_millis(400),
    };
    let pipe = || {
        let (read, write) = std::io::pipe().unwrap();
        (OwnedFd::from(read), OwnedFd::from(write))
    };
    let ((near_in, far_out), (far_in, near_out)) = (pipe(), pipe());
    let pace: Arc<dyn Pace> = rate(1);
    let near = Connection::start_at_pace(near_in, near_out, pulse, Some(Gates::new(&pace))).unwrap();
    let far = Connection::start(far_in, far_out, pulse).unwrap();
    let channel = near.call(noise(10_000)).unwrap();
    let call = far.next_call().unwrap();
    std::thread::scope(|scope| {
        // By a real clock, for hours; it ends with the connection.
        let waiting = scope.spawn(|| channel.send_bytes(&noise(10_000)));
        let quiet = call.channel.take_within(pulse.silence * 3).unwrap();
        assert_eq!(quiet, None, "neither content nor the end of the stream came");
        drop(far);
        drop(call);
        assert!(waiting.join().unwrap().is_err());
    });
}
