//! An application that takes whatever it is given and keeps nothing.

use counterpart_model::{Digest, EntryPath, Fact, Failure, Step};
use counterpart_port::{Apply, Arrived, Attributes, Committed, Place};

pub(super) struct FakeApply;

struct FakePlace;

impl Apply for FakeApply {
    fn place(&self, _: &Step) -> Result<Box<dyn Place + '_>, Failure> {
        Ok(Box::new(FakePlace))
    }

    fn rest(&self) -> Result<(), Failure> {
        Ok(())
    }

    fn failures(&self) -> Vec<(EntryPath, Failure)> {
        Vec::new()
    }

    fn sync(&self) -> Result<(), Failure> {
        Ok(())
    }
}

impl Place for FakePlace {
    fn arrived_before(&self) -> Option<Digest> {
        None
    }

    fn write(&mut self, _: &[u8]) -> Result<(), Failure> {
        Ok(())
    }

    fn hole(&mut self, _: u64) -> Result<(), Failure> {
        Ok(())
    }

    fn commit(&mut self, _: Option<&Fact>, _: &Attributes, _: Arrived) -> Result<Committed, Failure> {
        Ok(Committed::default())
    }
}
