//! Whether two outputs agree. Zero compared is never equal: what failed, was cut short or is empty is not compared.

use crate::difference::{Difference, difference};
use crate::normaliser::{Normalised, Normaliser};
use counterpart_model::Verdict;
use std::fmt;

/// How what was run came to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// By itself: a program with this exit, a request with this HTTP status.
    Status {
        /// The exit or the status.
        status: i64,
        /// True where it says that all went well.
        good: bool,
    },
    /// By a signal that somebody else sent.
    Signalled(i32),
    /// Its time was over, and it was ended.
    TimedOut,
}

/// What came of a probe at one site.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    /// How it ended.
    pub ended: Ended,
    /// What it wrote.
    pub raw: Vec<u8>,
    /// Bytes that it wrote after those, and that were let go.
    pub omitted_bytes: u64,
    /// The same after the rules, or why they could not be applied.
    pub normalised: Result<Normalised, String>,
}

/// By what two outputs are judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Judging {
    /// Nothing at both sites is equal, too.
    pub may_be_empty: bool,
    /// No exit is a failure of the probe: what each means is said by its clean rule. Both must be the same still.
    pub any_exit: bool,
}

/// Why an output was not compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Obstacle {
    /// It did not run, and why.
    NotRun(String),
    /// Its time was over.
    TimedOut,
    /// It was ended by a signal.
    Signalled(i32),
    /// It ended with an exit that says that it failed.
    Failed(i64),
    /// It wrote more than is brought: so many bytes.
    CutShort(u64),
    /// A rule could not be applied, and why.
    Unfit(String),
    /// Neither site said anything that could be compared.
    Empty,
    /// Nothing lies at these paths, at neither site.
    Unmatched(Vec<String>),
}

/// What a probe came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judged {
    /// EQUAL, DIFFERENT or NOT-COMPARED.
    pub verdict: Verdict,
    /// Why nothing was compared: at production, at the standby.
    pub obstacles: [Option<Obstacle>; 2],
    /// What differs between the normalised outputs.
    pub difference: Difference,
    /// True where both did not end in the same way.
    pub ends_differ: bool,
}

impl Output {
    /// An output, normalised.
    pub fn new(ended: Ended, raw: Vec<u8>, omitted_bytes: u64, rules: &Normaliser) -> Self {
        Self {
            ended,
            normalised: rules.normalise(&raw),
            raw,
            omitted_bytes,
        }
    }

    /// What it says, where it can be compared.
    fn sound(&self, judging: Judging) -> Result<&Normalised, Obstacle> {
        match self.ended {
            Ended::TimedOut => return Err(Obstacle::TimedOut),
            Ended::Signalled(signal) => return Err(Obstacle::Signalled(signal)),
            Ended::Status { status, good } if !(good || judging.any_exit) => {
                return Err(Obstacle::Failed(status));
            }
            Ended::Status { .. } => {}
        }
        if self.omitted_bytes > 0 {
            return Err(Obstacle::CutShort(self.omitted_bytes));
        }
        let unfit = |why: &String| Obstacle::Unfit(why.clone());
        self.normalised.as_ref().map_err(unfit)
    }
}

/// Judges what a probe gave at production and at the standby; where it did not run, there is the reason.
pub fn judge(production: Result<&Output, &str>, standby: Result<&Output, &str>, judging: Judging) -> Judged {
    let sound = |site: Result<&Output, &str>| match site {
        Ok(output) => output.sound(judging).cloned(),
        Err(why) => Err(Obstacle::NotRun(why.to_owned())),
    };
    let both = match (sound(production), sound(standby)) {
        (Ok(one), Ok(other)) => [one, other],
        (one, other) => return Judged::not_compared([one.err(), other.err()]),
    };
    let ends_differ = matches!((production, standby), (Ok(one), Ok(other)) if one.ended != other.ended);
    Judged::of(&both, ends_differ, judging)
}

impl Judged {
    fn of([production, standby]: &[Normalised; 2], ends_differ: bool, judging: Judging) -> Self {
        if ends_differ || production.bytes != standby.bytes {
            return Self {
                verdict: Verdict::Different,
                obstacles: [None, None],
                difference: difference(&production.bytes, &standby.bytes),
                ends_differ,
            };
        }
        let nothing = nothing(production, standby).filter(|_| !judging.may_be_empty);
        nothing.map_or_else(Self::equal, |nothing| {
            Self::not_compared([Some(nothing.clone()), Some(nothing)])
        })
    }

    fn equal() -> Self {
        Self {
            verdict: Verdict::Equal,
            ..Self::not_compared([None, None])
        }
    }

    fn not_compared(obstacles: [Option<Obstacle>; 2]) -> Self {
        Self {
            verdict: Verdict::NotCompared,
            obstacles,
            difference: Difference::default(),
            ends_differ: false,
        }
    }
}

/// Why two outputs that are the same say nothing.
fn nothing(production: &Normalised, standby: &Normalised) -> Option<Obstacle> {
    if !production.has_content && !standby.has_content {
        return Some(Obstacle::Empty);
    }
    let also = |path: &&String| standby.unmatched.contains(path);
    let unmatched: Vec<String> = production.unmatched.iter().filter(also).cloned().collect();
    (!unmatched.is_empty()).then_some(Obstacle::Unmatched(unmatched))
}

impl Obstacle {
    /// One word for it, the same in documents and certificates.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NotRun(_) => "not-run",
            Self::TimedOut => "timed-out",
            Self::Signalled(_) => "signalled",
            Self::Failed(_) => "failed",
            Self::CutShort(_) => "cut-short",
            Self::Unfit(_) => "unfit",
            Self::Empty => "empty",
            Self::Unmatched(_) => "unmatched",
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRun(why) | Self::Unfit(why) => out.write_str(why),
            Self::TimedOut => {
                out.write_str("it took longer than its timeout, and was ended with all that it started")
            }
            Self::Signalled(signal) => write!(out, "it was ended by signal {signal}"),
            Self::Failed(status) => write!(out, "it ended with {status}"),
            Self::CutShort(bytes) => write!(out, "it wrote {bytes} bytes more than are kept"),
            Self::Empty => out.write_str("it said nothing that could be compared, at either site"),
            Self::Unmatched(paths) => {
                write!(
                    out,
                    "`json_keep` leads to nothing at either site: {}",
                    paths.join(", ")
                )
            }
        }
    }
}
