//! The letters: every form in which rsync writes them, and what copies leave of them.

use counterpart_oldlog::{Change, Done, Form, Line, Said};

#[track_caller]
fn change(line: &str) -> Change {
    match Line::of(line.as_bytes()).said {
        Said::Change(change) => change,
        other => panic!("{line:?} is {other:?}"),
    }
}

#[track_caller]
fn reads(line: &str, letters: &str, form: Form, done: Done, path: &str) {
    let change = change(line);
    assert_eq!(
        (change.letters.as_str(), change.form, change.done),
        (letters, form, done),
        "{line:?}"
    );
    assert_eq!(change.readings.len(), 1, "{line:?}");
    assert_eq!(
        String::from_utf8_lossy(&change.readings[0].path),
        path,
        "{line:?}"
    );
}

#[test]
fn eleven_letters() {
    use Done::{Attributes, Changed, Created, Deleted, Linked, Received, Sent, Unchanged, Unknown};
    let lines = [
        (">f+++++++++ a/b", ">f+++++++++", Received, "a/b"),
        ("<f+++++++++ a/b", "<f+++++++++", Sent, "a/b"),
        ("<f..t...... a", "<f..t......", Sent, "a"),
        (">fcstpoguax a", ">fcstpoguax", Received, "a"),
        (">f..T...... a", ">f..T......", Received, "a"),
        (">f......n.. a", ">f......n..", Received, "a"),
        (">f......b.. a", ">f......b..", Received, "a"),
        (">f......... a", ">f.........", Received, "a"),
        ("cd+++++++++ a/b/", "cd+++++++++", Created, "a/b"),
        ("cS+++++++++ fifo", "cS+++++++++", Created, "fifo"),
        ("cD+++++++++ device", "cD+++++++++", Created, "device"),
        (".d..t...... a/", ".d..t......", Attributes, "a"),
        (".d..t...... ./", ".d..t......", Attributes, ""),
        (".f...p..... a", ".f...p.....", Attributes, "a"),
        (".f....og.a. a", ".f....og.a.", Attributes, "a"),
        (".f          a", ".f         ", Unchanged, "a"),
        (".d          ./", ".d         ", Unchanged, ""),
        ("hf          a", "hf         ", Unchanged, "a"),
        ("cLc.T...... a", "cLc.T......", Changed, "a"),
        ("hf+++++++++ a", "hf+++++++++", Linked, "a"),
        (".f????????? a", ".f?????????", Unknown, "a"),
        (".f+++++++++ a", ".f+++++++++", Unknown, "a"),
        ("*deleting   a/b/", "*deleting  ", Deleted, "a/b"),
    ];
    for (line, letters, done, path) in lines {
        reads(line, letters, Form::Exact, done, path);
        reads(
            &format!("2012/05/01 02:00:03 [12345] {line}"),
            letters,
            Form::Exact,
            done,
            path,
        );
        reads(&format!("{line}\r"), letters, Form::Exact, done, path);
    }
}

#[test]
fn nine_letters_of_older_versions() {
    reads("<f..t.... a", "<f..t......", Form::Nine, Done::Sent, "a");
    reads(">fcstpoga a", ">fcstpog.a.", Form::Nine, Done::Received, "a");
    reads(">f+++++++ a", ">f+++++++++", Form::Nine, Done::Received, "a");
    reads(".f        a", ".f         ", Form::Nine, Done::Unchanged, "a");
    reads("cd+++++++ a/", "cd+++++++++", Form::Nine, Done::Created, "a");
}

