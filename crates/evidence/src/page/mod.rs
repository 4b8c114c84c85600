//! A certificate as a page to be read and printed: plain text of 80 columns, or one file of HTML.
//!
//! Both are renderings of one model, so they say the same. A page shows what the JSON says and judges nothing, and is no
//! evidence by itself. Text that came from elsewhere can forge neither a line nor a tag: control and direction
//! characters are shown escaped, and markup is text.

mod html;
mod model;
mod parts;
mod probes;
mod record;
mod rest;
mod text;
mod trends;
mod words;

pub use trends::{Range, TREND_PASSES, Trends};
pub use words::pieces;

use crate::certificate::{Certificate, Examples};
use model::Page;

/// What a page is made from.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// SHA-256 of its JSON, in hexadecimal, which the page names.
    pub sha256: &'a str,
    /// Its examples; without them the page says that those which the certificate names are not here.
    pub examples: Option<&'a Examples>,
    /// What the certificates before say; not of this certificate, so left out where there is no ledger.
    pub trends: Option<&'a Trends>,
}

/// The page as text, no line wider than 80 columns.
pub fn text(subject: Subject<'_>) -> String {
    text::render(&page(subject))
}

/// The page as one file of HTML that needs nothing else: no script, no network.
pub fn html(subject: Subject<'_>) -> String {
    html::render(&page(subject))
}

fn page(subject: Subject<'_>) -> Page {
    let certificate = subject.certificate;
    let mut page = Page::new(parts::title(certificate, subject.sha256));
    parts::sentences(certificate, &mut page);
    if let Some(trends) = subject.trends {
        trends::show(trends, &mut page);
    }
    parts::compared(certificate, &mut page);
    parts::measured(certificate, &mut page);
    rest::not_checked(certificate, subject.examples, &mut page);
    rest::changes(certificate, &mut page);
    rest::findings(certificate, subject.examples, &mut page);
    rest::kept(certificate, &mut page);
    rest::exceptions(certificate, &mut page);
    probes::probes(certificate, &mut page);
    record::record(certificate, subject.sha256, &mut page);
    record::verify(certificate, &mut page);
    page
}
