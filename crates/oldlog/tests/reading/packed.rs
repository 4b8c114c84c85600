//! Packed logs, and lines of any length.

use counterpart_oldlog::{Lines, MAX_LINE_BYTES, Packing, plain};
use std::io::Write as _;
use std::process::{Command, Stdio};

const LOG: &[u8] = b"building file list\n>f+++++++++ a\n";

/// What a packer makes of the log; it must be there.
fn packed(program: &str) -> Vec<u8> {
    let mut child = Command::new(program)
        .arg("-c")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} must be installed for this test: {error}"));
    child.stdin.take().unwrap().write_all(LOG).unwrap();
    child.wait_with_output().unwrap().stdout
}

#[test]
fn a_packed_log_is_unpacked_and_so_are_several_parts() {
    let packings = [
        ("gzip", Packing::Gzip),
        ("zstd", Packing::Zstd),
        ("xz", Packing::Xz),
    ];
    for (program, packing) in packings {
        let twice = packed(program).repeat(2);
        let (mut reader, found) = plain(twice.as_slice()).unwrap();
        let mut text = Vec::new();
        reader.read_to_end(&mut text).unwrap();
        assert_eq!((found, text), (packing, LOG.repeat(2)), "{program}");
    }
    assert_eq!(plain(LOG).unwrap().1, Packing::None);
    assert_eq!(plain(&b""[..]).unwrap().1, Packing::None);
}

#[test]
fn a_packed_log_that_was_cut_is_an_error() {
    for program in ["gzip", "zstd", "xz"] {
        let whole = packed(program);
        for len in [whole.len() / 2, whole.len() - 1] {
            let (mut reader, _) = plain(&whole[..len]).unwrap();
            let mut text = Vec::new();
            assert!(reader.read_to_end(&mut text).is_err(), "{program} cut at {len}");
        }
    }
}

#[test]
fn lines_are_counted_and_long_ones_cut() {
    let long = vec![b'x'; MAX_LINE_BYTES + 10];
    let text = [&b"a\n\n"[..], &long, b"\nlast"].concat();
    let mut lines = Lines::new(text.as_slice());
    let mut found = Vec::new();
    while let Some((number, line)) = lines.next().unwrap() {
        found.push((number, line.len()));
    }
    assert_eq!(found, [(1, 1), (2, 0), (3, MAX_LINE_BYTES), (4, 4)]);
}
