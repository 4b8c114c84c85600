//! One end of a pair: a site of this host, or one that a link reaches when it is first needed.

use super::by_hour::ByHour;
use crate::config::{FarLocation, Link, Location, Pair};
use crate::terminal::Stop;
use crate::who;
use counterpart_command::Anything;
use counterpart_link::ssh::{Session, Ssh};
use counterpart_link::{Pace, RemoteSite, Wanted};
use counterpart_model::{Code, Failure, SiteRole};
use counterpart_port::{Commands, Standby};
use counterpart_site::{LocalSite, LocalSiteOptions, Retention};
use counterpart_store::files::PairDir;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;
use std::sync::{Arc, Mutex, PoisonError};

/// One end of a pair.
pub(crate) enum End {
    /// On this host.
    Here(Box<Here>),
    /// At another one.
    Far(FarEnd),
}

/// A site of this host, and what is done here beside it.
pub(crate) struct Here {
    site: LocalSite,
    commands: Anything,
}

/// A far site, and how it is reached.
pub(crate) struct FarEnd {
    wanted: Wanted,
    ssh: Ssh,
    /// How fast bytes may go, where that is limited.
    pace: Option<Arc<ByHour>>,
    shown: String,
}

/// A site that can be asked.
pub(crate) enum Reached<'a> {
    /// On this host.
    Here(&'a Here),
    /// Over a link; the site goes before its session, so that ssh sees the end of the stream.
    Far(Box<RemoteSite>, Mutex<Session>),
}

impl End {
    /// The end of a pair; nothing is opened yet.
    ///
    /// # Errors
    /// The state directory cannot be made.
    pub(crate) fn of(directory: &PairDir, pair: &Pair, role: SiteRole) -> Result<Self, Failure> {
        let location = match role {
            SiteRole::Production => &pair.production,
            SiteRole::Standby => &pair.standby,
        };
        Ok(match location {
            Location::Here(root) => Self::Here(Box::new(Here {
                commands: Anything::new(own_environment()),
                site: LocalSite::new(LocalSiteOptions {
                    role,
                    pair: pair.name.clone(),
                    root: root.clone(),
                    state: directory.site(role)?,
                    plain_root: false,
                    read_ahead_threads: None,
                    retention: Retention::Caller,
                }),
            })),
            Location::Far(far) => Self::Far(FarEnd {
                wanted: Wanted {
                    role,
                    pair: pair.name.clone(),
                    root: far.path.as_os_str().as_bytes().to_vec(),
                },
                ssh: ssh(far, &pair.link),
                pace: pace(&pair.link),
                shown: location.to_string(),
            }),
        })
    }

    /// The site, where it is on this host.
    pub(crate) fn here(&self) -> Option<&LocalSite> {
        match self {
            Self::Here(here) => Some(&here.site),
            Self::Far(_) => None,
        }
    }

    /// Asks the site something, of which it need not open a pass.
    ///
    /// # Errors
    /// It cannot be reached, or its own failure.
    pub(crate) fn ask<T>(&self, ask: impl FnOnce(&dyn Standby) -> Result<T, Failure>) -> Result<T, Failure> {
        let reached = self.reach()?;
        ask(reached.site()).map_err(|failure| reached.explain(failure))
    }

    /// Lifts the limit of its link when a pass is to end, so that nothing holds that up.
    pub(crate) fn unlimited_after(&self, stop: &Stop) {
        if let Self::Far(FarEnd { pace: Some(pace), .. }) = self {
            pace.until(stop);
        }
    }

    /// The site, reached now.
    ///
    /// # Errors
    /// `site-lost` with what ssh said, or why the agent refuses.
    pub(crate) fn reach(&self) -> Result<Reached<'_>, Failure> {
        match self {
            Self::Here(here) => Ok(Reached::Here(here)),
            Self::Far(far) => far.reach(),
        }
    }
}

/// What is for this program alone: what the other end of a link said, and where the service manager listens to it.
const OWN_VARIABLES: [&str; 4] = [
    "SSH_ORIGINAL_COMMAND",
    "NOTIFY_SOCKET",
    "WATCHDOG_PID",
    "WATCHDOG_USEC",
];

/// What programs get that are started here: the environment of this one, but for what is for it alone.
pub(crate) fn own_environment() -> Vec<(OsString, OsString)> {
    std::env::vars_os()
        .filter(|(name, _)| OWN_VARIABLES.iter().all(|own| name != own))
        .collect()
}

fn ssh(far: &FarLocation, link: &Link) -> Ssh {
    Ssh {
        program: "ssh".into(),
        arguments: link.ssh.iter().map(OsString::from).collect(),
        destination: far.destination.clone(),
        port: far.port,
        remote: link.remote.clone(),
    }
}

fn pace(link: &Link) -> Option<Arc<ByHour>> {
    let is_limited = !link.bandwidth.is_empty();
    is_limited.then(|| Arc::new(ByHour::new(link.bandwidth.clone())))
}

impl FarEnd {
    fn reach(&self) -> Result<Reached<'_>, Failure> {
        let (mut session, input, output) = self.ssh.start()?;
        let pace = self.pace.clone().map(|pace| pace as Arc<dyn Pace>);
        match RemoteSite::connect_at_pace(input, output, &self.wanted, &who::program(), pace.as_ref()) {
            Ok(site) => Ok(Reached::Far(Box::new(site), Mutex::new(session))),
            Err(failure) => Err(self.named(session.explain(failure))),
        }
    }

    fn named(&self, failure: Failure) -> Failure {
        Failure {
            doing: format!("{} at {}", failure.doing, self.shown),
            ..failure
        }
    }
}

impl Reached<'_> {
    /// The site itself.
    pub(crate) fn site(&self) -> &dyn Standby {
        match self {
            Self::Here(here) => &here.site,
            Self::Far(site, _) => site.as_ref(),
        }
    }

    /// What is done there beside the tree.
    pub(crate) fn commands(&self) -> &dyn Commands {
        self
    }

    /// The same of which nobody brings secrets in.
    pub(super) fn bare_commands(&self) -> &dyn Commands {
        match self {
            Self::Here(here) => &here.commands,
            Self::Far(site, _) => site.as_ref(),
        }
    }

    /// True where it is at another host.
    pub(crate) const fn is_far(&self) -> bool {
        matches!(self, Self::Far(..))
    }

    /// A failure, with what ssh said of it where it is the link's.
    pub(crate) fn explain(&self, failure: Failure) -> Failure {
        match self {
            Self::Far(_, session) if failure.code == Code::SiteLost => session
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .explain(failure),
            _ => failure,
        }
    }
}
