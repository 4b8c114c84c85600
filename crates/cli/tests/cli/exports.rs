//! Exported lists are accepted by the programs that they are for, whatever the names are.

use crate::program::Place;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::Command;

/// Names that break what is careless. All but the last are UTF-8.
const NAMES: [&[u8]; 9] = [
    b"plain",
    b" lead and trail ",
    b"back\\slash",
    b"new\nline",
    b"return\r",
    b"\\n",
    b"-dash",
    "ü\u{202e}x".as_bytes(),
    b"\xff\xfe",
];

fn archive(names: &[&[u8]]) -> Place {
    let place = Place::new();
    for (number, name) in names.iter().enumerate() {
        place.write(
            Path::new("p/dir").join(OsStr::from_bytes(name)),
            format!("content {number}"),
        );
    }
    place
}

fn checks(place: &Place, program: &str) {
    let list = place.path("list");
    place
        .run(&[
            "manifest",
            "--export",
            program,
            "--output",
            list.to_str().unwrap(),
        ])
        .with_code(0);
    let checked = Command::new(program)
        .arg("--check")
        .arg(&list)
        .current_dir(place.path("s"))
        .output()
        .unwrap();
    assert!(
        checked.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&checked.stderr)
    );
    let bytes = std::fs::read(&list).unwrap();
    std::fs::write(place.path("s/dir/plain"), "tampered").unwrap();
    let again = Command::new(program)
        .arg("--check")
        .arg(&list)
        .current_dir(place.path("s"))
        .output()
        .unwrap();
    assert!(!again.status.success(), "{}", String::from_utf8_lossy(&bytes));
}

#[test]
fn b3sum_accepts_the_list() {
    let place = archive(&NAMES[..8]);
    place.run(&["mirror", "p", "s"]).with_code(0);
    checks(&place, "b3sum");
}

#[test]
fn sha256sum_accepts_the_list() {
    let place = archive(&NAMES);
    place
        .run(&["mirror", "p", "s", "--digest", "sha256"])
        .with_code(0);
    checks(&place, "sha256sum");
}

#[test]
fn a_name_that_b3sum_cannot_take_is_left_out_and_said_so() {
    let place = archive(&NAMES);
    place.run(&["mirror", "p", "s"]).with_code(0);
    let ran = place.run(&["manifest", "--export", "b3sum"]).with_code(1);
    assert!(ran.err.contains("1 file is left out"), "{}", ran.err);
    assert_eq!(ran.out.lines().count(), NAMES.len() - 1);
}

#[test]
fn a_list_in_the_wrong_algorithm_is_refused_with_a_hint() {
    let place = archive(&NAMES[..1]);
    place.run(&["mirror", "p", "s"]).with_code(0);
    let ran = place.run(&["manifest", "--export", "sha256sum"]).with_code(2);
    assert!(ran.err.contains("Use --export b3sum"), "{}", ran.err);
}

#[test]
fn csv_has_every_entry_and_every_byte_of_its_name() {
    let place = archive(&NAMES);
    place.run(&["mirror", "p", "s"]).with_code(0);
    let ran = place
        .run(&["manifest", "--export", "csv", "--side", "production"])
        .with_code(0);
    let lines: Vec<&str> = ran.out.split("\r\n").filter(|line| !line.is_empty()).collect();
    assert_eq!(
        lines.len(),
        NAMES.len() + 3,
        "the head, the root and the directory besides"
    );
    assert!(lines[0].starts_with("path,path_hex,kind,"));
    assert!(ran.out.contains("6469722ffffe,file,compared,9,"), "{}", ran.out);
}

#[test]
fn an_output_file_is_never_overwritten() {
    let place = archive(&NAMES[..1]);
    place.run(&["mirror", "p", "s"]).with_code(0);
    place.write("list", "mine");
    place.run(&["manifest", "--output", "list"]).with_code(2);
    assert_eq!(std::fs::read(place.path("list")).unwrap(), b"mine");
}
