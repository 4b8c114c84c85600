//! Normalising: what may differ between two sites without meaning anything is taken out, rule after rule.
//!
//! What was taken out by a mask stays visible as [`MARK`], and no rule removes a line, so that a line which only one site
//! has is always a difference. The rules hold in their order; a rule sees what the one before it left.

mod columns;
mod json;
mod mask;

use crate::pattern::pattern;
use crate::rule::Rule;
use columns::Columns;
use json::Paths;
use regex::bytes::Regex;

/// Stands for what a mask took out.
pub const MARK: &str = "[masked]";

/// Longest normalised output. Rules may make an output longer, so its own limit does not bound it.
pub const MAX_NORMALISED_BYTES: usize = 8 << 20;

/// Rules, ready to be applied.
#[derive(Clone, Debug)]
pub struct Normaliser {
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Mask(Regex),
    Drop(Columns),
    Sort,
    Keep(Paths),
    Leave(Paths),
}

/// A normalised output.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Normalised {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// True when more is left than blanks, marks and empty JSON: only then is there something to compare.
    pub has_content: bool,
    /// Paths to be kept that led to nothing.
    pub unmatched: Vec<String>,
}

impl Normaliser {
    /// Makes rules ready.
    ///
    /// # Errors
    /// The number of the first rule that cannot be used, from 0, and what is wrong with it.
    pub fn new(rules: &[Rule]) -> Result<Self, (usize, String)> {
        let step = |(at, rule)| Step::of(rule).map_err(|why| (at, why));
        let steps = rules.iter().enumerate().map(step).collect::<Result<_, _>>()?;
        Ok(Self { steps })
    }

    /// Applies them.
    ///
    /// # Errors
    /// Why a rule cannot be applied to this output: it is no JSON, lacks a column, or became too long.
    pub fn normalise(&self, raw: &[u8]) -> Result<Normalised, String> {
        let mut unmatched = Vec::new();
        let mut bytes = raw.to_vec();
        for step in &self.steps {
            bytes = step.apply(bytes, &mut unmatched)?;
        }
        let is_json = matches!(self.steps.last(), Some(Step::Keep(_) | Step::Leave(_)));
        Ok(Normalised {
            has_content: has_content(&bytes, is_json),
            bytes,
            unmatched,
        })
    }
}

impl Step {
    fn of(rule: &Rule) -> Result<Self, String> {
        Ok(match rule {
            Rule::Mask(text) => Self::Mask(mask::checked(pattern(text)?)?),
            Rule::Drop(drop) => Self::Drop(Columns::new(drop)?),
            Rule::Sort => Self::Sort,
            Rule::JsonKeep(paths) => Self::Keep(Paths::new(paths)?),
            Rule::JsonLeave(paths) => Self::Leave(Paths::new(paths)?),
        })
    }

    fn apply(&self, bytes: Vec<u8>, unmatched: &mut Vec<String>) -> Result<Vec<u8>, String> {
        match self {
            Self::Mask(pattern) => mask::mask(pattern, &bytes),
            Self::Drop(columns) => columns.drop_from(&bytes),
            Self::Sort => Ok(sorted(&bytes)),
            // An application that says nothing says no JSON either.
            Self::Keep(_) | Self::Leave(_) if bytes.trim_ascii().is_empty() => Ok(bytes),
            Self::Keep(paths) => {
                let (kept, missed) = json::keep(&bytes, paths)?;
                unmatched.extend(missed);
                Ok(kept)
            }
            Self::Leave(paths) => json::leave(&bytes, paths),
        }
    }
}

/// The lines by their bytes, each with a line feed.
fn sorted(bytes: &[u8]) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = lines(bytes).map(|(line, _)| line).collect();
    lines.sort_unstable();
    let mut out = Vec::with_capacity(bytes.len() + 1);
    for line in lines {
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    out
}

/// Each line without its line feed, and the line feed, if it has one.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    bytes.split_inclusive(|byte| *byte == b'\n').map(|line| {
        let end = line.len() - usize::from(line.ends_with(b"\n"));
        line.split_at(end)
    })
}

fn has_content(bytes: &[u8], is_json: bool) -> bool {
    let says = |byte: &u8| !(byte.is_ascii_whitespace() || is_json && b"{}[],".contains(byte));
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(says) {
        match rest[at..].strip_prefix(MARK.as_bytes()) {
            Some(after) => rest = after,
            None => return true,
        }
    }
    false
}

/// Appends, within the limit.
fn push(out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), String> {
    if out.len() + bytes.len() > MAX_NORMALISED_BYTES {
        return Err(format!(
            "it becomes longer than {MAX_NORMALISED_BYTES} bytes when it is normalised"
        ));
    }
    out.extend_from_slice(bytes);
    Ok(())
}
