//! Evidence over bytes: Merkle roots, canonical JSON, signatures, certificates and the chain of the journal.
//!
//! Nothing here touches a file or a clock; `store` keeps what is made here, `engine` says when it is made.

pub mod canonical;
pub mod merkle;
