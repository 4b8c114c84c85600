//! A probe as it is configured.

use counterpart_model::{Code, Failure, SiteRole};
use counterpart_port::Task;
use counterpart_probe::{Clean, CleanRule, Judging, Normaliser, Rule};
use serde::{Deserialize, Serialize};

/// One probe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeSettings {
    /// Its name, which is part of the names of files.
    pub name: String,
    /// What is done at production.
    pub production: Task,
    /// What is done at the standby.
    pub standby: Task,
    /// What is taken out of the outputs before they are compared, in this order.
    pub rules: Vec<Rule>,
    /// When an output is clean; not asked without.
    pub clean: Option<CleanRule>,
    /// Nothing at both sites is equal, too.
    pub may_be_empty: bool,
}

impl ProbeSettings {
    /// What is done at a site.
    pub const fn task(&self, role: SiteRole) -> &Task {
        match role {
            SiteRole::Production => &self.production,
            SiteRole::Standby => &self.standby,
        }
    }

    /// Its rules, ready.
    ///
    /// # Errors
    /// `config`.
    pub fn normaliser(&self) -> Result<Normaliser, Failure> {
        Normaliser::new(&self.rules).map_err(|(_, why)| self.unusable(&why))
    }

    pub(super) fn cleanness(&self) -> Result<Option<Clean>, Failure> {
        let clean = self.clean.as_ref().map(Clean::new).transpose();
        clean.map_err(|why| self.unusable(&why))
    }

    /// Where exits are named that are clean, every exit says something of the application, and none that the probe failed.
    pub(super) fn judging(&self) -> Judging {
        Judging {
            may_be_empty: self.may_be_empty,
            any_exit: self.clean.as_ref().is_some_and(|clean| !clean.exits.is_empty()),
        }
    }

    fn unusable(&self, why: &str) -> Failure {
        Failure::new(Code::Config, format!("reading the probe {}", self.name), why)
    }
}
