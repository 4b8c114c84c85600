//! The times of a log: its own in a zone, a date that is given, or that of the file's last change, and which it was.

use super::{imported, lines, place, runs};

const PLAIN: &str = "sending incremental file list\n>f+++++++++ a\n\nsent 1 bytes  received 2 bytes  3.00 bytes/sec\n\
                     total size is 3  speedup is 1.00\n";

#[test]
fn a_logs_own_times_are_read_in_a_zone() {
    let place = place();
    place.write(
        "a.log",
        "2012/07/01 02:00:03 [7] >f+++++++++ a\n2012/01/01 02:00:03 [7] >f..t...... a\n",
    );
    imported(&place, &["a.log", "--zone", "Europe/Amsterdam"]);
    let at: Vec<_> = lines(&place).iter().map(|line| line["at"].clone()).collect();
    assert_eq!(at, ["2012-07-01T00:00:03Z", "2012-01-01T01:00:03Z"]);
    let (_, document) = place.json(&["where", "a"]);
    let claims = document["imported"][0]["claims"].as_array().unwrap().clone();
    // The latest by its time, not by its place in the log.
    assert_eq!(
        (&claims[0]["claim"], &claims[0]["at"]),
        (&"first".into(), &"2012-01-01T01:00:03Z".into())
    );
    assert_eq!(
        (&claims[1]["claim"], &claims[1]["at"]),
        (&"brought".into(), &"2012-07-01T00:00:03Z".into())
    );
}

#[test]
fn a_log_without_times_takes_the_date_that_is_given() {
    let place = place();
    place.write("a.log", PLAIN);
    let log = imported(
        &place,
        &["a.log", "--date", "2012-05-01T02:00:00", "--zone", "+02:00"],
    );
    assert_eq!(
        (&log["times"], &log["began"]),
        (&"given".into(), &"2012-05-01T00:00:00Z".into()),
        "{log}"
    );
    assert_eq!(lines(&place)[0]["at"], "2012-05-01T00:00:00Z");
    assert_eq!(
        (&runs(&place)[0]["times"], &runs(&place)[0]["finished"]),
        (&"given".into(), &true.into())
    );
}

#[test]
fn else_that_of_its_last_change_and_it_says_so() {
    let place = place();
    place.write("a.log", PLAIN);
    assert!(
        place
            .shell("touch -d '2013-02-03 04:05:06' a.log")
            .status
            .success()
    );
    let out = place.run(&["import", "a.log"]).with_code(0).out;
    assert!(out.contains("2013-02-03 04:05:06Z (+00:00), when the file was changed last, since the log has no times; --date"), "{out}");
    assert_eq!(runs(&place)[0]["times"], "modified");
}

#[test]
fn runs_of_a_log_without_times_are_told_apart() {
    let place = place();
    place.write("a.log", PLAIN.repeat(3));
    assert_eq!(imported(&place, &["a.log", "--date", "2012-05-01"])["runs"], 3);
    let shown = runs(&place);
    assert_eq!(shown[2]["log_lines"], serde_json::json!([11, 15]));
}

#[test]
fn a_dry_run_claims_nothing() {
    let place = place();
    place.write(
        "a.log",
        PLAIN.replace("speedup is 1.00", "speedup is 1.00 (DRY RUN)"),
    );
    imported(&place, &["a.log"]);
    assert_eq!(runs(&place)[0]["dry_run"], true);
    let ran = place.run(&["where", "a"]).with_code(1);
    assert!(
        ran.out.contains("1 of them in dry runs, which did nothing"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("last brought"), "{}", ran.out);
}

#[test]
fn a_run_tells_how_it_ended() {
    let place = place();
    place.write("a.log", PLAIN.to_owned() + "rsync error: some files/attrs were not transferred (see previous errors) (code 23) at main.c(1) [sender=3.5.0]\n");
    imported(&place, &["a.log"]);
    assert_eq!(
        (&runs(&place)[0]["finished"], &runs(&place)[0]["exit_code"]),
        (&true.into(), &23.into())
    );
    let list = place.run(&["log", "--imported"]).with_code(0).out;
    assert!(list.contains("a.log (ended with 23)"), "{list}");
}
