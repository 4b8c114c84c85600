//! One site on this host, put together from its tree and its state directory.
//!
//! A site observes its own tree, remembers what it learned, and keeps the manifest of its last pass. It decides nothing:
//! the engine does, through `counterpart-port`.

mod apart;
mod chain;
mod changes;
mod closing;
mod facts;
mod files;
mod kept;
mod learned;
mod links;
mod listing;
mod locks;
mod moves;
mod observed;
mod opening;
mod reader;
mod recovery;
mod retention;
mod scan;
mod site;
mod standby;

pub use apart::check_apart;
pub use retention::Retention;
pub use site::{LocalSite, LocalSiteOptions};
