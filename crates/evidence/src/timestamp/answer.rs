//! The answer: what an authority says of a digest, and when.
//!
//! Sources of the format: RFC 3161, section 2.4.2, and RFC 5652, section 5. Read strictly; what is not needed is passed
//! over.

use super::der::{Fields, numbered, numbered_plain};
use super::request::{Request, SHA256, imprint};
use super::{broken, hex};
use ::der::oid::ObjectIdentifier;
use ::der::{Error, Tag};
use counterpart_model::{Digest, Failure};
use sha2::Digest as _;

const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");

const DOING: &str = "reading the answer of a time-stamp authority";
/// Longer than any answer.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// What an authority said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// The digest that was there.
    pub imprint: Digest,
    /// The number of the request, as bytes.
    pub nonce: Vec<u8>,
    /// When, RFC 3339 in UTC, with the fraction of a second where the authority gives one.
    pub time: String,
    /// The policy under which it was stamped, as a dotted object identifier.
    pub policy: String,
    /// The authority's number of the stamp, in hexadecimal.
    pub serial: String,
}

/// Why an answer cannot be taken.
enum Unfit {
    /// It is no answer at all.
    Der(Error),
    /// It is one, and not good.
    Why(String),
}

impl From<Error> for Unfit {
    fn from(error: Error) -> Self {
        Self::Der(error)
    }
}

impl Stamp {
    /// Reads an answer whose content is the one that its signature is over.
    ///
    /// # Errors
    /// `timestamp` when the authority refused, or it is no whole answer.
    pub fn read(bytes: &[u8]) -> Result<Self, Failure> {
        if bytes.len() > MAX_ANSWER_BYTES {
            return Err(broken(
                DOING,
                format!("it is longer than {MAX_ANSWER_BYTES} bytes"),
            ));
        }
        parse(bytes).map_err(|unfit| match unfit {
            Unfit::Der(error) => broken(DOING, format!("it is not one, or was damaged: {error}")),
            Unfit::Why(why) => broken(DOING, why),
        })
    }

    /// Checks that it answers this request.
    ///
    /// # Errors
    /// `timestamp` that says what it answers instead.
    pub fn answers(&self, request: &Request) -> Result<(), Failure> {
        if self.imprint != request.imprint {
            return Err(broken(DOING, format!("it stamps {}", self.imprint)));
        }
        if self.nonce != request.nonce {
            return Err(broken(DOING, "it answers another request for the same record"));
        }
        Ok(())
    }
}

fn unfit<T>(why: &str) -> Result<T, Unfit> {
    Err(Unfit::Why(why.to_owned()))
}

fn parse(bytes: &[u8]) -> Result<Stamp, Unfit> {
    let mut response = Fields::of_document(bytes, Tag::Sequence)?;
    granted(response.within(Tag::Sequence)?)?;
    let Some(token) = response.next_if(Tag::Sequence) else {
        return unfit("it has no time-stamp in it");
    };
    if !response.is_empty() {
        return unfit("something follows the time-stamp");
    }
    let mut content = Fields::of(token)?;
    if content.oid()? != SIGNED_DATA {
        return unfit("its time-stamp is not signed");
    }
    let signed = content.within(numbered(0))?.within(Tag::Sequence)?;
    stamp(&said(signed)?)
}

/// Whether the authority gave a time-stamp, as it was asked or with changes, which are compared anyway.
fn granted(mut status: Fields<'_>) -> Result<(), Unfit> {
    let number = status.next(Tag::Integer)?.value();
    if matches!(number, [0 | 1]) {
        return Ok(());
    }
    let texts = status.next_if(Tag::Sequence).map(Fields::of).transpose()?;
    let texts: Vec<String> = texts
        .into_iter()
        .flatten()
        .map(|text| String::from_utf8_lossy(text.value()).into_owned())
        .collect();
    let text = if texts.is_empty() {
        "without a reason".to_owned()
    } else {
        texts.join("; ")
    };
    let number = hex(number);
    Err(Unfit::Why(format!(
        "the authority refused (status {number}): {text}"
    )))
}

