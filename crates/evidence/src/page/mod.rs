//! A certificate as a page of plain text, 80 columns wide, to be read and printed.
//!
//! It shows what the JSON says and judges nothing. Text that came from elsewhere cannot forge a line: control
//! characters are shown escaped.

mod layout;
mod parts;
mod record;
mod rest;
mod words;

use crate::Certificate;
use crate::certificate::Examples;
use layout::Page;

/// The certificate as text; `sha256` is the digest of its JSON, which the page names. Without `examples` the page says
/// that those which the certificate names are not here.
pub fn text(certificate: &Certificate, sha256: &str, examples: Option<&Examples>) -> String {
    let mut page = Page::new();
    parts::title(certificate, &mut page);
    parts::sentences(certificate, &mut page);
    parts::compared(certificate, &mut page);
    parts::measured(certificate, &mut page);
    rest::not_checked(certificate, examples, &mut page);
    rest::changes(certificate, &mut page);
    rest::findings(certificate, examples, &mut page);
    rest::kept(certificate, &mut page);
    rest::exceptions(certificate, &mut page);
    rest::probes(certificate, &mut page);
    record::record(certificate, sha256, &mut page);
    record::verify(certificate, &mut page);
    page.finish()
}
