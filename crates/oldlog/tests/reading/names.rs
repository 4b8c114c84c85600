//! Names: rsync's escapes, links, and lines that can be read in several ways.

use counterpart_oldlog::{Change, Line, Said, unescape};

#[track_caller]
fn change(line: &[u8]) -> Change {
    match Line::of(line).said {
        Said::Change(change) => change,
        other => panic!("{} is {other:?}", line.escape_ascii()),
    }
}

/// All readings as text: `path -> link`.
#[track_caller]
fn ways(line: &str) -> Vec<String> {
    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let read = change(line.as_bytes()).readings;
    read.iter()
        .map(|reading| {
            let target = reading.link.as_ref().map(|link| format!("|{}", shown(link)));
            let remark = reading
                .remark
                .as_ref()
                .map(|remark| format!("#{}", shown(remark)));
            shown(&reading.path) + &target.unwrap_or_default() + &remark.unwrap_or_default()
        })
        .collect()
}

#[test]
fn escapes_are_undone_once() {
    assert_eq!(unescape(br"new\#012line"), b"new\nline");
    assert_eq!(unescape(br"non\#377utf"), b"non\xffutf");
    assert_eq!(unescape(br"lit\#134#012x"), br"lit\#012x");
    assert_eq!(unescape(br"back\slash\\#"), br"back\slash\\#");
    for plain in [r"\#", r"\#1", r"\#12", r"\#400", r"\#899", r"\#01", r"\x0a"] {
        assert_eq!(unescape(plain.as_bytes()), plain.as_bytes());
    }
    let read = change(b">f+++++++++ raw\xffbyte\\#012").readings;
    assert_eq!(read[0].path, b"raw\xffbyte\n");
}

#[test]
fn links_are_split_where_there_is_one_separator() {
    assert_eq!(ways("cL+++++++++ link -> d/one"), ["link|d/one"]);
    assert_eq!(ways("hf+++++++++ hard => d/one"), ["hard|d/one"]);
    assert_eq!(ways("hL+++++++++ hard => link"), ["hard|link"]);
    assert_eq!(ways("2011/11/16 00:08:10 [1] cL a -> b"), ["a|b"]);
    assert_eq!(ways("hf a => b"), ["a|b"]);
    assert_eq!(ways("cL+++++++++ link"), ["link"]);
}

#[test]
fn separators_in_names_of_other_kinds_belong_to_the_name() {
    assert_eq!(ways(">f+++++++++ arrow -> x"), ["arrow -> x"]);
    assert_eq!(ways(">f+++++++++ fat => y"), ["fat => y"]);
    assert_eq!(ways("cd+++++++++ a -> b/"), ["a -> b"]);
    assert_eq!(ways("*deleting   arrow -> x"), ["arrow -> x"]);
    assert_eq!(ways(">f+++++++++ remark ← x"), ["remark ← x"]);
}

#[test]
fn a_line_that_can_be_read_in_several_ways_comes_with_all() {
    assert_eq!(
        ways("cL+++++++++ link -> odd -> d/one"),
        ["link|odd -> d/one", "link -> odd|d/one"]
    );
    assert_eq!(ways("hf+++++++++ a => b => c"), ["a|b => c", "a => b|c"]);
    let many = "x -> ".repeat(40);
    assert_eq!(
        Line::of(format!("cL+++++++++ {many}").as_bytes()).said,
        Said::NotUnderstood
    );
}

#[test]
fn a_remark_in_a_copy_is_told_apart_and_need_be_none() {
    assert_eq!(
        ways("<+++++ 035/dfschema/111115-171758 ← New files"),
        [
            "035/dfschema/111115-171758#New files",
            "035/dfschema/111115-171758 ← New files"
        ]
    );
}
