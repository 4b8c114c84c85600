//! What goes into a pack: certificates of a range, what they name, and what a stranger needs to check them.
//!
//! With subtrees nothing of others is in it: no list of all entries, no itemised log and no journal, but a proof for each entry
//! beneath them. How a bag is written is `evidence`'s.

mod range;
mod readme;

pub(crate) use range::{Packed, in_range};

use crate::lines::Lines;
use crate::wire::Wired;
use counterpart_evidence::bag::Bag;
use counterpart_evidence::canonical;
use counterpart_evidence::certificate::Probe;
use counterpart_evidence::page::{self, Subject};
use counterpart_evidence::proof::{Certified, EntryProof};
use counterpart_model::{Code, Digest, EntryPath, Failure, SiteRole};
use counterpart_store::files::{open_file, read_bytes};
use readme::Readme;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// The checker, as it is in the documentation.
const CHECKER: &[u8] = include_bytes!("../../../../docs/verify.py");
/// What the checker is called in a pack.
const CHECKER_NAME: &str = "verify.py";
const MAX_SMALL_BYTES: u64 = 16 << 20;

/// A pack under way.
pub(crate) struct Packing<'a, W: Write> {
    wired: &'a Wired,
    /// The certificates, oldest first.
    packed: &'a [Packed],
    /// Only what lies beneath these; everything where there are none.
    subtrees: &'a [EntryPath],
    bag: Bag<W>,
    readme: Readme,
}

/// What was packed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    /// Fact lines, each with its proof.
    pub(crate) proofs: u64,
    /// Fact lines of whole manifests.
    pub(crate) lines: u64,
}

impl<'a, W: Write> Packing<'a, W> {
    /// Begins a pack of some certificates, of which there is at least one.
    pub(crate) fn begin(wired: &'a Wired, packed: &'a [Packed], subtrees: &'a [EntryPath], out: W) -> Self {
        Self {
            wired,
            packed,
            subtrees,
            bag: Bag::begin(out, &name(wired, packed)),
            readme: Readme::new(&wired.pair.name, packed, subtrees),
        }
    }

    /// Packs everything.
    ///
    /// # Errors
    /// Something cannot be read or written, or nothing lies beneath the subtrees.
    pub(crate) fn pack(mut self) -> Result<(W, Counts), Failure> {
        for packed in self.packed {
            self.certificate(packed)?;
        }
        let signers = self.wired.ledger.allowed_signers_path()?;
        self.bag.add("allowed_signers", &small(&signers)?)?;
        self.bag.add(CHECKER_NAME, CHECKER)?;
        let counts = if self.subtrees.is_empty() {
            self.journal()?;
            self.manifests()?
        } else {
            self.proofs()?
        };
        self.bag.add("README.txt", self.readme.text().as_bytes())?;
        let info = info(self.wired, self.packed);
        Ok((self.bag.finish(&info)?, counts))
    }

    fn certificate(&mut self, packed: &Packed) -> Result<(), Failure> {
        let file = self.wired.ledger.certificate_path(packed.pass())?;
        let name = format!("certificates/{}", packed.pass());
        self.bag.add(&format!("{name}.json"), &packed.json)?;
        self.bag.add(
            &format!("{name}.json.sig"),
            &small(&file.with_extension("json.sig"))?,
        )?;
        // A certificate of a pack stands alone, so no trends; and a part of an archive is shown no names of others.
        let whole = self.subtrees.is_empty();
        let examples = if whole {
            self.wired.ledger.examples(&packed.certificate)?
        } else {
            None
        };
        let subject = Subject {
            certificate: &packed.certificate,
            sha256: &packed.sha256.to_string(),
            examples: examples.as_ref(),
            trends: None,
        };
        self.bag
            .add(&format!("{name}.txt"), page::text(subject).as_bytes())?;
        self.bag
            .add(&format!("{name}.html"), page::html(subject).as_bytes())?;
        if whole { self.named_by(packed) } else { Ok(()) }
    }

    /// What a certificate names by its digest, and what tells of single entries.
    fn named_by(&mut self, packed: &Packed) -> Result<(), Failure> {
        let ledger = &self.wired.ledger;
        if let Some(examples) = &packed.certificate.examples {
            let content = small(&ledger.examples_path(packed.pass())?)?;
            self.bag.add(&format!("examples/{}", examples.name), &content)?;
        }
        self.probes(packed)?;
        let Some(log) = &packed.certificate.changes.log else {
            return Ok(());
        };
        if let Some(mut file) = open_file(&ledger.log_path(packed.pass())?)? {
            return self.bag.add_from(&format!("logs/{}", log.name), &mut file);
        }
        self.readme.log_is_gone(packed.pass());
        Ok(())
    }

    /// What the probes gave, unpacked, for it may be read long after zstd.
    fn probes(&mut self, packed: &Packed) -> Result<(), Failure> {
        let pass = packed.pass();
        let mut all = true;
        for named in packed.certificate.probes.iter().flat_map(Probe::attachments) {
            match self.wired.ledger.output(pass, named)? {
                Some(content) => self.bag.add(&format!("probes/{pass}/{}", named.name), &content)?,
                None => all = false,
            }
        }
        if !all {
            self.readme.outputs_are_gone(pass);
        }
        Ok(())
    }