/// The content of the signed data, which is the one that the signature is over.
fn said(mut signed: Fields<'_>) -> Result<Vec<u8>, Unfit> {
    signed.next(Tag::Integer)?;
    signed.next(Tag::Set)?;
    let mut content = signed.within(Tag::Sequence)?;
    if content.oid()? != TST_INFO {
        return unfit("what is signed is no time-stamp");
    }
    let said = content.within(numbered(0))?.next(Tag::OctetString)?.value();
    if signed.next_if(numbered(0)).is_none() {
        return unfit("the authority's certificate, which was asked for, is not in it");
    }
    let _lists_of_revoked = signed.next_if(numbered(1));
    let mut all = signed.within(Tag::Set)?;
    let one = all.within(Tag::Sequence)?;
    if !all.is_empty() || !signed.is_empty() {
        return unfit("it has more than one signature");
    }
    check_signer(one, said)?;
    Ok(said.to_vec())
}

/// Checks what the signature is over: attributes, of which one is the digest of the content.
fn check_signer(mut signer: Fields<'_>, said: &[u8]) -> Result<(), Unfit> {
    signer.next(Tag::Integer)?;
    // Whose it is: by name and number, or by key.
    if signer.next_if(Tag::Sequence).is_none() {
        let by_key = signer
            .next_if(numbered_plain(0))
            .or_else(|| signer.next_if(numbered(0)));
        if by_key.is_none() {
            return unfit("its signature does not say whose it is");
        }
    }
    let algorithm = signer.within(Tag::Sequence)?.oid()?;
    let wanted = if algorithm == SHA256 {
        sha2::Sha256::digest(said).to_vec()
    } else if algorithm == SHA384 {
        sha2::Sha384::digest(said).to_vec()
    } else if algorithm == SHA512 {
        sha2::Sha512::digest(said).to_vec()
    } else {
        return Err(Unfit::Why(format!(
            "its signature uses the digest {algorithm}, which is not SHA-256, -384 or -512"
        )));
    };
    let (mut is_digest, mut is_stamp) = (false, false);
    for attribute in signer.within(numbered(0))? {
        let mut attribute = Fields::of(attribute)?;
        let kind = attribute.oid()?;
        let mut values = attribute.within(Tag::Set)?;
        if kind == MESSAGE_DIGEST {
            is_digest = values.next(Tag::OctetString)?.value() == wanted;
        } else if kind == CONTENT_TYPE {
            is_stamp = values.oid()? == TST_INFO;
        }
    }
    if !is_digest {
        return unfit("its content was changed: it is not the one that its signature is over");
    }
    if !is_stamp {
        return unfit("its signature is not over a time-stamp");
    }
    Ok(())
}

/// What was said, in its parts.
fn stamp(said: &[u8]) -> Result<Stamp, Unfit> {
    let mut info = Fields::of_document(said, Tag::Sequence)?;
    info.next(Tag::Integer)?;
    let policy = info.oid()?.to_string();
    let Some(imprint) = imprint(&mut info)? else {
        return unfit("it stamps no SHA-256 digest");
    };
    let serial = hex(info.next(Tag::Integer)?.value());
    let time = time(info.next(Tag::GeneralizedTime)?.value())?;
    let _accuracy = info.next_if(Tag::Sequence);
    let _ordering = info.next_if(Tag::Boolean);
    let Some(nonce) = info.next_if(Tag::Integer) else {
        return unfit("it does not repeat the number of the request");
    };
    Ok(Stamp {
        imprint,
        nonce: nonce.value().to_vec(),
        time,
        policy,
        serial,
    })
}

/// `20261122021407Z` or `20261122021407.25Z` as RFC 3339. Fractions are why this is not read as DER's own type of time.
fn time(bytes: &[u8]) -> Result<String, Unfit> {
    let wrong = || Unfit::Why("its time is not one in UTC".to_owned());
    let text = std::str::from_utf8(bytes).map_err(|_| wrong())?;
    let text = text.strip_suffix('Z').ok_or_else(wrong)?;
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 14 || !digits(whole) || !fraction.is_none_or(|text| digits(text) && text.len() <= 9) {
        return Err(wrong());
    }
    let part = |from: usize, to: usize| &whole[from..to];
    let fraction = fraction.map_or_else(String::new, |text| format!(".{text}"));
    let time = format!(
        "{}-{}-{}T{}:{}:{}{fraction}Z",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(8, 10),
        part(10, 12),
        part(12, 14)
    );
    time.parse::<jiff::Timestamp>().map_err(|_| wrong())?;
    Ok(time)
}
