//! Reading no faster than the pace: what was read is paid for before the next.

use super::Gate;
use std::io::{self, Read};

/// A stream that is read at a pace, where there is one.
pub(crate) struct Paced<'a, R> {
    input: R,
    gate: Option<&'a Gate>,
    has_ended: &'a dyn Fn() -> bool,
}

impl<'a, R> Paced<'a, R> {
    pub(crate) const fn new(input: R, gate: Option<&'a Gate>, has_ended: &'a dyn Fn() -> bool) -> Self {
        Self {
            input,
            gate,
            has_ended,
        }
    }
}

impl<R: Read> Read for Paced<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(gate) = self.gate else {
            return self.input.read(buffer);
        };
        // How much comes is known only afterwards: who waits here waits for what was read before.
        gate.pass(0, self.has_ended);
        let len = self.input.read(buffer)?;
        gate.charge(len);
        Ok(len)
    }
}
