//! Troubles and notes in the words of rsync's versions.

use counterpart_oldlog::{Line, Note, Said, Trouble};

#[track_caller]
fn trouble(line: &str) -> Trouble {
    match Line::of(line.as_bytes()).said {
        Said::Trouble(trouble) => trouble,
        other => panic!("{line:?} is {other:?}"),
    }
}

#[track_caller]
fn tells(line: &str, path: Option<&str>, error: Option<u32>) {
    let told = trouble(line);
    let found = told.path.map(|path| String::from_utf8_lossy(&path).into_owned());
    assert_eq!((found.as_deref(), told.error), (path, error), "{line}");
}

#[track_caller]
fn note(line: &str) -> Note {
    match Line::of(line.as_bytes()).said {
        Said::Note(note) => note,
        other => panic!("{line:?} is {other:?}"),
    }
}

#[test]
fn both_forms_of_a_file_that_was_not_sent() {
    let path = Some("/opt/studies/035/lib/x.xml");
    tells(
        r#"rsync: send_files failed to open "/opt/studies/035/lib/x.xml": Permission denied (13)"#,
        path,
        Some(13),
    );
    tells(
        r#"rsync: [sender] send_files failed to open "/opt/studies/035/lib/x.xml": Permission denied (13)"#,
        path,
        Some(13),
    );
    tells(
        r#"send_files failed to open "/opt/studies/035/lib/x.xml": Permission denied (13)"#,
        path,
        Some(13),
    );
    tells(
        r#"rsync: [sender] send_files failed to open "/x" (in module): Permission denied (13)"#,
        Some("/x"),
        Some(13),
    );
    tells(
        r#"rsync: [sender] send_files failed to open "/a "quote": (1)": Permission denied (13)"#,
        Some(r#"/a "quote": (1)"#),
        Some(13),
    );
    tells(
        r#"rsync: [sender] send_files failed to open "/a\#012b": Permission denied (13)"#,
        Some("/a\nb"),
        Some(13),
    );
}

#[test]
fn other_troubles() {
    tells(r#"file has vanished: "/opt/a b""#, Some("/opt/a b"), None);
    tells(
        r#"rsync: opendir "/opt/closed" failed: Permission denied (13)"#,
        Some("/opt/closed"),
        Some(13),
    );
    tells(
        r#"rsync: [generator] failed to set times on "/standby/.": Operation not permitted (1)"#,
        Some("/standby/."),
        Some(1),
    );
    tells("IO error encountered -- skipping file deletion", None, None);
    tells(r#"skipping non-regular file "fifo""#, Some("fifo"), None);
    tells("cannot delete non-empty directory: a b", Some("a b"), None);
    tells(
        "rsync: connection unexpectedly closed (0 bytes received so far) [sender]",
        None,
        None,
    );
    tells(
        "Deletions stopped due to --max-delete limit (3 skipped)",
        None,
        None,
    );
    // Two names, of which neither is taken for the one that it is about.
    tells(
        r#"rsync: [receiver] rename "/a/.b.x1" -> "b": No such file or directory (2)"#,
        None,
        Some(2),
    );
    tells(
        r#"rsync: get_xattr_data: lgetxattr("/a","user.x",0) failed: No data available (61)"#,
        None,
        Some(61),
    );
}

#[test]
fn how_a_run_begins_and_ends() {
    assert_eq!(
        note("building file list ... done"),
        Note::Begins { receiving: false }
    );
    assert_eq!(
        note("sending incremental file list"),
        Note::Begins { receiving: false }
    );
    assert_eq!(
        note("2012/05/01 02:00:03 [1] receiving file list"),
        Note::Begins { receiving: true }
    );
    assert_eq!(
        note("receiving incremental file list"),
        Note::Begins { receiving: true }
    );
    assert_eq!(
        note("sent 540 bytes  received 151 bytes  1,382.00 bytes/sec"),
        Note::Sums
    );
    assert_eq!(
        note("sent 1027 bytes  received 301 bytes  total size 24"),
        Note::Sums
    );
    assert_eq!(
        note("wrote 540 bytes  read 151 bytes  1382.00 bytes/sec"),
        Note::Sums
    );
    assert_eq!(
        note("total size is 28  speedup is 0.04"),
        Note::Total { dry_run: false }
    );
    assert_eq!(
        note("total size is 28  speedup is 0.04 (DRY RUN)"),
        Note::Total { dry_run: true }
    );
    assert_eq!(
        note(
            "rsync error: some files/attrs were not transferred (see previous errors) (code 23) at main.c(1394) [sender=3.5.0]"
        ),
        Note::Ends { code: 23 }
    );
    assert_eq!(
        note(
            "rsync warning: some files vanished before they could be transferred (code 24) at main.c(1052) [sender=3.0.9]"
        ),
        Note::Ends { code: 24 }
    );
}

#[test]
fn figures_and_signs_of_progress() {
    for line in [
        "Number of files: 17 (reg: 13, dir: 2, link: 2)",
        "Total bytes received: 151",
        "created directory /standby",
        "created 2 directories for /standby",
        "17 files to consider",
        "1500 files...",
        "rsync to studies/ from a@b (10.0.0.1)",
    ] {
        assert_eq!(note(line), Note::Other, "{line}");
    }
    for line in [
        "         32 100%    0.00kB/s    0:00:00 (xfr#1, to-chk=0/2)",
        "\r         32 100%    0.00kB/s    0:00:00\r  1,234,567  50%   31.25MB/s    0:01:02",
    ] {
        assert_eq!(note(line), Note::Progress, "{line:?}");
    }
    assert_eq!(note(" \t"), Note::Blank);
}

#[test]
fn what_a_script_writes_is_not_understood() {
    for line in [
        "=== Backup of study 035 ===",
        "035/lib/DFsetup",
        "Password:",
        "rsync",
        "sent mail",
        "total",
    ] {
        assert_eq!(Line::of(line.as_bytes()).said, Said::NotUnderstood, "{line}");
    }
}
