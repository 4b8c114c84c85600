//! Which lines of a log are of one run. A log file gets one run after the other, and sometimes two at once.
//!
//! A run begins with the line that says so, or where none does with a process that was not seen yet; the side that gets
//! the content writes as two processes. It ends with its sums or its error, or when others began since.

use crate::line::Said;
use crate::message::Note;

/// More runs than this at once are not told apart: the one that was silent for longest is over.
const MAX_OPEN: usize = 8;

/// Tells runs apart.
#[derive(Default)]
pub struct Runs {
    /// In the order in which they began.
    open: Vec<Open>,
    /// How many began.
    begun: u64,
    /// Number of the line that was placed last.
    clock: u64,
}

/// Where a line belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The run's number, from 1 in the order in which they began.
    pub run: u64,
    /// The line is the first of its run.
    pub first: bool,
    /// A run that is over now.
    pub over: Option<u64>,
}

struct Open {
    run: u64,
    pids: Vec<u32>,
    /// A line said that it begins.
    announced: bool,
    receiving: bool,
    /// It has a line that is about something.
    worked: bool,
    ended: Ended,
    touched: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Not,
    /// By its sums, which an error may follow.
    Summed,
    /// By its error, which nothing follows.
    Failed,
}

impl Runs {
    /// Says where the next line belongs.
    pub fn place(&mut self, pid: Option<u32>, said: &Said) -> Place {
        self.clock += 1;
        let found = self.found(pid).filter(|&at| self.open[at].takes(said));
        let (at, first) = match found {
            Some(at) => (at, false),
            None => (self.begin(pid), true),
        };
        let clock = self.clock;
        let open = &mut self.open[at];
        open.touched = clock;
        open.note(said);
        let run = open.run;
        let over = (self.open.len() > MAX_OPEN).then(|| self.close()).flatten();
        Place { run, first, over }
    }

    /// How many runs there were.
    pub const fn begun(&self) -> u64 {
        self.begun
    }

    /// The runs that nothing ended, or that something may still have followed, in their order.
    pub fn finish(self) -> Vec<u64> {
        self.open.into_iter().map(|open| open.run).collect()
    }

    fn found(&mut self, pid: Option<u32>) -> Option<usize> {
        let Some(pid) = pid else {
            let open = self.open.iter().enumerate();
            return open.max_by_key(|(_, open)| open.touched).map(|(at, _)| at);
        };
        if let Some(at) = self.open.iter().rposition(|open| open.pids.contains(&pid)) {
            return Some(at);
        }
        // Lines without a process came before, or the other process of the side that gets the content.
        let at = self.open.len().checked_sub(1)?;
        let last = &mut self.open[at];
        let other = last.receiving && last.pids.len() == 1 && last.ended == Ended::Not;
        (other || last.pids.is_empty()).then(|| {
            last.pids.push(pid);
            at
        })
    }

    fn begin(&mut self, pid: Option<u32>) -> usize {
        if let Some(pid) = pid {
            self.open
                .iter_mut()
                .for_each(|open| open.pids.retain(|known| *known != pid));
        }
        self.begun += 1;
        self.open.push(Open {
            run: self.begun,
            pids: pid.into_iter().collect(),
            announced: false,
            receiving: false,
            worked: false,
            ended: Ended::Not,
            touched: 0,
        });
        self.open.len() - 1
    }

    /// Closes the run that was silent for longest.
    fn close(&mut self) -> Option<u64> {
        let open = self.open.iter().enumerate();
        let at = open.min_by_key(|(_, open)| open.touched).map(|(at, _)| at)?;
        Some(self.open.remove(at).run)
    }
}

impl Open {
    /// Whether a line that its process wrote can be of this run still.
    fn takes(&self, said: &Said) -> bool {
        let is_trouble = matches!(said, Said::Trouble(_));
        match (said, self.ended) {
            (Said::Note(Note::Begins { .. }), ended) => {
                !self.announced && !self.worked && ended == Ended::Not
            }
            (Said::Change(_), ended) => ended == Ended::Not,
            (_, Ended::Failed) => !is_trouble,
            _ => true,
        }
    }

    fn note(&mut self, said: &Said) {
        match said {
            Said::Note(Note::Begins { receiving }) => {
                self.announced = true;
                self.receiving = *receiving;
            }
            Said::Note(Note::Sums | Note::Total { .. }) if self.ended == Ended::Not => {
                self.ended = Ended::Summed;
            }
            Said::Note(Note::Ends { .. }) => self.ended = Ended::Failed,
            Said::Change(_) | Said::Trouble(_) => self.worked = true,
            _ => {}
        }
    }
}
