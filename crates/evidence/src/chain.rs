//! The chain of certificates: each names the SHA-256 of the one before.
//!
//! Works on links alone, so a chain of any length is checked in the memory of one. A missing tail cannot be seen from
//! inside: compare [`Chain::head`] with the head kept at the other site or printed in a mail.

use crate::Certificate;
use crate::canonical;
use counterpart_model::{Algorithm, Code, Digest, Failure};
use serde::{Deserialize, Serialize};

/// What a chain needs of one certificate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Link {
    /// Its number; the first is 1.
    pub sequence: u64,
    /// SHA-256 of the certificate before; `None` for the first.
    pub previous: Option<Digest>,
    /// SHA-256 of its own bytes.
    pub sha256: Digest,
}

/// A chain that is being followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Chain {
    head: Option<Link>,
}

impl Link {
    /// The link of a certificate's bytes.
    ///
    /// # Errors
    /// `evidence-broken` when the bytes are not a certificate.
    pub fn of(json: &[u8]) -> Result<Self, Failure> {
        let identity = Certificate::from_json(json)?.identity;
        Ok(Self {
            sequence: identity.sequence,
            previous: identity.previous,
            sha256: Algorithm::Sha256.of(json),
        })
    }
}

impl Chain {
    /// A chain from its beginning.
    pub const fn new() -> Self {
        Self { head: None }
    }

    /// A chain that goes on from a link known to be good.
    pub const fn after(head: Link) -> Self {
        Self { head: Some(head) }
    }

    /// The last link that held; `None` before the first.
    pub const fn head(&self) -> Option<Link> {
        self.head
    }

    /// Adds the next link.
    ///
    /// # Errors
    /// `evidence-broken` that names the link's number; the chain stays as it was.
    pub fn push(&mut self, link: Link) -> Result<(), Failure> {
        let wanted = self.head.map_or(1, |head| head.sequence.saturating_add(1));
        if link.sequence != wanted {
            return Err(broken(link, format!("number {wanted} should stand here")));
        }
        if link.sequence > canonical::MAX_INTEGER {
            return Err(broken(link, "its number is beyond 2^53 - 1"));
        }
        match (link.previous, self.head.map(|head| head.sha256)) {
            (found, wanted) if found == wanted => self.head = Some(link),
            (Some(found), Some(wanted)) => return Err(broken(link, mismatch(found, wanted))),
            (None, _) => return Err(broken(link, "it names no certificate before it")),
            (Some(_), None) => return Err(broken(link, "it is the first, yet names one before it")),
        }
        Ok(())
    }
}

/// Follows links in order from the beginning, and gives the head.
///
/// # Errors
/// `evidence-broken` that names the first link that does not hold.
pub fn verify(links: impl IntoIterator<Item = Link>) -> Result<Option<Link>, Failure> {
    let mut chain = Chain::new();
    links.into_iter().try_for_each(|link| chain.push(link))?;
    Ok(chain.head())
}

fn mismatch(found: Digest, wanted: Digest) -> String {
    format!("it names {found} as the one before, which is {wanted}")
}

fn broken(link: Link, why: impl std::fmt::Display) -> Failure {
    let doing = format!("following the chain to certificate {}", link.sequence);
    Failure::new(Code::EvidenceBroken, doing, why)
}
