//! What differs between two texts, as a unified diff: typed lines within hunks, bounded, with what was cut counted.
//!
//! Lines are bytes; how they are shown is decided once, in [`DiffLine::text`].

use counterpart_model::escape;
use similar::{Algorithm, DiffOp, DiffTag};

/// Most lines that a difference has.
pub const MAX_LINES: usize = 200;
/// Most bytes of one of them.
pub const MAX_LINE_BYTES: usize = 500;
/// Most lines of either text that are compared, after those that both begin and end with: the time that it takes grows with
/// their square.
const MAX_COMPARED_LINES: usize = 4_000;
/// Lines around a change.
const CONTEXT_LINES: usize = 3;

/// Bounds of a difference.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) lines: usize,
    pub(crate) line_bytes: usize,
    pub(crate) compared: usize,
}

/// What differs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Difference {
    /// The lines that are shown.
    pub lines: Vec<DiffLine>,
    /// Lines that only production has, as far as lines were compared.
    pub only_production: u64,
    /// Lines that only the standby has, as far as lines were compared.
    pub only_standby: u64,
    /// How many of these are not shown.
    pub not_shown: u64,
    /// Lines of both after those that were compared.
    pub not_compared: u64,
}

/// One line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DiffLine {
    /// Whose it is.
    pub kind: LineKind,
    /// Its beginning, without the line feed.
    pub bytes: Vec<u8>,
    /// How many bytes more it has.
    pub omitted_bytes: u64,
    /// False for the last line of a text that does not end with a line feed.
    pub ended: bool,
}

/// Whose a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LineKind {
    /// Nobody's: it says which lines follow, `@@ -1,3 +1,4 @@`.
    Hunk,
    /// Both have it.
    Same,
    /// Only production has it.
    Production,
    /// Only the standby has it.
    Standby,
}

impl LineKind {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hunk => "hunk",
            Self::Same => "same",
            Self::Production => "production",
            Self::Standby => "standby",
        }
    }
}

impl DiffLine {
    /// For people: UTF-8 and tabs stay, other control characters and stray bytes are escaped, and what was cut is told.
    pub fn text(&self) -> String {
        let mut text = shown(&self.bytes);
        if self.omitted_bytes > 0 {
            text += &format!(" [{} bytes more]", self.omitted_bytes);
        }
        if !self.ended {
            text += " [no line feed]";
        }
        text
    }
}

fn shown(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\\' | '\t' => out.push(letter),
                other => out.push_str(&escape::shown(other.encode_utf8(&mut [0; 4]).as_bytes())),
            }
        }
        out.push_str(&escape::shown(chunk.invalid()));
    }
    out
}

/// What differs between production's text and the standby's.
pub fn difference(production: &[u8], standby: &[u8]) -> Difference {
    let bounds = Bounds {
        lines: MAX_LINES,
        line_bytes: MAX_LINE_BYTES,
        compared: MAX_COMPARED_LINES,
    };
    difference_within(production, standby, bounds)
}

pub(crate) fn difference_within(production: &[u8], standby: &[u8], bounds: Bounds) -> Difference {
    let texts =
        [production, standby].map(|text| text.split_inclusive(|byte| *byte == b'\n').collect::<Vec<_>>());
    let (ops, not_compared) = changes([&texts[0], &texts[1]], bounds);
    let mut told = Telling {
        texts: [&texts[0], &texts[1]],
        bounds,
        difference: Difference {
            not_compared,
            ..Difference::default()
        },
    };
    for group in similar::group_diff_ops(ops, CONTEXT_LINES) {
        told.hunk(&group);
    }
    told.difference
}

