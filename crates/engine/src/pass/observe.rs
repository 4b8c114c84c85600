//! Observing: both trees are scanned at once, each by its own site.

use super::Pass;
use super::check::BothOpened;
use crate::request::PassKind;
use crate::reread::latest;
use counterpart_model::{
    Carry, Code, Digest, EntryPath, Failure, Finding, Grain, MetadataClass, SiteRole, Verdict,
};
use counterpart_port::{Base, Extent, LinkProfile, Profile, ScanReport, ScanRequest, Site};

/// What both scans found.
pub struct Observation {
    /// What production is.
    pub production_profile: Profile,
    /// What the standby is.
    pub standby_profile: Profile,
    /// Production's last manifest.
    pub production_base: Option<Base>,
    /// The standby's last manifest.
    pub standby_base: Option<Base>,
    /// Production's scan.
    pub production: ScanReport,
    /// The standby's scan.
    pub standby: ScanReport,
    /// The standby's root is empty, or was given to this pair before.
    pub adopted: bool,
    /// The other pair that the standby was given to.
    pub given_to: Option<String>,
    /// The grain at which times are compared.
    pub grain: Grain,
    /// The classes of metadata that both sites can hold.
    pub carry: Carry,
    /// Hash of the policy in force.
    pub policy: Digest,
    /// Excluded entries were counted in this pass.
    pub refreshed: bool,
    /// Changes of an interrupted pass that were folded in, and when it began.
    pub recovered: u64,
    /// See `recovered`.
    pub recovered_since_seconds: Option<i64>,
}

impl Observation {
    /// How much of both observations must be merged: only changes, where both bases are one.
    pub fn extent(&self) -> Extent {
        let root = |base: &Option<Base>| base.as_ref().map(|base| base.root);
        let same = root(&self.production_base) == root(&self.standby_base);
        if same && self.bases_are_of_this_policy() {
            Extent::Changes
        } else {
            Extent::Everything
        }
    }

    /// True where both sites have a manifest that was made under the policy in force: only then does what the two have
    /// alike mean the same.
    pub fn bases_are_of_this_policy(&self) -> bool {
        let of_it = |base: &Option<Base>| base.as_ref().is_some_and(|base| base.policy == self.policy);
        of_it(&self.production_base) && of_it(&self.standby_base)
    }

    /// How the far site was reached, where one of the two is far.
    pub fn far(&self) -> Option<&LinkProfile> {
        let Self {
            production_profile,
            standby_profile,
            ..
        } = self;
        standby_profile.link.as_ref().or(production_profile.link.as_ref())
    }

    /// True where metadata is carried that a fact has only the digest of.
    pub fn carries_attributes(&self) -> bool {
        self.carry.has(MetadataClass::Xattr) || self.carry.has(MetadataClass::Acl)
    }
}

impl Pass<'_> {
    pub(crate) fn observe(&self, opened: BothOpened) -> Result<Observation, Failure> {
        let BothOpened { production, standby } = opened;
        self.tell_skew(&production.profile);
        self.tell_skew(&standby.profile);
        self.compare_head(&production.profile, self.sites.production)?;
        self.compare_head(&standby.profile, self.sites.standby)?;
        let carry = self.supported(&standby.profile);
        let grain = standby.profile.capabilities.grain;
        let policy = counterpart_model::Policy {
            carry,
            ..self.settings.policy.clone()
        }
        .hash(grain);
        let refreshed = self.excluded_are_due();
        let request = ScanRequest {
            grain,
            carry,
            policy,
            settle_seconds: self.settings.settle_seconds,
            moved: self.has_moved(&production.profile),
            refresh_excluded: refreshed,
        };
        let of_standby = ScanRequest {
            settle_seconds: 0,
            moved: false,
            ..request.clone()
        };
        let (first, second) = std::thread::scope(|scope| {
            let scan = scope.spawn(|| self.scan(self.sites.production, &request));
            let standby = self.scan(self.sites.standby, &of_standby);
            (join(scan.join()), standby)
        });
        Ok(Observation {
            production: first?,
            standby: second?,
            production_profile: production.profile,
            standby_profile: standby.profile,
            production_base: production.base,
            standby_base: standby.base,
            adopted: standby.adopted,
            given_to: standby.given_to,
            grain,
            carry,
            policy,
            refreshed,
            recovered: standby.recovered,
            recovered_since_seconds: standby.recovered_since_seconds,
        })
    }

    fn scan(&self, site: &dyn Site, request: &ScanRequest) -> Result<ScanReport, Failure> {
        let mut found = |finding: Finding| self.findings.add(&finding);
        site.scan(request, &mut found, self.listener)
    }

    /// A far clock that is certainly off by more than its limit is told: the times of the two copies cannot be read
    /// side by side then. Nothing is decided by it.
    fn tell_skew(&self, profile: &Profile) {
        const LIMIT_MS: u64 = 2_000;
        let Some(link) = &profile.link else { return };
        let (off, uncertain) = (link.clock_ahead_ms.unsigned_abs(), link.clock_uncertainty_ms);
        if off.saturating_sub(uncertain) <= LIMIT_MS {
            return;
        }
        let way = if link.clock_ahead_ms > 0 {
            "ahead of"
        } else {
            "behind"
        };
        let why = format!("its clock is {off} ms {way} this host's, give or take {uncertain} ms");
        let root = EntryPath::root();
        self.findings.add(&Finding::new(
            &root,
            Code::ClockSkew,
            profile.role,
            Verdict::Equal,
            why,
        ));
    }

    /// The carried classes that the standby can hold; the others are told.
    fn supported(&self, standby: &Profile) -> Carry {
        let held = &standby.capabilities;
        let mut carry = self.settings.policy.carry;
        let classes = [
            (MetadataClass::Mode, held.modes),
            (MetadataClass::Mtime, held.times),
            (MetadataClass::Owner, held.owners),
            (MetadataClass::Xattr, held.xattrs),
            (MetadataClass::Acl, held.acls),
            (MetadataClass::Hardlink, held.hardlinks),
        ];
        for (class, held) in classes {
            if held || !carry.has(class) {
                continue;
            }
            carry = carry.without(class);
            let why = format!(
                "the standby's filesystem cannot hold {}; it is neither carried nor compared",
                class.word()
            );
            let finding = Finding::new(
                &EntryPath::root(),
                Code::NotCarried,
                SiteRole::Standby,
                Verdict::NotCompared,
                why,
            );
            self.findings.add(&finding.declared());
        }
        carry
    }

    /// On another filesystem inodes and times of change say nothing; a guard refuses unless that was approved.
    fn has_moved(&self, production: &Profile) -> bool {
        let memory = crate::apply::lock(&self.memory);
        memory
            .production_filesystem
            .as_ref()
            .is_some_and(|known| *known != production.filesystem.identity)
    }

    fn excluded_are_due(&self) -> bool {
        let memory = crate::apply::lock(&self.memory);
        let reread = i64::try_from(self.settings.reread_seconds).unwrap_or(i64::MAX);
        let counted = memory.excluded.map(|count| count.at_seconds);
        let now = self.began.as_second();
        let due = counted.is_none_or(|at| now.saturating_sub(at) >= reread || at > latest(now));
        !self.settings.policy.exclude.is_empty()
            && (due || self.request.reread)
            && self.request.kind != PassKind::Plan
    }
}

/// A scan that panicked ends the pass as a fault of the program.
fn join<T>(joined: std::thread::Result<Result<T, Failure>>) -> Result<T, Failure> {
    joined.unwrap_or_else(|_| {
        Err(Failure::new(
            Code::Io,
            "scanning production",
            "the program failed",
        ))
    })
}
