//! Places that bring no content: of metadata, renames, removals, and directories.
//!
//! A write to any of them is a mistake of the caller, and is refused.

use super::directory::Directory;
use super::publish::{Pending, Removal, Renaming, settle_named};
use super::shared::{Site, refused};
use crate::keeper::{Touched, Why};
use counterpart_model::{Code, Digest, EntryPath, Fact, Failure, Kind, Obtained};
use counterpart_port::{Arrived, Attributes, Committed, Place};
use std::ffi::CString;
use std::sync::Arc;

/// A place that does nothing: what it is about goes with a directory above.
pub(super) struct Nothing;

/// The place of a removal: the entry goes to history, a directory whole.
pub(super) struct Remove {
    site: Arc<Site>,
}

/// The place of metadata alone.
pub(super) struct Metadata {
    site: Site,
}

/// The place of a renamed entry; both directories are held.
pub(super) struct Rename {
    site: Site,
    from: Arc<Directory>,
    from_name: CString,
}

/// The place of a directory, new or not: what is wanted of it takes effect when it closes.
pub(super) struct DirectoryPlace {
    directory: Arc<Directory>,
}

fn no_content(path: &EntryPath) -> Failure {
    Failure::new(Code::Io, format!("writing {path}"), "its step brings no content")
        .hint("This is a fault in Counterpart: please report it.")
}

/// Sets metadata of an entry that stays as it is.
pub(super) fn set_metadata(site: &Site, fact: &Fact, attributes: &Attributes) -> Result<Committed, Failure> {
    let settled = settle_named(&site.shared, site.named(), &fact.metadata, attributes);
    let stat = settled.map_err(|errno| site.failing("setting metadata of", errno))?;
    let mut touched = Touched::of(site.path(), Why::Metadata);
    touched.now = Some(site.shared.put.seen(fact, &stat, Obtained::default()));
    touched.incoming = site.parent.location_of(site.path().name());
    // Its directory's time of modification does not move with it.
    site.shared.tell(&touched)?;
    Ok(Committed::default())
}

impl Remove {
    pub(super) fn new(site: Site) -> Self {
        Self { site: Arc::new(site) }
    }

    /// Queues the removal behind the line of its number in history's index.
    fn commit(&self) -> Result<Committed, Failure> {
        let site = &self.site;
        let why = if site.step.drift {
            Why::Drifted
        } else {
            Why::Removed
        };
        let Some(slot) = site.shared.reserve(site.named(), site.about(why), None)? else {
            let mut touched = Touched::of(site.path(), why);
            touched.whole = site.step.kind() == Some(Kind::Directory);
            site.shared.tell(&touched)?;
            return Ok(Committed::default());
        };
        let history = Some(slot.id().clone());
        let site = site.clone();
        let shared = site.shared.clone();
        let removal = Removal { site, slot, why };
        shared.queue.push(Pending::Removal(Box::new(removal)));
        shared.queue.publish_if_full(&shared)?;
        Ok(Committed { history })
    }
}

impl Metadata {
    pub(super) fn new(site: Site) -> Self {
        Self { site }
    }
}

impl Rename {
    pub(super) fn new(site: Site, (from, from_name): (Arc<Directory>, CString)) -> Self {
        Self {
            site,
            from,
            from_name,
        }
    }

    fn commit(&self, fact: Option<&Fact>, attributes: &Attributes) -> Result<Committed, Failure> {
        let site = &self.site;
        let from_path = site.step.from.clone().unwrap_or_default();
        let renaming = Renaming {
            path: site.path().clone(),
            from_path,
            from: self.from.clone(),
            from_name: self.from_name.clone(),
            to: site.parent.shared_handle(),
            to_name: site.name.clone(),
            present: site.step.present.clone(),
            fact: fact.or(site.step.wanted.as_ref()).cloned(),
            attributes: attributes.clone(),
        };
        if site.parent.is_new() {
            site.parent.defer(renaming)?;
            return Ok(Committed::default());
        }
        let touched = renaming.rename(&site.shared)?;
        site.parent.mark_changed();
        site.shared.tell(&touched)?;
        let history = touched.history;
        Ok(Committed { history })
    }
}

impl DirectoryPlace {
    pub(super) fn new(directory: Arc<Directory>) -> Self {
        Self { directory }
    }
}

/// The methods of a place that brings no content; `$commit` is what its commit does.
macro_rules! place_without_content {
    ($place:ty, $path:expr, $commit:expr) => {
        impl Place for $place {
            fn arrived_before(&self) -> Option<Digest> {
                None
            }

            fn write(&mut self, _bytes: &[u8]) -> Result<(), Failure> {
                let path: fn(&Self) -> &EntryPath = $path;
                Err(no_content(path(self)))
            }

            fn hole(&mut self, _len_bytes: u64) -> Result<(), Failure> {
                self.write(&[])
            }

            fn commit(
                &mut self,
                fact: Option<&Fact>,
                attributes: &Attributes,
                _content: Arrived,
            ) -> Result<Committed, Failure> {
                let commit: fn(&Self, Option<&Fact>, &Attributes) -> Result<Committed, Failure> = $commit;
                commit(self, fact, attributes)
            }
        }
    };
}

const ROOT: &EntryPath = &EntryPath::root();

place_without_content!(Nothing, |_| ROOT, |_, _, _| Ok(Committed::default()));
place_without_content!(Remove, |place| place.site.path(), |place, _, _| place.commit());
place_without_content!(Rename, |place| place.site.path(), |place, fact, attributes| {
    place.commit(fact, attributes)
});
place_without_content!(Metadata, |place| place.site.path(), |place, fact, attributes| {
    let fact = fact.or(place.site.step.wanted.as_ref());
    let fact = fact.ok_or_else(|| refused(&place.site.step, "nothing is known of it"))?;
    set_metadata(&place.site, fact, attributes)
});
place_without_content!(
    DirectoryPlace,
    |place| &place.directory.path,
    |place, fact, attributes| {
        place.directory.commit(fact, attributes);
        Ok(Committed::default())
    }
);