/// All changes between two lists of lines, and how many lines were left out of the comparison.
fn changes([old, new]: [&[&[u8]]; 2], bounds: Bounds) -> (Vec<DiffOp>, u64) {
    let begin = old
        .iter()
        .zip(new)
        .take_while(|(one, other)| one == other)
        .count();
    let (old_rest, new_rest) = (&old[begin..], &new[begin..]);
    let same = old_rest.iter().rev().zip(new_rest.iter().rev());
    let end = same.take_while(|(one, other)| one == other).count();
    let (old_middle, new_middle) = (old_rest.len() - end, new_rest.len() - end);
    let most = bounds.compared;
    let (old_compared, new_compared) = (old_middle.min(most), new_middle.min(most));
    let not_compared = (old_middle - old_compared) + (new_middle - new_compared);
    let middle = similar::capture_diff_slices(
        Algorithm::Myers,
        &old_rest[..old_compared],
        &new_rest[..new_compared],
    );
    let equal = |at: [usize; 2], len| DiffOp::Equal {
        old_index: at[0],
        new_index: at[1],
        len,
    };
    let mut ops = vec![equal([0, 0], begin)];
    ops.extend(middle.into_iter().map(|op| moved(op, begin)));
    if not_compared == 0 {
        ops.push(equal([begin + old_middle, begin + new_middle], end));
    }
    ops.retain(|op| !(op.old_range().is_empty() && op.new_range().is_empty()));
    (ops, not_compared as u64)
}

/// The same change so many lines further on.
fn moved(op: DiffOp, by: usize) -> DiffOp {
    match op {
        DiffOp::Equal {
            old_index,
            new_index,
            len,
        } => DiffOp::Equal {
            old_index: old_index + by,
            new_index: new_index + by,
            len,
        },
        DiffOp::Delete {
            old_index,
            old_len,
            new_index,
        } => DiffOp::Delete {
            old_index: old_index + by,
            old_len,
            new_index: new_index + by,
        },
        DiffOp::Insert {
            old_index,
            new_index,
            new_len,
        } => DiffOp::Insert {
            old_index: old_index + by,
            new_index: new_index + by,
            new_len,
        },
        DiffOp::Replace {
            old_index,
            old_len,
            new_index,
            new_len,
        } => DiffOp::Replace {
            old_index: old_index + by,
            old_len,
            new_index: new_index + by,
            new_len,
        },
    }
}

/// A difference under way.
struct Telling<'a> {
    texts: [&'a [&'a [u8]]; 2],
    bounds: Bounds,
    difference: Difference,
}

impl Telling<'_> {
    fn hunk(&mut self, ops: &[DiffOp]) {
        let (Some(first), Some(last)) = (ops.first(), ops.last()) else {
            return;
        };
        let old = first.old_range().start..last.old_range().end;
        let new = first.new_range().start..last.new_range().end;
        let head = format!("@@ -{} +{} @@", span(&old), span(&new));
        self.push(LineKind::Hunk, head.as_bytes(), true);
        for op in ops {
            match op.tag() {
                DiffTag::Equal => self.lines(LineKind::Same, 0, op.old_range()),
                DiffTag::Delete | DiffTag::Insert | DiffTag::Replace => {
                    self.lines(LineKind::Production, 0, op.old_range());
                    self.lines(LineKind::Standby, 1, op.new_range());
                }
            }
        }
    }

    fn lines(&mut self, kind: LineKind, text: usize, range: std::ops::Range<usize>) {
        for line in &self.texts[text][range] {
            let bare = line.strip_suffix(b"\n");
            self.push(kind, bare.unwrap_or(line), bare.is_some());
        }
    }

    fn push(&mut self, kind: LineKind, line: &[u8], ended: bool) {
        let difference = &mut self.difference;
        let is_change = matches!(kind, LineKind::Production | LineKind::Standby);
        difference.only_production += u64::from(kind == LineKind::Production);
        difference.only_standby += u64::from(kind == LineKind::Standby);
        if difference.lines.len() >= self.bounds.lines {
            difference.not_shown += u64::from(is_change);
            return;
        }
        let shown = line.len().min(self.bounds.line_bytes);
        difference.lines.push(DiffLine {
            kind,
            bytes: line[..shown].to_vec(),
            omitted_bytes: (line.len() - shown) as u64,
            ended,
        });
    }
}

/// `3,4`: from line 3 on four; an empty span is named by the line before it, as `diff -u` does.
fn span(range: &std::ops::Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        len => format!("{},{len}", range.start + 1),
    }
}
