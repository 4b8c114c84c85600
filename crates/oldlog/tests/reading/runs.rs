//! Which lines are of one run.

use counterpart_oldlog::{Line, Runs};

/// The run of each line.
fn runs_of(text: &str) -> Vec<u64> {
    let mut runs = Runs::default();
    let place = |line: &str| {
        let line = Line::of(line.as_bytes());
        runs.place(line.stamp.and_then(|stamp| stamp.pid), &line.said).run
    };
    text.lines().map(place).collect()
}

#[test]
fn a_run_begins_with_the_line_that_says_so() {
    let one = "2012/05/01 02:00:03 [7] building file list\n2012/05/01 02:00:03 [7] >f+++++++++ a\n\
               2012/05/01 02:00:03 [7] sent 1 bytes  received 2 bytes  total size 3\n";
    // The same process number again, too.
    assert_eq!(runs_of(&one.repeat(2)), [1, 1, 1, 2, 2, 2]);
    let plain = "sending incremental file list\n>f+++++++++ a\n\nsent 1 bytes  received 2 bytes  3 bytes/sec\n\
                 total size is 3  speedup is 1\nrsync error: some (code 23) at main.c(1)\n";
    assert_eq!(runs_of(&plain.repeat(2)), [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
}

#[test]
fn the_side_that_gets_the_content_is_two_processes() {
    let text = "2026/11/23 00:36:38 [8847] receiving file list\n2026/11/23 00:36:38 [8847] created directory dst3\n\
                2026/11/23 00:36:38 [8850] cd+++++++++ ./\n2026/11/23 00:36:38 [8850] sent 1 bytes  received 2 bytes  total size 3\n\
                2026/11/23 00:36:38 [8847] rsync error: some (code 23) at main.c(1956) [generator=3.5.0]\n\
                2026/11/23 04:36:38 [9000] receiving file list\n";
    assert_eq!(runs_of(text), [1, 1, 1, 1, 1, 2]);
}

#[test]
fn two_runs_at_once_are_told_apart_by_their_processes() {
    let text = "2012/05/01 02:00:00 [7] building file list\n2012/05/01 02:00:01 [8] building file list\n\
                2012/05/01 02:00:02 [7] <f+++++++++ a\n2012/05/01 02:00:02 [8] <f+++++++++ b\n\
                2012/05/01 02:00:03 [7] sent 1 bytes  received 2 bytes  total size 3\n2012/05/01 02:00:04 [8] <f+++++++++ c\n";
    assert_eq!(runs_of(text), [1, 2, 1, 2, 1, 2]);
}

#[test]
fn without_any_line_that_says_so_a_new_process_is_a_new_run() {
    let text = "2011/11/16 00:08:10 [1685] <+++++ a\n2011/11/16 00:08:11 [1685] <+++++ b\n\
                2011/11/17 00:08:10 [2001] <+++++ a\n2011/11/18 00:08:10 [2400] <+++++ a\n";
    assert_eq!(runs_of(text), [1, 1, 2, 3]);
}

#[test]
fn what_a_script_writes_around_a_run_belongs_to_it() {
    let text = "=== begin\nsending incremental file list\n>f+++++++++ a\nsent 1 bytes  received 2 bytes  3 bytes/sec\n=== end\n";
    assert_eq!(runs_of(text), [1, 1, 1, 1, 1]);
}

#[test]
fn only_so_many_runs_are_open_at_once() {
    let mut runs = Runs::default();
    let line = Line::of(b"building file list");
    let over: Vec<Option<u64>> = (1..=20)
        .map(|pid| runs.place(Some(pid), &line.said).over)
        .collect();
    assert_eq!(over.iter().flatten().count(), 12);
    assert_eq!(over[8], Some(1));
    assert_eq!((runs.begun(), runs.finish().len()), (20, 8));
}
