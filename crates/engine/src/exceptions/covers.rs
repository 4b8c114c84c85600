//! What one exception covers: entries by a glob or by one path, or lines of a probe. No register, no dates.

use counterpart_model::{Code, EntryPath, Failure, Finding, PathGlobs, escape};
use regex::bytes::Regex;

/// The pattern of an exception and its codes, ready to be asked.
#[derive(Clone, Debug)]
pub struct Covers {
    what: What,
    codes: Vec<Code>,
}

#[derive(Clone, Debug)]
enum What {
    /// Entries that a glob matches.
    Entries(PathGlobs),
    /// One entry.
    Entry(EntryPath),
    /// Lines of a probe's output.
    Lines { probe: String, line: Regex },
}

/// What a pattern for lines begins with.
const PROBE: &str = "probe:";
/// What a pattern for exactly one path begins with.
const PATH: &str = "path:";
const DOING: &str = "reading the pattern of an exception";

impl Covers {
    /// Understands a pattern and its codes.
    ///
    /// # Errors
    /// `usage`: the pattern cannot be understood, would cover every entry, or a code can never be accepted.
    pub fn new(pattern: &str, codes: &[Code]) -> Result<Self, Failure> {
        for code in codes {
            if let Some(why) = code.never_excepted() {
                let why = format!("a finding of the code {code} can never be accepted: {why}");
                return Err(Failure::new(Code::Usage, "accepting a finding", why)
                    .hint(format!("`counterpart explain {code}` says what to do about it.")));
            }
        }
        let what = What::new(pattern)?;
        if let What::Lines { .. } = what
            && !codes.is_empty()
        {
            return Err(refused("a line of a probe has no code")
                .hint("Take --code out: the pattern alone says which lines are covered."));
        }
        if what.is_everything() && codes.is_empty() {
            return Err(refused("it covers every entry, whatever is found of it")
                .hint("Name the entries more narrowly, or what may be found of them with --code."));
        }
        let codes = codes.to_vec();
        Ok(Self { what, codes })
    }

    /// True where a finding may be accepted, and this is what was accepted.
    pub fn finding(&self, finding: &Finding) -> bool {
        let code = self.codes.is_empty() || self.codes.contains(&finding.code);
        finding.may_be_excepted() && code && self.entry(&finding.path)
    }

    /// True where it is about this line of this probe.
    pub fn line(&self, probe: &str, line: &[u8]) -> bool {
        matches!(&self.what, What::Lines { probe: own, line: regex } if own == probe && regex.is_match(line))
    }

    /// True where it is about this entry; nothing is said of what was found.
    pub fn entry(&self, path: &EntryPath) -> bool {
        match &self.what {
            What::Entries(globs) => globs.matches(path.as_bytes()),
            What::Entry(own) => own == path,
            What::Lines { .. } => false,
        }
    }
}

impl What {
    fn new(pattern: &str) -> Result<Self, Failure> {
        if pattern.trim().is_empty() {
            return Err(refused("it is empty"));
        }
        if let Some(rest) = pattern.strip_prefix(PROBE) {
            return lines(rest);
        }
        if let Some(path) = pattern.strip_prefix(PATH) {
            return entry(path);
        }
        // No glob has such an escape: it is a path as reports show it.
        if escape::from_shown(pattern) != pattern.as_bytes() {
            return entry(pattern);
        }
        if pattern.starts_with('!') {
            return Err(
                refused("`!` brings nothing back in here: an exception covers what it names")
                    .hint("Write one exception for each thing that is accepted."),
            );
        }
        let globs = PathGlobs::new(&[pattern.to_owned()]).map_err(|failure| {
            refused(&failure.why).hint("Write a glob as in `exclude`, or path:PATH for exactly one path.")
        })?;
        Ok(Self::Entries(globs))
    }

    /// True for a glob that no entry escapes, as far as two unlikely names can tell.
    fn is_everything(&self) -> bool {
        let Self::Entries(globs) = self else {
            return false;
        };
        [b"\x01".as_slice(), b"\x01/\x02/\x01\x03"]
            .iter()
            .all(|name| globs.matches(name))
    }
}

fn entry(path: &str) -> Result<What, Failure> {
    let bytes = escape::from_shown(path.strip_prefix('/').unwrap_or(path));
    let read = EntryPath::checked(&bytes).ok().filter(|path| !path.is_root());
    read.map(What::Entry).ok_or_else(|| {
        refused("it is no path of an entry beneath a root")
            .hint("Write it as reports show it, without the root: path:pages/0842/0060002")
    })
}

fn lines(rest: &str) -> Result<What, Failure> {
    let expected = "Write probe:NAME:REGEX, such as 'probe:DFstatus:^licence expires '.";
    let parts = rest.split_once(':').filter(|(name, _)| !name.is_empty());
    let Some((probe, regex)) = parts else {
        return Err(refused("it names no probe, or no lines of it").hint(expected));
    };
    let line = counterpart_probe::line_pattern(regex)
        .map_err(|why| refused(&format!("{regex:?}: {why}")).hint(expected))?;
    if line.is_match(b"") && line.is_match(b"\x01\x02\x03") {
        return Err(refused("it covers every line of the probe").hint("Say which lines are accepted."));
    }
    let probe = probe.to_owned();
    Ok(What::Lines { probe, line })
}

fn refused(why: &str) -> Failure {
    Failure::new(Code::Usage, DOING, why)
}
