//! What a mover reads production with: one reader for content that is copied, one for content of which only the digest
//! is wanted, where that can be had without the content coming.

use counterpart_model::Failure;
use counterpart_port::{ContentReader, Site};

/// See the module.
pub(super) struct Readers<'a> {
    site: &'a dyn Site,
    /// Reads what is copied.
    pub content: Box<dyn ContentReader + 'a>,
    /// Opened when it is needed first, which for most movers is never.
    digests: Option<Box<dyn ContentReader + 'a>>,
}

impl<'a> Readers<'a> {
    /// # Errors
    /// The site cannot be reached.
    pub(super) fn of(site: &'a dyn Site) -> Result<Self, Failure> {
        Ok(Self {
            site,
            content: site.content()?,
            digests: None,
        })
    }

    /// The reader to digest with; `far` where the content would come over a link.
    ///
    /// # Errors
    /// The site cannot be reached.
    pub(super) fn digesting(&mut self, far: bool) -> Result<&mut (dyn ContentReader + 'a), Failure> {
        if far && self.digests.is_none() {
            self.digests = self.site.digests()?;
        }
        Ok(match &mut self.digests {
            Some(digests) if far => digests.as_mut(),
            _ => self.content.as_mut(),
        })
    }
}
