//! One thing to do, with all that it needs.

use crate::connect::connect;
use crate::get::get;
use crate::run::{Program, run};
use counterpart_model::Failure;
use counterpart_port::{Address, Ended, Output, Watch};
use std::time::Duration;

/// What is done, and within which bounds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Job {
    /// A program is run.
    Program(Program),
    /// A page is asked for, once, and no other that it leads to.
    Get {
        /// Where it is.
        address: Address,
        /// How long it may take.
        timeout: Duration,
    },
    /// A connection is made, and let go.
    Connect {
        /// Host and port.
        place: String,
        /// How long it may take.
        timeout: Duration,
    },
}

impl Job {
    /// How long it may take.
    pub const fn timeout(&self) -> Duration {
        match self {
            Self::Program(Program { timeout, .. })
            | Self::Get { timeout, .. }
            | Self::Connect { timeout, .. } => *timeout,
        }
    }

    /// The same with no more time than this.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        match &mut self {
            Self::Program(Program { timeout, .. })
            | Self::Get { timeout, .. }
            | Self::Connect { timeout, .. } => {
                *timeout = limit.min(*timeout);
            }
        }
        self
    }

    /// What others may know of it: a program without the folders above it, an address without its secret.
    pub fn shown(&self) -> String {
        match self {
            Self::Program(program) => {
                let program = program.argv.first().map(std::path::Path::new);
                let name = program.and_then(std::path::Path::file_name);
                name.map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_default()
            }
            Self::Get { address, .. } => format!("GET {address}"),
            Self::Connect { place, .. } => format!("connect to {place}"),
        }
    }

    /// Does it, as [`counterpart_port::Commands::act`] says. `called` is its name in messages.
    ///
    /// # Errors
    /// It cannot be started, or was interrupted.
    pub fn act(
        &self,
        called: &str,
        output: &mut (dyn FnMut(Output<'_>) + Send),
        watch: &dyn Watch,
    ) -> Result<Ended, Failure> {
        match self {
            Self::Program(program) => run(called, program, output, watch),
            Self::Get { address, timeout } => get(called, address, *timeout, output, watch),
            Self::Connect { place, timeout } => connect(called, place, *timeout, watch),
        }
    }
}
