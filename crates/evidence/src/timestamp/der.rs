//! The little of DER that time-stamps need: elements, one within the other, in order.
//!
//! The lengths and tags are the `der` crate's business; which element means what is the caller's.

use ::der::oid::ObjectIdentifier;
use ::der::{
    AnyRef, Decode as _, Encode as _, Error, ErrorKind, Reader as _, SliceReader, Tag, TagNumber, Tagged as _,
};

/// What is left of the elements in another one.
pub(super) struct Fields<'a>(std::vec::IntoIter<AnyRef<'a>>);

impl<'a> Fields<'a> {
    /// The elements in an element, each whole.
    pub(super) fn of(element: AnyRef<'a>) -> Result<Self, Error> {
        let mut reader = SliceReader::new(element.value())?;
        let mut all = Vec::new();
        while !reader.is_finished() {
            all.push(AnyRef::decode(&mut reader)?);
        }
        Ok(Self(all.into_iter()))
    }

    /// The elements of a document, which is one element and nothing behind it.
    pub(super) fn of_document(bytes: &'a [u8], tag: Tag) -> Result<Self, Error> {
        let element = AnyRef::from_der(bytes)?;
        element.tag().assert_eq(tag)?;
        Self::of(element)
    }

    /// The next element, which must be of this kind.
    pub(super) fn next(&mut self, tag: Tag) -> Result<AnyRef<'a>, Error> {
        let element = self.0.next().ok_or(ErrorKind::Failed)?;
        element.tag().assert_eq(tag)?;
        Ok(element)
    }

    /// The next element where it is of this kind.
    pub(super) fn next_if(&mut self, tag: Tag) -> Option<AnyRef<'a>> {
        let is_it = self
            .0
            .as_slice()
            .first()
            .is_some_and(|element| element.tag() == tag);
        is_it.then(|| self.0.next()).flatten()
    }

    /// The elements in the next one.
    pub(super) fn within(&mut self, tag: Tag) -> Result<Self, Error> {
        Self::of(self.next(tag)?)
    }

    /// The next element as an object identifier.
    pub(super) fn oid(&mut self) -> Result<ObjectIdentifier, Error> {
        self.next(Tag::ObjectIdentifier)?.decode_as()
    }

    /// True when nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.0.as_slice().is_empty()
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = AnyRef<'a>;

    fn next(&mut self) -> Option<AnyRef<'a>> {
        self.0.next()
    }
}

/// `[number]`, with elements in it.
pub(super) const fn numbered(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(number),
    }
}

/// `[number]`, in the place of a plain value.
pub(super) const fn numbered_plain(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: false,
        number: TagNumber(number),
    }
}

/// An element of plain bytes.
pub(super) fn element(tag: Tag, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    AnyRef::new(tag, bytes)?.to_der()
}

/// A sequence of elements.
pub(super) fn sequence(elements: &[Vec<u8>]) -> Result<Vec<u8>, Error> {
    element(Tag::Sequence, &elements.concat())
}
