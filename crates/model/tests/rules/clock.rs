//! Times and the grain in which they are compared.

use counterpart_model::{Grain, Timestamp};
use proptest::prelude::*;

fn time() -> impl Strategy<Value = Timestamp> {
    (-(1_i64 << 40)..1 << 40, 0_u32..1_000_000_000)
        .prop_map(|(seconds, nanos)| Timestamp::new(seconds, nanos))
}

proptest! {
    #[test]
    fn a_time_at_a_grain_is_never_later_and_less_than_a_grain_earlier(time in time(), nanos: u64) {
        let grain = Grain::from_nanos(nanos);
        let coarse = time.at_grain(grain);
        let lost = time.as_nanos() - coarse.as_nanos();
        prop_assert!((0..i128::from(grain.nanos())).contains(&lost));
        prop_assert_eq!(coarse.at_grain(grain), coarse);
    }

    #[test]
    fn nanoseconds_give_the_time_back(time in time()) {
        prop_assert_eq!(Timestamp::from_nanos(time.as_nanos()), time);
        prop_assert_eq!(time.plus_nanos(5).plus_nanos(-5), time);
    }

    #[test]
    fn a_grain_that_holds_a_time_loses_nothing(time in time(), nanos: u64) {
        let coarse = time.at_grain(Grain::from_nanos(nanos));
        prop_assert_eq!(coarse.at_grain(Grain::that_holds(coarse)), coarse);
    }
}

#[test]
fn grains_keep_their_bounds_and_say_themselves() {
    assert_eq!(Grain::from_nanos(0), Grain::NANOSECOND);
    assert_eq!(Grain::from_nanos(u64::MAX), Grain::TWO_SECONDS);
    let shown = [1, 100, 1_000, 1_000_000, 1_000_000_000, 2_000_000_000]
        .map(|nanos| Grain::from_nanos(nanos).to_string());
    assert_eq!(shown, ["1 ns", "100 ns", "1 us", "1 ms", "1 s", "2 s"]);
}

#[test]
fn the_usual_filesystems_are_known_by_their_times() {
    let grain = |seconds, nanos| Grain::that_holds(Timestamp::new(seconds, nanos)).nanos();
    assert_eq!(grain(2, 0), 2_000_000_000);
    assert_eq!(grain(3, 0), 1_000_000_000);
    assert_eq!(grain(3, 500_000_000), 1_000_000);
    assert_eq!(grain(3, 7_000), 1_000);
    assert_eq!(grain(3, 700), 100);
    assert_eq!(grain(3, 701), 1);
    assert_eq!(grain(-3, 999_999_999), 1);
}

#[test]
fn times_before_1970_are_rounded_down_too() {
    let time = Timestamp::new(-1, 500_000_000);
    assert_eq!(time.at_grain(Grain::TWO_SECONDS), Timestamp::new(-2, 0));
    assert_eq!(time.rfc3339(), "1969-12-31T23:59:59Z");
    assert_eq!(time.to_string(), "-1.500000000");
    assert_eq!(Timestamp::new(i64::MAX, 0).rfc3339(), format!("{}s", i64::MAX));
}
