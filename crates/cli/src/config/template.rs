//! The first `counterpart.toml`: every setting with its default, and what it is for.
//!
//! The same text is the heart of docs/CONFIGURATION.md, and a test reads it back with every comment mark taken off.

use super::value::{duration_text, limit_text};
use counterpart_engine::PairSettings;

/// What is said of `serve`, for all pairs.
const SERVE: &str = r#"
[serve]
# How many passes `counterpart serve` runs at the same time, of different pairs.
# at_once = 2
# A program of this host that leaves with 0 as long as no pass of any pair may run; none where it is empty. How often it, and the
# `pause` of a pair, are asked while a pass is due or runs:
# pause = []
# pause_every = "1m"
# How long passes may take to end when `serve` is to end.
# grace = "1m"
# When `counterpart prune --yes` is done for every pair, as a time of day or a cron line; by nobody unless set:
# prune = "05:00"
"#;

/// A commented configuration with one pair.
pub fn template(pair: &str, production: &str, standby: &str) -> String {
    let pair = key(pair);
    let sites = sites(&pair, &toml_string(production), &toml_string(standby));
    sites + &tables(&pair) + &around(&pair) + SERVE + &notify(&pair)
}

/// How it begins, and where the sites are.
fn sites(pair: &str, production: &str, standby: &str) -> String {
    format!(
        r#"# Counterpart: which trees are kept equal, and how.
#
# Lines that begin with `#` and a setting show its default: take the `#` off to change it.
# Durations are written 90s, 10m, 4h, 30d, 2w; limits 1% or a number; sizes 256 MiB or 1 GB.
# Then: `counterpart check` validates this file and looks at both sites,
#       `counterpart plan` shows what a pass would change, `counterpart run` makes one pass.

[pair.{pair}]
# Production is only read. Nothing is kept beneath it.
production = {production}
# The standby is made equal. The name .counterpart in it belongs to Counterpart.
standby    = {standby}

# One of the two may be on another host, as "host:/path" or "ssh://user@host:port/path". The system's ssh leads there, with
# its own configuration and keys; further arguments for it, and the command there:
# ssh    = []
# remote = "counterpart agent"
# Bytes a second over the link, in each direction, by the hours of this host's clock. The lowest limit of those that hold;
# none at hours that are not named. Such as ["08:00-18:00 20 MiB", "18:00-08:00 unlimited"], or ["20 MiB"]:
# bandwidth = []

# When a pass is due, by the local clock; `status` tells the next one. One of the three, or none:
# every = "4h"
# at    = "00:08"
# cron  = "8 0 * * 1-5"
# Where a pass may begin only at some hours or on some days, such as ["22:00-06:00", "sat-sun"]; else at any time:
# window = []
# A run that was missed is made up for, once, as soon as may be; with false it is left out:
# catch_up = true
# Asked at production, by `serve`, before a pass and each minute during one: a program that leaves with 0, a page that is there or
# a command's name; as long as it is so, no pass runs. Nothing is asked unless set:
# pause = ["/path/of/program"]

# A pass that takes longer stops, and the next one resumes it. No limit unless set:
# deadline = "3h"

# `counterpart watchdog` complains when the youngest certificate is older. Twice the time between two passes, and the
# deadline, unless set:
# watchdog = "26h"

"#
    )
}

/// What is done with the tree, and within which limits.
fn tables(pair: &str) -> String {
    let usual = PairSettings::default();
    let guards = usual.guards;
    let history = duration_text(usual.history_seconds);
    let reread = duration_text(usual.reread_seconds);
    let (max_delete, max_change) = (limit_text(guards.max_delete), limit_text(guards.max_change));
    let reserve_mib = guards.reserve_bytes >> 20;
    format!(
        r#"[pair.{pair}.tree]
# Names that are left out, counted and listed. Without `/` at any depth, with `/` from the root; `*` stays within a
# name, `**` crosses; `/` at the end means directories; the last that matches decides; `!` brings back in.
# exclude = []

# Metadata that is carried and compared: mode, mtime, owner, xattr, acl, hardlink.
# carry = ["mode", "mtime"]

# Owners are compared by "name" or by "number".
# owner = "name"

# How content is digested: "blake3", or "sha256" where FIPS is needed.
# digest = "blake3"

# How long what a pass replaced or removed is kept.
# history = "{history}"

# Every byte of both copies is read again within this time.
# reread = "{reread}"

# Files changed less than this long ago wait for a later pass, and are listed.
# settle = "0s"

# Names that never change once they are certified: a delete or rewrite is reported and not mirrored.
# append_only = []

# How the application renames what it retires, such as "X{{name}}"; the log then says so. No rule unless set:
# retired = "X{{name}}"

# Threads that move content; 0 chooses by the machine.
# movers = 0

[pair.{pair}.tree.stub]
# Stubs of hierarchical storage are never opened and never counted as a copy. Offline attributes are always heeded;
# globs of names that are stubs too:
# patterns = []
# A file with a size and no blocks is a stub. A file of holes looks the same.
# no_blocks = false
# Open stubs, which recalls their content.
# recall = false

[pair.{pair}.guard]
# What one pass may do without being asked. A percentage never means fewer than 50 entries, and deleting everything
# is always refused.
# max_delete = "{max_delete}"
# max_change = "{max_change}"
# Room that stays free at the standby for evidence.
# reserve = "{reserve_mib} MiB"

"#
    )
}

