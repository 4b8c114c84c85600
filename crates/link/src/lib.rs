//! A site at the far end of a byte stream.
//!
//! What the engine asks of a [`counterpart_port::Site`] is carried in frames to an agent, which asks it of a site of its
//! own and sends back what comes of it. Nothing of trees, manifests or passes is known here, and no decision is taken:
//! only messages of the port cross, each checked by whoever receives it.
//!
//! - `frame`: what is on the wire, with its limits
//! - `connection`: frames of many calls over one byte stream, none of which can stop another
//! - `pace`: how fast bytes may go
//! - `hello`: who is at the other end, before anything else is said
//! - `call`: what can be asked
//! - `delta`: only the changed bytes of a changed file
//! - `remote`: the site as the engine sees it
//! - `agent`: the far end
//! - `ssh`: the byte stream itself

pub mod agent;
mod call;
mod clock;
mod connection;
mod delta;
mod frame;
mod hello;
mod pace;
mod remote;
pub mod ssh;
#[cfg(test)]
mod tests;

pub use hello::{Program, REVISION, Wanted};
pub use pace::Pace;
pub use remote::RemoteSite;
