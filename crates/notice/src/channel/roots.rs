//! Whom to believe that a server is who it says: the system's list, and a file of the configuration.

use counterpart_model::{Code, Failure};
use ureq::tls::{Certificate, PemItem, parse_pem};

/// The certificates in a PEM file.
pub(super) fn of_pem(pem: &[u8]) -> Result<Vec<Certificate<'static>>, Failure> {
    let wrong = |why: String| {
        Failure::new(Code::Config, "reading the certificates of `ca`", why)
            .hint("Name a file with certificates in PEM form, as -----BEGIN CERTIFICATE-----.")
    };
    let mut certificates = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| wrong(error.to_string()))? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(wrong("there is none in the file".to_owned()));
    }
    Ok(certificates)
}

/// The system's, and those of a PEM file.
pub(super) fn all(pem: Option<&[u8]>) -> Result<Vec<Certificate<'static>>, Failure> {
    let mut all = pem.map(of_pem).transpose()?.unwrap_or_default();
    // What of the system's list cannot be read is left out: a server that needs it is then not believed.
    let system = rustls_native_certs::load_native_certs().certs;
    all.extend(system.iter().map(|der| Certificate::from_der(der).to_owned()));
    Ok(all)
}
