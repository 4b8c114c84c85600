//! The request: SHA-256 of what is to be stamped, and a number that only this request has.
//!
//! Source of the format: RFC 3161, section 2.4.1.

use super::broken;
use super::der::{Fields, element, sequence};
use ::der::oid::ObjectIdentifier;
use ::der::{Encode as _, Error, Tag};
use counterpart_model::{Digest, Failure};
use ssh_key::rand_core::{OsRng, RngCore as _};

pub(super) const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
/// What authorities at least take.
const NONCE_BYTES: usize = 8;
const DOING: &str = "reading a request for a time-stamp";

/// A request for a time-stamp.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// The digest to be stamped.
    pub imprint: Digest,
    /// The number that the answer must repeat, as bytes.
    pub nonce: Vec<u8>,
}

impl Request {
    /// A request for a digest, with a number of its own.
    ///
    /// # Errors
    /// `timestamp` when the system gives no randomness.
    pub fn new(imprint: Digest) -> Result<Self, Failure> {
        let mut nonce = [0; NONCE_BYTES];
        OsRng
            .try_fill_bytes(&mut nonce)
            .map_err(|error| broken("making a request for a time-stamp", error))?;
        // A positive number in as many bytes, which has one spelling.
        nonce[0] = (nonce[0] & 0x3f) | 0x40;
        Ok(Self {
            imprint,
            nonce: nonce.to_vec(),
        })
    }

    /// The request as a file holds it. The authority's certificate is asked for.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn to_der(&self) -> Result<Vec<u8>, Failure> {
        self.written()
            .map_err(|error| broken("writing a request for a time-stamp", error))
    }

    fn written(&self) -> Result<Vec<u8>, Error> {
        let version = element(Tag::Integer, &[1])?;
        let null = element(Tag::Null, &[])?;
        let algorithm = sequence(&[SHA256.to_der()?, null])?;
        let imprint = sequence(&[algorithm, element(Tag::OctetString, &self.imprint.0)?])?;
        let nonce = element(Tag::Integer, &self.nonce)?;
        let with_certificate = element(Tag::Boolean, &[0xff])?;
        sequence(&[version, imprint, nonce, with_certificate])
    }

    /// Reads a request that [`Request::to_der`] wrote.
    ///
    /// # Errors
    /// `timestamp` when it is none.
    pub fn read(bytes: &[u8]) -> Result<Self, Failure> {
        let read = Self::parse(bytes).map_err(|error| broken(DOING, error))?;
        if read.to_der()? == bytes {
            return Ok(read);
        }
        Err(broken(DOING, "it is not one that was written here"))
    }

    fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let mut fields = Fields::of_document(bytes, Tag::Sequence)?;
        fields.next(Tag::Integer)?;
        let imprint = imprint(&mut fields)?.ok_or(::der::ErrorKind::Failed)?;
        let nonce = fields.next(Tag::Integer)?.value().to_vec();
        Ok(Self { imprint, nonce })
    }
}

/// The imprint that comes next; `None` where it is by another algorithm than SHA-256.
pub(super) fn imprint(fields: &mut Fields<'_>) -> Result<Option<Digest>, Error> {
    let mut imprint = fields.within(Tag::Sequence)?;
    let algorithm = imprint.within(Tag::Sequence)?.oid()?;
    let digest = imprint.next(Tag::OctetString)?.value();
    let digest = digest.try_into().ok().map(Digest);
    Ok(digest.filter(|_| algorithm == SHA256))
}