/// What is done around the tree, and who signs.
fn around(pair: &str) -> String {
    format!(
        r#"# How production is kept still while it is observed: "none"; "check-idle", which asks; "read-only" and "stop", which are
# begun and ended by commands. A first round copies before they begin, so that they are short. A list is a program with its
# arguments, a text "http://..." or "tcp://host:port" an address, or the name of a command of a far site's own file;
# {{root}}, {{pair}} and {{site}} stand for that site's.
# [pair.{pair}.production-hold]
#   method  = "read-only"
#   begin   = ["/usr/local/bin/archive", "read-only", "on"]
#   end     = ["/usr/local/bin/archive", "read-only", "off"]
# A command that leaves with 0 when nobody works there, also asked before the others begin; and, of "check-idle" alone, for
# how long no file was changed:
#   idle    = ["/usr/local/bin/archive", "is-idle"]
#   quiet   = "0s"
# How long a busy production is waited for, and how long a command may take:
#   wait    = "0s"
#   timeout = "10m"

# The same for the standby, for as long as its tree is changed.
# [pair.{pair}.standby-hold]
#   method = "none"

# A snapshot is read in place of production. It is taken under the hold, which then ends. The first line that `take`
# writes is the path to read from, unless `path` names it.
# [pair.{pair}.snapshot]
#   take = ["/usr/local/bin/take-snapshot"]
#   end  = ["/usr/local/bin/drop-snapshot"]
#   path = "/mnt/snapshot/archive"

# The application at the standby is stopped before its tree is changed, and started afterwards.
# [pair.{pair}.standby-application]
#   stop         = ["systemctl", "stop", "orthanc"]
#   start        = ["systemctl", "start", "orthanc"]
#   ready        = "http://127.0.0.1:8042/system"
#   ready_within = "5m"

# What files do not carry and a standby needs: users, permissions, functions, licences. Each is looked at in every pass.
# [[pair.{pair}.readiness]]
#   name   = "service account"
#   run    = ["id", "orthanc"]
#   expect = 'groups=.*\bpacs\b'
#   exit   = [0]

# What is asked of the application at both sites: the answers must agree, and may say whether it is content. As many probes
# as are wanted; docs/CONFIGURATION.md has all that they take.
# [[pair.{pair}.probe]]
#   name  = "DFstatus"
#   run   = ["/opt/datafax/bin/DFstatus", "-s", "035"]
#   mask  = ['^Server: .*', '\d\d:\d\d:\d\d']
#   clean = '^0 inconsistencies'

[pair.{pair}.key]
# Certificates are signed by a key in a file of the pair's state, which the first pass makes; or by one that an ssh-agent
# holds, and so, through it, a token: its fingerprint as `ssh-add -l` prints it. `counterpart key rotate` changes to another.
# agent  = "SHA256:mVPwvezndPv/ARoIadVY98vAC0g+P/5633yTC4d/wXE"
# The socket of that agent; $SSH_AUTH_SOCK unless set:
# socket = "/run/counterpart/ssh-agent.socket"

[pair.{pair}.retention]
# How long `counterpart prune` lets be what passes leave, beside the history of the standby. Certificates and the journal never go.
# logs = "730d"
# The manifests of earlier passes, which proofs and packs of them need: some 45 bytes a file, site and pass that changed something.
# manifests = "30d"
# probes = "400d"
# runs = "400d"
"#
    )
}

/// Who is told.
fn notify(pair: &str) -> String {
    format!(
        r#"
# Who is told of each pass, and how; nobody unless set. Take the `#` off the head of a table, too.
# [notify]
# The document of `counterpart status --json` is written here after each pass:
#   status_file = "/var/lib/counterpart/status.json"
# Tell of `verify`, too, and not of `run` alone:
#   verify = false

# [notify.mail]
#   to = ["pacs-admins@example.org"]
#   from = "Counterpart <counterpart@example.org>"
#   server = "localhost"
# How the connection is protected: "required" (STARTTLS), "implicit" (from the first byte on) or "none"; the port is then
# 587, 465 or 25. Certificates that are believed besides the system's:
#   tls = "required"
#   port = 587
#   ca = "/etc/ssl/certs/hospital.pem"
# A password is brought in from a file that others cannot read, or from the environment as "${{env:NAME}}":
#   user = "counterpart"
#   password = "${{file:/etc/counterpart/mail.pw}}"
#   subject = "[counterpart]"
# When: "always", "failure" (and when it is right again), or "change" of the verdict or of the causes. The last two may be
# silent for `at_least` at most; of "change" a week unless set:
#   when = "always"
#   at_least = "7d"
# Names of entries: "none", "pseudonym" (the same word for the same entry; the key stays here), or "shown":
#   paths = "none"
# What goes with it: nothing, or ["certificate"], where that is not longer:
#   attach = []
#   attach_limit = "1 MiB"
# How long one message may take:
#   timeout = "30s"

# A program that is given the message as JSON on its standard input (docs/schema/notice.json); also `when`, `at_least`,
# `paths` and `timeout`:
# [notify.command]
#   run = ["/usr/local/bin/page-somebody", "pacs"]

# An address that the same JSON is posted to; also `when`, `at_least`, `paths`, `timeout` and `ca`:
# [notify.webhook]
#   url = "https://hooks.example.org/${{file:/etc/counterpart/hook.token}}"
#   headers = []

# What is otherwise for this pair:
# [pair.{pair}.notify]
#   to = ["study-035@example.org"]
#   when = "always"
"#
    )
}

/// A string as TOML writes it.
pub fn toml_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            letter if letter.is_control() => out += &format!("\\u{:04X}", u32::from(letter)),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// A key as TOML writes it: bare where it may be.
fn key(name: &str) -> String {
    let bare = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if !name.is_empty() && name.chars().all(bare) {
        name.to_owned()
    } else {
        toml_string(name)
    }
}
