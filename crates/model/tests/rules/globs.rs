//! Globs: a bare name at any depth, a path from the root, on bytes.

use counterpart_model::{Code, PathGlobs};

fn globs(patterns: &[&str]) -> PathGlobs {
    PathGlobs::new(
        &patterns
            .iter()
            .map(|pattern| (*pattern).to_owned())
            .collect::<Vec<_>>(),
    )
    .unwrap()
}

#[test]
fn a_glob_matches_where_it_says() {
    let cases: [(&str, &[u8], bool); 17] = [
        ("*.tmp", b"a.tmp", true),
        ("*.tmp", b"deep/down/a.tmp", true),
        ("*.tmp", b"a.tmp/b", false),
        ("/a/*.dcm", b"a/1.dcm", true),
        ("a/*.dcm", b"a/1.dcm", true),
        ("a/*.dcm", b"b/a/1.dcm", false),
        ("a/*.dcm", b"a/b/1.dcm", false),
        ("a/**", b"a/b/1.dcm", true),
        ("a/**", b"a", false),
        ("**/DFserver.cf*", b"DFserver.cf", true),
        ("**/DFserver.cf*", b"x/y/DFserver.cf.old", true),
        ("b?", "b\u{e9}".as_bytes(), false),
        ("b??", "b\u{e9}".as_bytes(), true),
        ("*", b"\xff\xfe", true),
        ("{one,two}", b"two", true),
        ("archive/**", b"archive/\xff", true),
        ("Archive/**", b"archive/x", false),
    ];
    for (pattern, path, matches) in cases {
        assert_eq!(
            globs(&[pattern]).matches(path),
            matches,
            "{pattern} {:?}",
            String::from_utf8_lossy(path)
        );
    }
}

#[test]
fn a_class_of_characters_that_are_several_bytes_is_refused_with_what_to_write() {
    for pattern in [
        "[\u{e9}]",
        "a/[!x-\u{e9}]*",
        "[]\u{e9}]",
        "\\[[\u{e9}]",
        "\\\u{e9}[\u{e9}]",
    ] {
        let failure = PathGlobs::new(&[pattern.to_owned()]).unwrap_err();
        assert_eq!(failure.code, Code::Config, "{pattern}");
        assert!(failure.why.contains("{\u{e9},...}"), "{failure}");
    }
    for pattern in ["\u{e9}[a-z]\u{e9}", "\\[\u{e9}]", "[]a]\u{e9}", "\\\u{e9}[a]"] {
        PathGlobs::new(&[pattern.to_owned()]).unwrap();
    }
    let either = globs(&["{\u{e9},\u{e8}}t\u{e9}"]);
    assert!(either.matches("\u{e8}t\u{e9}".as_bytes()));
}

#[test]
fn any_one_of_several_is_enough_and_none_is_none() {
    let several = globs(&["*.a", "b/*"]);
    assert!(several.matches(b"x.a") && several.matches(b"b/x") && !several.matches(b"c"));
    assert!(globs(&[]).is_empty() && !globs(&[]).matches(b"x"));
}

#[test]
fn a_glob_that_cannot_be_understood_is_named() {
    let failure = PathGlobs::new(&["good".to_owned(), "{bad".to_owned()]).unwrap_err();
    assert_eq!(failure.code, Code::Config);
    assert!(failure.doing.contains("{bad"), "{failure}");
}
