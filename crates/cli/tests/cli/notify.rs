//! Who is told, as the configuration says it: what is understood, which secrets it takes, and each mistake with its advice.

use counterpart_cli::config::{Config, Pair, SecretText, template};
use counterpart_notice::channel::mail::Tls;
use counterpart_notice::{Paths, When};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

const PAIR: &str = "[pair.a]\nproduction = \"/p\"\nstandby = \"/s\"\n";

fn read(rest: &str) -> Result<Pair, Vec<String>> {
    let text = format!("{PAIR}{rest}");
    let config = Config::parse(Path::new("/etc/counterpart/counterpart.toml"), &text);
    let mistakes = config.map_err(|mistakes| {
        let told = mistakes
            .0
            .iter()
            .map(|mistake| format!("{} ({})", mistake.why, mistake.hint));
        told.collect::<Vec<_>>()
    })?;
    Ok(mistakes.pair(None).unwrap().clone())
}

/// The one mistake.
fn mistake(rest: &str) -> String {
    let mut told = read(rest).unwrap_err();
    assert_eq!(told.len(), 1, "{told:?}");
    told.remove(0)
}

#[test]
fn a_full_table_is_understood() {
    let pair = read(
        r#"watchdog = "26h"
        [pair.a.notify]
        when = "change"
        at_least = "3d"
        [notify]
        status_file = "status.json"
        verify = true
        [notify.mail]
        to = ["a@example.org", "B <b@example.org>"]
        from = "Counterpart <c@example.org>"
        server = "mail.example.org"
        port = 2525
        tls = "implicit"
        ca = "ca.pem"
        user = "us"
        password = "${file:mail.pw}"
        subject = "PACS"
        when = "failure"
        paths = "pseudonym"
        attach = ["certificate"]
        attach_limit = "2 MiB"
        timeout = "10s"
        [notify.command]
        run = ["/bin/pager", "x"]
        paths = "shown"
        [notify.webhook]
        url = "https://h.example.org/${env:TOKEN}"
        headers = ["Authorization: Bearer ${env:TOKEN}", "X-From: here"]
        "#,
    )
    .unwrap();
    assert_eq!(pair.watchdog_seconds, Some(26 * 3_600));
    let notify = pair.notify;
    assert_eq!(
        notify.status_file.as_deref(),
        Some(Path::new("/etc/counterpart/status.json"))
    );
    assert!(notify.verify);
    let mail = notify.mail.unwrap();
    assert_eq!(
        (mail.to.len(), mail.port, mail.tls, mail.attach_bytes),
        (2, 2525, Tls::Implicit, 2 << 20)
    );
    assert_eq!(
        (mail.manner.rhythm.when, mail.manner.rhythm.at_least_seconds),
        (When::Change, Some(3 * 86_400))
    );
    assert_eq!(
        (mail.manner.paths, mail.manner.timeout_seconds),
        (Paths::Pseudonym, 10)
    );
    assert!(mail.attaches_certificate && mail.password.is_some());
    assert_eq!(notify.command.unwrap().manner.paths, Paths::Shown);
    assert_eq!(notify.webhook.unwrap().headers.len(), 2);
}

#[test]
fn what_is_not_said_tells_the_least() {
    let notify = read("[notify.mail]\nto = [\"a@b.org\"]").unwrap().notify;
    let mail = notify.mail.unwrap();
    assert_eq!(
        (mail.manner.paths, mail.manner.rhythm.when, mail.tls, mail.port),
        (Paths::None, When::Always, Tls::Required, 587)
    );
    assert!(!mail.attaches_certificate && mail.password.is_none());
    assert!(read("").unwrap().notify.is_empty());
}

