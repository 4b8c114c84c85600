//! What the hooks found: told with the findings, since nobody should have to look for it elsewhere. None of it makes the copy
//! unequal.

use super::Pass;
use crate::hooks::Checked;
use counterpart_model::{Code, EntryPath, Finding, SiteRole, Verdict};

impl Pass<'_> {
    /// Production was idle before it was observed, and is not any more.
    pub(super) fn tell_busy(&self) {
        let why =
            "it was idle before it was observed, and is not any more; what changed meanwhile is told by name";
        self.tell_of(Code::ProductionBusy, SiteRole::Production, why.to_owned());
    }

    /// What is not as it should be at the standby, beside its files.
    pub(super) fn tell_readiness(&self, found: &[Checked]) {
        for check in found.iter().filter(|check| !check.ready) {
            let why = check.why.as_deref().unwrap_or("no reason was given");
            let since = check.since.rfc3339();
            self.tell_of(
                Code::NotReady,
                SiteRole::Standby,
                format!("the check `{}` fails since {since}: {why}", check.name),
            );
        }
    }

    /// The second verdict, of the application itself and of all that files do not carry; nothing where nobody was asked.
    pub(super) fn clean(&self) -> Option<bool> {
        let found = crate::apply::lock(&self.readiness);
        let ready = (!found.is_empty()).then(|| found.iter().all(|check| check.ready));
        let said = ready.into_iter().chain(self.probes_clean());
        said.reduce(|one, other| one && other)
    }

    fn tell_of(&self, code: Code, site: SiteRole, why: String) {
        let finding = Finding::new(&EntryPath::root(), code, site, Verdict::Equal, why);
        self.findings.add(&finding);
    }
}
