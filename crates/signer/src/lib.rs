//! Signing keys that an ssh-agent holds, and so, through it, a hardware token: asked over the agent's socket.
//!
//! Two requests of the agent's protocol and no more. Keys in files are `evidence`'s and the ledger's business; which key
//! is in force is not known here.

mod agent;
mod wire;

pub use agent::{AgentKey, Held, held};
