//! How much of a copy each pass reads again.

use super::share_bytes;
use proptest::prelude::*;

const DAY: u64 = 86_400;

#[test]
fn a_day_of_thirty_reads_a_thirtieth_and_a_tenth_more() {
    assert_eq!(share_bytes(30_000, 30 * DAY, 86_400), 1_100);
    assert_eq!(share_bytes(0, 30 * DAY, 86_400), 0);
}

#[test]
fn late_passes_and_strange_clocks_read_everything_or_nothing() {
    assert_eq!(share_bytes(1 << 50, 30 * DAY, i64::MAX), 1 << 50);
    assert_eq!(share_bytes(1 << 50, 30 * DAY, -5), 0);
    assert_eq!(share_bytes(u64::MAX, 0, 1), u64::MAX);
    assert_eq!(share_bytes(u64::MAX, u64::MAX, 1), 1);
}

proptest! {
    #[test]
    fn everything_is_read_in_time(held in 1_u64..1 << 50, days in 1_u64..400, passes in 1_i64..200) {
        let reread = days * DAY;
        let every = i64::try_from(reread).unwrap() / passes;
        let read: u128 = (0..passes).map(|_| u128::from(share_bytes(held, reread, every))).sum();
        // Each share may lose a byte, and the division of the time a pass.
        let lost = u128::try_from(passes).unwrap() * 2 + u128::from(held) / 1_000;
        prop_assert!(read + lost >= u128::from(held), "{read} of {held}");
    }

    #[test]
    fn a_share_is_never_more_than_all(held: u64, reread: u64, since: i64) {
        prop_assert!(share_bytes(held, reread, since) <= held);
    }
}
