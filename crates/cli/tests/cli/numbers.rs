//! How numbers, durations and limits are written and read.

use counterpart_cli::config::value::{duration, duration_text, limit, limit_text, size, time_of_day};
use counterpart_cli::units::{age, bytes, count, duration as said, seconds, short_bytes};
use counterpart_cli::words::nearest;
use counterpart_engine::Limit;

#[test]
fn numbers_stand_in_groups_of_three() {
    let shown: Vec<String> = [0, 7, 999, 1_000, 12_345, 1_234_567].map(count).to_vec();
    assert_eq!(shown, ["0", "7", "999", "1 000", "12 345", "1 234 567"]);
}

#[test]
fn bytes_are_exact_and_rounded_to_the_nearest() {
    assert_eq!(bytes(1), "1 byte");
    assert_eq!(bytes(999), "999 bytes");
    assert_eq!(bytes(1_234_567), "1 234 567 bytes (1.2 MB)");
    assert_eq!(short_bytes(999_949), "999.9 kB");
    assert_eq!(short_bytes(999_950), "1.0 MB");
    assert_eq!(short_bytes(u64::MAX), "18.4 EB");
}

#[test]
fn times_are_said_as_people_say_them() {
    assert_eq!(seconds(0.44), "0.4 s");
    assert_eq!(seconds(12.4), "12 s");
    assert_eq!(said(200), "3 min 20 s");
    assert_eq!(said(7_500), "2 h 5 min");
    assert_eq!(said(86_400), "1 d");
    assert_eq!(age(41 * 86_400), "41 d");
    assert_eq!(age(-5), "now");
}

#[test]
fn durations_are_read() {
    for (text, seconds) in [
        ("90s", 90),
        ("10m", 600),
        ("4h", 14_400),
        ("400d", 34_560_000),
        ("2w", 1_209_600),
    ] {
        assert_eq!(duration(text), Ok(seconds), "{text}");
    }
    assert_eq!(duration("1h 30m"), Ok(5_400));
    assert_eq!(duration("0"), Ok(0));
    for text in [
        "",
        " ",
        "10",
        "m",
        "10 minutes",
        "-1h",
        "1.5h",
        "99999999999999999999d",
        "9999999d",
    ] {
        assert!(duration(text).is_err(), "{text}");
    }
}

#[test]
fn durations_come_back_as_they_are_written() {
    for seconds in [0, 1, 60, 90, 3_600, 14_400, 86_400, 34_560_000] {
        assert_eq!(duration(&duration_text(seconds)), Ok(seconds));
    }
    assert_eq!(duration_text(400 * 86_400), "400d");
}

#[test]
fn limits_are_a_share_or_a_number() {
    assert_eq!(limit("1%"), Ok(Limit::Share(0.01)));
    assert_eq!(limit("200"), Ok(Limit::Entries(200)));
    for text in ["", "%", "101%", "-1%", "NaN%", "many", "-3"] {
        assert!(limit(text).is_err(), "{text}");
    }
    for text in ["1%", "7%", "0.5%", "100%", "12"] {
        assert_eq!(limit_text(limit(text).unwrap()), text);
    }
}

#[test]
fn sizes_have_decimal_and_binary_units() {
    assert_eq!(size("256 MiB"), Ok(256 << 20));
    assert_eq!(size("1GB"), Ok(1_000_000_000));
    assert_eq!(size("4096"), Ok(4096));
    for text in ["", "GB", "1 Gb", "99999999999 TB"] {
        assert!(size(text).is_err(), "{text}");
    }
}

#[test]
fn a_time_of_day_is_not_a_cron_line() {
    assert_eq!(time_of_day("00:08"), Ok(8));
    assert_eq!(time_of_day("23:59"), Ok(1_439));
    assert!(time_of_day("24:00").is_err());
    assert!(time_of_day("8 0 * * *").unwrap_err().contains("cron"));
}

#[test]
fn the_nearest_word_is_near() {
    let words = ["max_delete", "max_change", "reserve"];
    assert_eq!(nearest("max_delte", &words), Some("max_delete"));
    assert_eq!(nearest("max-delete", &words), Some("max_delete"));
    assert_eq!(nearest("Reserve", &words), Some("reserve"));
    assert_eq!(nearest("colour", &words), None);
}