    /// The journal to the certificate after the last one here, and the answers of time-stamp authorities that it names.
    fn journal(&mut self) -> Result<(), Failure> {
        let mut spool = spool()?;
        let last = self.packed.last().map(|packed| packed.sha256.to_string());
        let (mut has_last, mut answers) = (false, Vec::new());
        self.wired.ledger.copy_journal(&mut spool, |record| {
            if record.kind == "timestamp" {
                answers.extend(record.body["answer"]["name"].as_str().map(str::to_owned));
            }
            let is_beyond = has_last && record.kind == "certificate";
            has_last |= record.body["sha256"].as_str().map(str::to_owned) == last;
            !is_beyond
        })?;
        self.bag.add_from("journal.ndjson", &mut spool)?;
        let directory = self.wired.directory.timestamps_dir()?;
        answers.iter().try_for_each(|name| {
            let answer = small(&directory.join(name))?;
            self.bag.add(&format!("timestamps/{name}"), &answer)
        })
    }

    /// The lines of every manifest that is kept and that a packed certificate has the root of.
    fn manifests(&mut self) -> Result<Counts, Failure> {
        let (mut counts, mut done) = (Counts::default(), Vec::new());
        for packed in self.packed.iter().rev() {
            let lines = Lines::of(&packed.certificate);
            let mut all = true;
            for side in [SiteRole::Production, SiteRole::Standby] {
                all &= self.manifest(&lines, side, &mut counts, &mut done)?;
            }
            if !all {
                self.readme.lines_are_gone(packed.pass());
            }
        }
        Ok(counts)
    }

    /// The lines under the root of a side, unless they are here already; false where they are not kept any more.
    fn manifest(
        &mut self,
        lines: &Lines<'_>,
        side: SiteRole,
        counts: &mut Counts,
        done: &mut Vec<Digest>,
    ) -> Result<bool, Failure> {
        let Ok(root) = lines.root(side) else {
            return Ok(false);
        };
        if done.contains(&root) {
            return Ok(true);
        }
        let mut spool = BufWriter::new(spool()?);
        let mut count = 0;
        let written = lines.each(self.wired, side, &mut |_, line| {
            count += 1;
            writeln!(spool, "{line}").map_err(unwritable)
        });
        match written {
            Ok(()) => {}
            Err(failure) if failure.code == Code::NotFound => return Ok(false),
            Err(failure) => return Err(failure),
        }
        let mut spool = spool.into_inner().map_err(unwritable)?;
        self.bag
            .add_from(&format!("manifests/{root}.lines"), &mut spool)?;
        counts.lines += count;
        done.push(root);
        Ok(true)
    }

    /// A proof for each entry beneath the subtrees, by the last certificate here: its manifests must be kept still.
    fn proofs(&mut self) -> Result<Counts, Failure> {
        let mut counts = Counts::default();
        let Some(packed) = self.packed.last() else {
            return Ok(counts);
        };
        let lines = Lines::of(&packed.certificate);
        let certified = Certified::of(&packed.certificate, packed.sha256);
        for side in [SiteRole::Production, SiteRole::Standby] {
            let wanted = |path: &EntryPath| self.subtrees.iter().any(|top| is_beneath(path, top));
            let (root, proven) = lines.proven(self.wired, side, &wanted)?;
            let mut list = Vec::new();
            for proven in proven {
                counts.proofs += 1;
                let proof = EntryProof::of(certified.clone(), side, root, proven);
                list.extend(canonical::to_vec(&proof)?);
                list.push(b'\n');
            }
            self.bag.add(&format!("proofs/{side}.ndjson"), &list)?;
        }
        if counts.proofs == 0 {
            let why = "neither side held anything beneath it that was compared";
            return Err(Failure::new(Code::NotFound, "packing a part of a copy", why)
                .hint("Write it from the root of the tree, such as 035."));
        }
        Ok(counts)
    }
}

fn is_beneath(path: &EntryPath, top: &EntryPath) -> bool {
    let rest = path.as_bytes().strip_prefix(top.as_bytes());
    top.as_bytes().is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

/// What a pack unpacks into: the pair's state directory is named safely, whatever the pair's name is.
fn name(wired: &Wired, packed: &[Packed]) -> String {
    let number = |packed: Option<&Packed>| packed.map_or(0, Packed::sequence);
    let pair = wired.directory.path().file_name().unwrap_or_default();
    format!(
        "{}-{}-{}",
        pair.to_string_lossy(),
        number(packed.first()),
        number(packed.last())
    )
}

fn info(wired: &Wired, packed: &[Packed]) -> Vec<(&'static str, String)> {
    let last = packed.last();
    let (utc, from, to) = last.map_or_else(Default::default, |last| {
        let first = packed.first().map_or(0, range::Packed::sequence);
        (last.certificate.times.ended.utc(), first, last.sequence())
    });
    vec![
        (
            "Bag-Software-Agent",
            format!("counterpart {}", env!("CARGO_PKG_VERSION")),
        ),
        ("Bagging-Date", utc.get(..10).unwrap_or_default().to_owned()),
        (
            "External-Identifier",
            format!("{} certificates {from} to {to}", wired.pair.name),
        ),
        (
            "External-Description",
            "Evidence of the equality of two copies; see data/README.txt".to_owned(),
        ),
    ]
}

/// A file without a name, to hold what has no known length yet.
fn spool() -> Result<File, Failure> {
    tempfile::tempfile().map_err(|error| Failure::new(Code::Io, "making a temporary file", error))
}

fn small(path: &Path) -> Result<Vec<u8>, Failure> {
    read_bytes(path, MAX_SMALL_BYTES)?.ok_or_else(|| {
        let doing = format!("reading {}", path.display());
        Failure::new(Code::EvidenceBroken, doing, "it is gone")
    })
}

fn unwritable(error: impl std::fmt::Display) -> Failure {
    Failure::new(Code::Io, "writing a temporary file", error)
}