#[test]
fn each_mistake_has_its_advice() {
    let cases = [
        ("[notify.mail]\nserver = \"x\"", "`to` is missing"),
        ("[notify.mail]\nto = []", "`to` names nobody"),
        ("[notify.mail]\nto = [\"nobody\"]", "write an address"),
        (
            "[notify.mail]\nto = [\"a@b.org\\r\\nBcc: x@y.org\"]",
            "write an address",
        ),
        (
            "[notify.mail]\nto = [\"a@b.org\"]\nserver = \"x:25\\n\"",
            "write the name of a host",
        ),
        ("[notify.mail]\nto = [\"a@b.org\"]\nport = 0", "write a port"),
        (
            "[notify.mail]\nto = [\"a@b.org\"]\ntls = \"yes\"",
            "it is one of `required`, `implicit` and `none`",
        ),
        (
            "[notify.mail]\nto = [\"a@b.org\"]\nwhen = \"allways\"",
            "did you mean `always`?",
        ),
        (
            "[notify.mail]\nto = [\"a@b.org\"]\nuser = \"us\"",
            "`user` and `password` go together",
        ),
        (
            "[notify.mail]\nto = [\"a@b.org\"]\nuser = \"us\"\npassword = \"horse\"",
            "`password` is written out",
        ),
        (
            "[notify.mail]\nto = [\"a@b.org\"]\nuser = \"us\"\npassword = \"x${file:a}\"",
            "`password` is written out",
        ),
        (
            "[notify.mail]\nto = [\"a@b.org\"]\nuser = \"us\"\npassword = \"${fil:a}\"",
            "brings in nothing",
        ),
        (
            "[notify.mail]\nto = [\"a@b.org\"]\nuser = \"us\"\npassword = \"${file:a\"",
            "brings in nothing",
        ),
        (
            "[notify.mail]\nto = [\"a@b.org\"]\nserver = \"m.org\"\nuser = \"us\"\npassword = \"${file:a}\"\ntls = \"none\"",
            "for all to read",
        ),
        (
            "[notify.mail]\nto = [\"a@b.org\"]\nattach = [\"log\"]",
            "`attach` cannot have \"log\"",
        ),
        (
            "[notify.mail]\nto = [\"a@b.org\"]\nattach_limit = \"1 GiB\"",
            "at most \"20 MiB\"",
        ),
        (
            "[notify.mail]\nto = [\"a@b.org\"]\ntimeout = \"1h\"",
            "write a duration from 1s to 600s",
        ),
        (
            "[notify.mail]\nto = [\"a@b.org\"]\nsubject = \"${env:X}\"",
            "is no setting that takes one",
        ),
        ("[notify.command]\nrun = [\"pager\"]", "no absolute path"),
        ("[notify.command]\nrun = []", "`run` names no program"),
        ("[notify.command]\nwhen = \"always\"", "`run` names no program"),
        ("[notify.webhook]\nwhen = \"always\"", "`url` is missing"),
        (
            "[notify.webhook]\nurl = \"http://h.org/x\"",
            "http:// only to this host itself",
        ),
        (
            "[notify.webhook]\nurl = \"ftp://h.org/x\"",
            "`url` cannot be used",
        ),
        (
            "[notify.webhook]\nurl = \"https://us:horse@h.org/x\"",
            "has a password written out in it",
        ),
        (
            "[notify.webhook]\nurl = \"https://h.org/x\"\nheaders = [\"Authorization: Bearer horse\"]",
            "its value is a secret",
        ),
        (
            "[notify.webhook]\nurl = \"https://h.org/x\"\nheaders = [\"nonsense\"]",
            "Name: value",
        ),
        (
            "[notify.webhook]\nurl = \"https://h.org/x\"\nheaders = [\"A: b\\r\\nC: d\"]",
            "Name: value",
        ),
        ("[pair.a.notify]\nto = [\"a@b.org\"]", "there is no [notify.mail]"),
        ("[notify.pigeon]\nto = []", "unknown setting `pigeon` in [notify]"),
    ];
    for (rest, advice) in cases {
        let told = mistake(rest);
        assert!(told.contains(advice), "{rest}: {told}");
        assert!(!told.contains("horse"), "{told}");
    }
}

#[test]
fn an_address_of_a_probe_takes_a_secret_before_its_host_alone() {
    let probe = |get: &str| format!("[[pair.a.probe]]\nname = \"x\"\nget = \"{get}\"");
    for good in [
        "http://h:80/x",
        "https://us:${file:/etc/counterpart/x.pw}@h/x?y=a:b@c",
        "https://${env:WHO}:${env:PW}@h/x",
    ] {
        read(&probe(good)).unwrap();
    }
    for (bad, why) in [
        ("http://us:horse@h/x", "a password written out"),
        ("http://us:${env:A}horse@h/x", "a password written out"),
        ("http://h/${env:TOKEN}", "elsewhere than before its host"),
        ("http://h/x?token=${env:TOKEN}", "elsewhere than before its host"),
        ("http://h/x@${env:TOKEN}@y", "elsewhere than before its host"),
        ("http://${env:HOST}/x", "elsewhere than before its host"),
        ("http://us:${file:x.pw}@h/x", "no absolute path"),
        ("http://us:${fil:x}@h/x", "a password written out"),
    ] {
        let told = mistake(&probe(bad));
        assert!(told.contains(why) && !told.contains("horse"), "{bad}: {told}");
    }
}

