//! The foot of the page: the record itself, and how to verify it without Counterpart.

use super::model::Page;
use crate::certificate::Certificate;
use crate::key;

/// Letters of a key that stand in one line.
const KEY_PIECE: usize = 68;

const CHECK: [&str; 3] = [
    "ssh-keygen -Y verify -f allowed_signers -I counterpart -n counterpart \\",
    "  -s CERT.json.sig < CERT.json",
    "sha256sum CERT.json",
];

pub(super) fn record(certificate: &Certificate, sha256: &str, page: &mut Page) {
    page.heading("The record");
    let (identity, times) = (&certificate.identity, &certificate.times);
    page.field("Pass", &identity.pass);
    page.field("Began", &times.began.to_string());
    page.field("Ended", &times.ended.to_string());
    who(certificate, page);
    tool(certificate, page);
    page.exact_field("This", sha256);
    match identity.previous {
        Some(digest) => page.exact_field("Before it", &digest.to_string()),
        None => page.field("Before it", "none: it is the first of its chain"),
    }
}

pub(super) fn verify(certificate: &Certificate, page: &mut Page) {
    page.heading("How to verify without Counterpart");
    page.note("This page is made from the certificate and is no evidence by itself: the certificate and its signature are.");
    let signing = &certificate.signing;
    page.note("First write down whom to believe. Make sure by another way that the key is the archive's; its fingerprint is");
    page.typed(std::slice::from_ref(&signing.fingerprint));
    match key::allowed_signers_line(&signing.principal, &signing.public_key) {
        Ok(line) => page.typed(&trusting(line.trim_end())),
        Err(failure) => page.note(&format!("The key in this certificate cannot be used: {failure}")),
    }
    page.note("Then, with this certificate as CERT.json and its signature as CERT.json.sig:");
    page.typed(&CHECK.map(str::to_owned));
    page.note("The first must say `Good \"counterpart\" signature`, the second the digest at `This`.");
}

/// The command that writes the line of `allowed_signers`, in lines that fit the page. The line has no quote but the
/// double one, and no backslash: its principal and its key have been read.
fn trusting(line: &str) -> Vec<String> {
    let (before, key) = line.rsplit_once(' ').unwrap_or(("", line));
    let mut lines = vec![format!("printf '%s' '{before} ' \\")];
    let mut rest = key;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.len().min(KEY_PIECE));
        lines.push(format!("  {piece} \\"));
        rest = after;
    }
    lines.push("  > allowed_signers".to_owned());
    lines
}

fn who(certificate: &Certificate, page: &mut Page) {
    let actor = &certificate.actor;
    let person = actor
        .person
        .as_ref()
        .map_or(String::new(), |person| format!(" for {person}"));
    page.field("By", &format!("{}{person} on {}", actor.account, actor.host));
    page.exact_field("Command", &actor.command.join(" "));
    page.field("Reason", actor.reason.as_deref().unwrap_or("none given"));
    page.field(
        "Schedule",
        actor.schedule.as_deref().unwrap_or("none: a person started it"),
    );
    page.field("Approval", actor.approval.as_deref().unwrap_or("none was used"));
}

fn tool(certificate: &Certificate, page: &mut Page) {
    let tool = &certificate.tool;
    page.field(
        "Program",
        &format!("{} {} on {}", tool.name, tool.version, tool.system),
    );
    match tool.sha256 {
        Some(digest) => page.exact_field("its SHA-256", &digest.to_string()),
        None => page.field("its SHA-256", "not known"),
    }
    if let Some(agent) = tool.agent_sha256 {
        page.exact_field("the agent's", &agent.to_string());
    }
    page.exact_field("Configuration", &tool.configuration.to_string());
    page.exact_field("Policy", &tool.policy.to_string());
}
