//! The foot of the page: the record itself, and how to verify it without Counterpart.

use super::layout::Page;
use crate::certificate::Certificate;
use crate::key;

pub(super) fn record(certificate: &Certificate, sha256: &str, page: &mut Page) {
    page.heading("THE RECORD");
    let (identity, times) = (&certificate.identity, &certificate.times);
    page.field("Pass", &identity.pass);
    page.field("Began", &times.began.to_string());
    page.field("Ended", &times.ended.to_string());
    who(certificate, page);
    tool(certificate, page);
    page.field("This", sha256);
    let first = || "none: it is the first of its chain".to_owned();
    let previous = identity.previous.map_or_else(first, |digest| digest.to_string());
    page.field("Before it", &previous);
}

pub(super) fn verify(certificate: &Certificate, page: &mut Page) {
    page.heading("HOW TO VERIFY WITHOUT COUNTERPART");
    let signing = &certificate.signing;
    page.note("Put the line below in a file `allowed_signers`, after making sure by another way that the key is the archive's; its fingerprint is");
    page.verbatim(&signing.fingerprint);
    page.note("With this certificate as CERT.json and its signature as CERT.json.sig:");
    page.blank();
    match key::allowed_signers_line(&signing.principal, &signing.public_key) {
        Ok(line) => page.verbatim(line.trim_end()),
        Err(failure) => page.note(&format!("The key in this certificate cannot be used: {failure}")),
    }
    page.blank();
    page.verbatim("ssh-keygen -Y verify -f allowed_signers -I counterpart -n counterpart \\");
    page.verbatim("  -s CERT.json.sig < CERT.json");
    page.verbatim("sha256sum CERT.json");
    page.blank();
    page.note("The first must say `Good \"counterpart\" signature`, the second the digest at `This`.");
}

fn who(certificate: &Certificate, page: &mut Page) {
    let actor = &certificate.actor;
    let person = actor
        .person
        .as_ref()
        .map_or(String::new(), |person| format!(" for {person}"));
    page.field("By", &format!("{}{person} on {}", actor.account, actor.host));
    page.field("Command", &actor.command.join(" "));
    page.field("Reason", actor.reason.as_deref().unwrap_or("none given"));
    page.field(
        "Schedule",
        actor.schedule.as_deref().unwrap_or("none: a person started it"),
    );
    page.field("Approval", actor.approval.as_deref().unwrap_or("none was used"));
}

fn tool(certificate: &Certificate, page: &mut Page) {
    let tool = &certificate.tool;
    let unknown = || "not known".to_owned();
    page.field(
        "Program",
        &format!("{} {} on {}", tool.name, tool.version, tool.system),
    );
    page.field(
        "its SHA-256",
        &tool.sha256.map_or_else(unknown, |digest| digest.to_string()),
    );
    if let Some(agent) = tool.agent_sha256 {
        page.field("the agent's", &agent.to_string());
    }
    page.field("Configuration", &tool.configuration.to_string());
    page.field("Policy", &tool.policy.to_string());
}
