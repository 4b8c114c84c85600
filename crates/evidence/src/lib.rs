//! Evidence over bytes: Merkle roots, canonical JSON, signatures, certificates and the chain of the journal.
//!
//! Nothing here touches a file or a clock; `store` keeps what is made here, `engine` says when it is made. The one
//! thing taken from the system is randomness, when a key is made.

pub mod bag;
pub mod canonical;
pub mod certificate;
pub mod chain;
pub mod key;
pub mod keys;
pub mod merkle;
pub mod page;
pub mod proof;
pub mod quantity;
pub mod signature;
pub mod timestamp;

pub use certificate::{Certificate, Signed};
pub use key::{Signer, SigningKey};