#[test]
fn the_first_file_shows_every_setting_as_it_is_read() {
    let text = template("a", "/p", "/s");
    let (_, block) = text.split_once("# Who is told of each pass").unwrap();
    let bare = block.lines().filter_map(|line| {
        let line = line
            .strip_prefix("# ")
            .or_else(|| line.strip_prefix('#'))?
            .trim_start();
        (line.starts_with('[') || line.contains(" = ")).then_some(line)
    });
    let bare: Vec<&str> = bare.collect();
    let shown = read(&bare.join("\n")).unwrap().notify;
    let mail = shown.mail.as_ref().unwrap();
    // What has a default is shown with it.
    let usual = read("[notify.mail]\nto = [\"a@b.org\"]")
        .unwrap()
        .notify
        .mail
        .unwrap();
    assert_eq!(
        (mail.port, mail.tls, &mail.subject, mail.attach_bytes),
        (usual.port, usual.tls, &usual.subject, usual.attach_bytes)
    );
    assert_eq!(
        (&mail.server, mail.attaches_certificate),
        (&usual.server, usual.attaches_certificate)
    );
    assert_eq!(
        (mail.manner.paths, mail.manner.timeout_seconds),
        (usual.manner.paths, usual.manner.timeout_seconds)
    );
    assert_eq!(mail.manner.rhythm.when, usual.manner.rhythm.when);
    assert!(shown.command.is_some() && shown.webhook.is_some() && shown.status_file.is_some());
    assert_eq!(mail.to, ["study-035@example.org"], "the pair's own");
}

fn revealed(written: &str, base: &Path) -> Result<String, String> {
    let environment = |name: &str| (name == "HOOK").then(|| OsString::from("h00k"));
    let text = SecretText::parse(written, base)?;
    assert_eq!(text.written(), written);
    let secret = text
        .reveal(&environment)
        .map_err(|failure| format!("{failure} {}", failure.hint))?;
    Ok(secret.expose().to_owned())
}

#[test]
fn references_are_brought_in_where_they_stand() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| {
        let path = dir.path().join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    };
    file("pw", b"right horse\n");
    file("windows", b"right horse\r\n");
    let reveal = |written: &str| revealed(written, dir.path());
    assert_eq!(reveal("${file:pw}").unwrap(), "right horse");
    assert_eq!(reveal("${file:windows}").unwrap(), "right horse");
    assert_eq!(
        reveal("a ${env:HOOK} b ${file:pw}!").unwrap(),
        "a h00k b right horse!"
    );
    assert_eq!(reveal("plain $ {x}").unwrap(), "plain $ {x}");
    // What a secret holds is never read as a reference.
    file("odd", b"${env:HOOK}");
    assert_eq!(reveal("${file:odd}").unwrap(), "${env:HOOK}");
    for (written, why) in [
        ("${env:GONE}", "it is not set"),
        ("${file:gone}", "No such file"),
        ("${file:two}", "more than one line"),
        ("${file:none}", "it is empty"),
        ("${file:bytes}", "not text"),
        ("${file:long}", "longer than 64 KiB"),
        ("${file:.}", "it is no file"),
        ("${env:A B}", "brings in nothing"),
        ("${}", "brings in nothing"),
    ] {
        file("two", b"one\ntwo\n");
        file("none", b"\n");
        file("bytes", b"\xff\xfe");
        file("long", &vec![b'x'; (64 << 10) + 1]);
        let told = reveal(written).unwrap_err();
        assert!(told.contains(why), "{written}: {told}");
    }
    for mode in [0o644, 0o640, 0o604, 0o660] {
        fs::set_permissions(dir.path().join("pw"), fs::Permissions::from_mode(mode)).unwrap();
        let root_group = rustix::process::getegid().is_root() && mode == 0o640;
        let told = reveal("${file:pw}");
        assert_eq!(told.is_ok(), root_group, "{mode:o}: {told:?}");
    }
}
