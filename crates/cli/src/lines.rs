//! The fact lines under the roots of a certificate, from the manifests that the sites keep: those of the
//! last pass, and earlier ones until their retention ends.

use crate::wire::Wired;
use counterpart_evidence::Certificate;
use counterpart_evidence::proof::{Finder, Proven};
use counterpart_model::{Code, Digest, EntryPath, Failure, SiteRole, Standing, line};
use counterpart_port::Listed;

/// See the module.
pub(crate) struct Lines<'a>(&'a Certificate);

impl<'a> Lines<'a> {
    /// Of this certificate.
    pub(crate) const fn of(certificate: &'a Certificate) -> Self {
        Self(certificate)
    }

    /// The root that the certificate has for a side.
    ///
    /// # Errors
    /// `not-found`: it has none.
    pub(crate) fn root(&self, side: SiteRole) -> Result<Digest, Failure> {
        let held = match side {
            SiteRole::Production => &self.0.production,
            SiteRole::Standby => &self.0.standby,
        };
        let held = held.as_ref().map(|held| held.root);
        held.ok_or_else(|| gone(side, "the certificate has no manifest"))
    }

    /// Every line under the root of a side, in path order.
    ///
    /// # Errors
    /// `not-found`: there is no such manifest, or not any more. Or it cannot be read, or what `each` says.
    pub(crate) fn each(
        &self,
        wired: &Wired,
        side: SiteRole,
        each: &mut dyn FnMut(&EntryPath, &str) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let root = self.root(side)?;
        wired.end(side).ask(|site| {
            let listing = site.listing_of(root)?;
            let (_, mut rows) = listing.ok_or_else(|| gone(side, "its manifest is not kept any more"))?;
            let (mut listed, mut line) = (Listed::default(), String::new());
            while rows.next_into(&mut listed)? {
                let row = &listed.row;
                if row.fact.standing == Standing::Compared {
                    line.clear();
                    line::push(row.path.as_bytes(), &row.fact, &mut line);
                    each(&row.path, &line)?;
                }
            }
            Ok(())
        })
    }

    /// The root of a side, and the lines that are wanted with their ways to it.
    ///
    /// # Errors
    /// As of [`Lines::each`], or the lines have another root.
    pub(crate) fn proven(
        &self,
        wired: &Wired,
        side: SiteRole,
        wanted: &dyn Fn(&EntryPath) -> bool,
    ) -> Result<(Digest, Vec<Proven>), Failure> {
        let mut finder = Finder::new();
        self.each(wired, side, &mut |path, line| {
            finder.push(path.as_bytes(), line, wanted(path));
            Ok(())
        })?;
        let root = self.root(side)?;
        let (found, proven) = finder.finish();
        if found == root {
            return Ok((root, proven));
        }
        let doing = format!("hashing the manifest of the {side}");
        Err(Failure::new(
            Code::StateDamaged,
            doing,
            "its lines have another root",
        ))
    }
}

fn gone(side: SiteRole, why: &str) -> Failure {
    let doing = format!("reading what the {side} held");
    Failure::new(Code::NotFound, doing, why).hint("Ask by the certificate of a later pass; `manifests` in [pair.NAME.retention] says how long they are kept.")
}