#[test]
fn what_copies_leave_of_them() {
    let form = Form::Collapsed;
    reads(
        "<+++++ 035/dfschema/111115-163212",
        "<?+++++++++",
        form,
        Done::Sent,
        "035/dfschema/111115-163212",
    );
    reads(
        ".d.t..... 035/df/",
        ".d..t......",
        form,
        Done::Attributes,
        "035/df",
    );
    reads(
        "<f.t..... 035/df/DFincon.drf",
        "<f..t......",
        form,
        Done::Sent,
        "035/df/DFincon.drf",
    );
    reads(
        "<f.st..... 035/lib/DFsetup",
        "<f.st......",
        form,
        Done::Sent,
        "035/lib/DFsetup",
    );
    reads(
        "*deleting 035/pages/0842/0060002",
        "*deleting  ",
        form,
        Done::Deleted,
        "035/pages/0842/0060002",
    );
    reads("cd+++ a/", "cd+++++++++", form, Done::Created, "a");
    reads(">f.s.p. a", ">f.s.p.....", form, Done::Received, "a");
    reads(
        "2011/11/16 00:08:10 [1] .f a",
        ".f         ",
        form,
        Done::Unchanged,
        "a",
    );
    reads(
        "2011/11/16 00:08:10 [1] hf a",
        "hf         ",
        form,
        Done::Unchanged,
        "a",
    );
    reads(".d a/", ".d         ", form, Done::Unchanged, "a");
    reads("deleting a b", "*deleting  ", Form::Word, Done::Deleted, "a b");
}

#[test]
fn what_is_no_field_is_not_taken_for_one() {
    let lines = [
        "cd notes.txt",
        ".f name",
        "hf name",
        "cL name",
        "035/lib/DFsetup",
        ">f",
        ">f+++++++++",
        ">f+++++++++ ",
        "*deleting   ",
        "*missing    a",
        "<f.ts..... a",
        "<f.tt..... a",
        ">fzzzzzzzzz a",
        ">f++++.++++ a",
        ">f.. a",
        "+++++ a",
        ".+++++ a",
        ">f............ a",
        ">f++++++++++++ a",
        "deleting in a",
        "",
        "*",
    ];
    for line in lines {
        let said = Line::of(line.as_bytes()).said;
        assert!(!matches!(said, Said::Change(_)), "{line:?} is {said:?}");
    }
}

#[test]
fn blanks_that_belong_to_a_name_stay() {
    reads(
        ">f+++++++++  lead",
        ">f+++++++++",
        Form::Exact,
        Done::Received,
        " lead",
    );
    reads(
        ">f+++++++++ trail ",
        ">f+++++++++",
        Form::Exact,
        Done::Received,
        "trail ",
    );
    reads(
        ".f           lead",
        ".f         ",
        Form::Exact,
        Done::Unchanged,
        " lead",
    );
    reads(
        "*deleting    lead",
        "*deleting  ",
        Form::Exact,
        Done::Deleted,
        " lead",
    );
}

#[test]
fn a_stamp_is_a_possible_time_or_none() {
    let stamp = Line::of(b"2012/02/29 23:59:59 [7] >f+++++++++ a").stamp.unwrap();
    assert_eq!(
        (stamp.civil.year, stamp.civil.month, stamp.civil.day, stamp.pid),
        (2012, 2, 29, Some(7))
    );
    assert_eq!(
        Line::of(b"2012/05/01 02:00:03 >f+++++++++ a").stamp.unwrap().pid,
        None
    );
    for line in [
        "2011/02/29 00:00:00 [7] x",
        "2012/13/01 00:00:00 [7] x",
        "2012/01/01 24:00:00 [7] x",
        "2012/1/01 00:00:00 [7] x",
        "2012-01-01 00:00:00 [7] x",
        "2012/01/01 00:00:00[7] x",
        "2012/01/00 00:00:00 [7] x",
    ] {
        assert_eq!(Line::of(line.as_bytes()).stamp, None, "{line}");
    }
    // What stands in brackets need be no process.
    let line = Line::of(b"2012/01/01 00:00:00 [99999999999] x");
    assert_eq!(
        (line.stamp.unwrap().pid, line.text),
        (None, &b"[99999999999] x"[..])
    );
}
