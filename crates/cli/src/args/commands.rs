//! The commands and what each says of itself.

use super::exceptions::ExceptionCommand;
use super::keys::{CertificateVerifyArgs, KeyCommand};
use super::notify::NotifyCommand;
use super::options::{
    AgentArgs, CompletionsArgs, DemoArgs, ExplainArgs, HistoryArgs, HoldArgs, ImportArgs, InitArgs, LogArgs,
    ManifestArgs, MirrorArgs, PackArgs, PairArg, ProbeArgs, ProveArgs, PruneArgs, ReferenceArgs, RepairArgs,
    RunArgs, ShowArgs, UndeleteArgs, VerifyArgs, WhereArgs,
};
use super::serving::{PauseArgs, ResumeArgs};
use super::timestamps::TimestampCommand;
use super::watchdog::WatchdogArgs;
use clap::Subcommand;

/// What is to be done.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Show the main job on a small archive of its own
    ///
    /// Builds a small archive of DICOM files and case report pages in DIR, keeps a standby of it through changes, and
    /// shows the certificate. Needs no set-up and no network; the same files every time.
    #[command(after_help = "Examples:\n  counterpart demo\n  counterpart demo /tmp/look")]
    Demo(DemoArgs),
    /// Make DST equal to SRC: one pass, without a configuration file
    ///
    /// What is replaced or removed at DST is kept in its history. The whole plan is judged before the first change.
    /// The settings are remembered, so that `status`, `log`, `history` and the others know the pair afterwards.
    #[command(after_help = "Examples:\n  counterpart mirror /archive /standby\n  \
        counterpart mirror --dry-run /archive /standby\n  \
        counterpart mirror --exclude '**/*.tmp' --carry mode,mtime,owner /archive /standby\n  \
        counterpart mirror --adopt /archive /standby-filled-by-rsync")]
    Mirror(MirrorArgs),
    /// Write a commented counterpart.toml
    ///
    /// Every setting is in it with its default. An existing file is never overwritten; `--config` names another one.
    #[command(after_help = "Examples:\n  counterpart init\n  \
        counterpart init --pair study-035 /opt/studies /standby/studies")]
    Init(InitArgs),
    /// Validate the configuration and preflight both sites
    ///
    /// Explains each mistake with its line. Then opens both roots and tells, one line each, what they are, what they
    /// can hold and what is in the way. Changes neither tree.
    #[command(after_help = "Examples:\n  counterpart check\n  counterpart check study-035")]
    Check(PairArg),
    /// Show what a pass would change
    ///
    /// Totals, first steps, awkward names, stubs and the time it would take. Reads no content and changes nothing.
    /// Exits with 3 where a run would be refused.
    #[command(after_help = "Examples:\n  counterpart plan\n  counterpart plan study-035 --json")]
    Plan(PairArg),
    /// Run one pass
    ///
    /// Scans both sites, compares, plans, judges, applies, reads again what is due, and certifies.
    #[command(
        after_help = "Examples:\n  counterpart run\n  counterpart run study-035 --reread\n  \
        counterpart run study-035 --approve 5a3c… --reason 'project 12 was moved to another server'"
    )]
    Run(RunArgs),
    /// Compare both sides; change nothing
    ///
    /// With --reread every byte of both copies is read.
    #[command(
        after_help = "Examples:\n  counterpart verify\n  counterpart verify study-035 --reread\n  \
        counterpart verify /archive /standby"
    )]
    Verify(VerifyArgs),
    /// Show one line a pair: verdict, as of, oldest read, exceptions, next pass due
    ///
    /// Of one PAIR it shows the trends over the last ten certificates, too.
    /// Exits with 1 unless the last pass of every pair shown was congruent.
    #[command(after_help = "Examples:\n  counterpart status\n  counterpart status study-035 --json")]
    Status(PairArg),
    /// Show what a pass changed and found
    ///
    /// One line an entry: time, pass, the eleven letters of rsync's %i, path. Control bytes are escaped. Runs that were
    /// imported from old logs are listed with --imported; their names, and each of their lines, begin with `imported-`.
    #[command(
        after_help = "Examples:\n  counterpart log\n  counterpart log study-035 --pass 42\n  \
        counterpart log --json | jq -r '.entries[].path'\n  \
        counterpart log study-035 --imported\n  \
        counterpart log study-035 --imported --match '035/pages/**'\n  \
        counterpart log study-035 --pass imported-20111116T000810Z"
    )]
    Log(LogArgs),
    /// Show what the probes of a pass gave at both sites
    ///
    /// Their verdicts, what differs, and the outputs as they came and after the rules, from the evidence that is kept. Of one
    /// NAME and one SITE an output goes into a file or another program as it is.
    #[command(
        after_help = "Examples:\n  counterpart probe\n  counterpart probe study-035 --pass 42 --name DFstatus --raw\n  \
        counterpart probe --name DFstatus --site standby --normalised > standby.txt"
    )]
    Probe(ProbeArgs),
    /// Take the logs that rsync left into the journal
    ///
    /// `log` and `where` then find what they say. Each run of a log becomes a record, marked as imported: a claim of an
    /// old log, which nothing else believes. Lines that are not understood are counted, shown and kept as they are. A log
    /// that was imported before is known again.
    #[command(
        after_help = "Examples:\n  counterpart import /var/log/rsync.log* --pair study-035\n  \
        counterpart import dated-2012-05-01.log --date 2012-05-01 --zone Europe/Amsterdam\n  \
        counterpart import 035.log --beneath 035 --root /old/studies"
    )]
    Import(ImportArgs),
    /// Print or export what one side holds
    ///
    /// As a table, as CSV with all fields, or as the list that `b3sum --check` or `sha256sum --check` takes.
    #[command(after_help = "Examples:\n  counterpart manifest study-035\n  \
        counterpart manifest --export csv --output standby.csv\n  \
        counterpart manifest --export b3sum --output /tmp/list && cd /standby && b3sum --check /tmp/list")]
    Manifest(ManifestArgs),
    /// Show every copy of a path, its digest, and when it was last read
    ///
    /// And what imported logs claim of it, which is no evidence of Counterpart. Exits with 1 when there is no copy.
    #[command(after_help = "Examples:\n  counterpart where pages/0842/0060002\n  \
        counterpart where /opt/studies/035/lib/DFschema")]
    Where(WhereArgs),
    /// List the versions of a path that are kept in history
    ///
    /// Of a directory, all that is kept beneath it. Exits with 1 when there is none.
    #[command(after_help = "Examples:\n  counterpart history pages/0842/0060002\n  counterpart history .")]
    History(HistoryArgs),
    /// Bring one kept version back into a directory
    ///
    /// WHAT is the name of a version, as `history` lists them, or a path, of which the youngest version is meant.
    /// Nothing that exists in DIR is overwritten, and neither tree is touched.
    #[command(
        after_help = "Examples:\n  counterpart undelete pages/0842/0060002 --to /tmp/back\n  \
        counterpart undelete 20261122T021407Z-00042/3 --to /tmp/back"
    )]
    Undelete(UndeleteArgs),
    /// Put right the side that differs from the last certificate
    ///
    /// Shows first what it would do, and does it with --approve. The standby is brought back from production;
    /// production is never written, its good copy is exported instead.
    #[command(after_help = "Examples:\n  counterpart repair studies/2026/CT/IM0007\n  \
        counterpart repair studies/2026/CT/IM0007 --approve 5a3c…\n  \
        counterpart repair studies/2026/CT/IM0007 --to /tmp/good")]
    Repair(RepairArgs),
    /// List, show and verify the signed records of passes
    #[command(subcommand_required = true, arg_required_else_help = true)]
    Certificate {
        /// What is to be done.
        #[command(subcommand)]
        command: CertificateCommand,
    },
    /// Accept findings that are known, with a reason, an owner and an end
    ///
    /// An accepted finding is EXCEPTED: it is still observed, logged, counted and certified, and the pass may be congruent.
    /// The register is the pair's journal.
    #[command(subcommand_required = true, arg_required_else_help = true)]
    Exception {
        /// What is to be done.
        #[command(subcommand)]
        command: ExceptionCommand,
    },
    /// List, change and revoke the keys that sign
    #[command(subcommand_required = true, arg_required_else_help = true)]
    Key {
        /// What is to be done.
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// Have the journal's head stamped with the time by an authority
    #[command(subcommand_required = true, arg_required_else_help = true)]
    Timestamp {
        /// What is to be done.
        #[command(subcommand)]
        command: TimestampCommand,
    },
    /// Hold production still by hand, as the pair's configuration says
    ///
    /// For work that must not be seen half done. Passes of the pair run meanwhile; production is held until the last that
    /// holds it lets it go.
    #[command(
        after_help = "Examples:\n  counterpart hold --reason 'moving the cache'\n  counterpart release"
    )]
    Hold(HoldArgs),
    /// Release what was held by hand, and what a pass left that did not come to its end
    ///
    /// Starts the standby's application again, too, where such a pass had stopped it. The next pass does the same by itself.
    #[command(
        after_help = "Examples:\n  counterpart release\n  counterpart release study-035 --reason 'done'"
    )]
    Release(HoldArgs),
    /// Try the ways that messages about passes go, and see to those that wait
    #[command(subcommand_required = true, arg_required_else_help = true)]
    Notify {
        /// What is to be done.
        #[command(subcommand)]
        command: NotifyCommand,
    },
    /// Complain when a pair's youngest certificate is too old
    ///
    /// Reads a journal and its certificates and nothing else, so it runs at any host that has a copy of them, and notices what
    /// no mail tells: that no pass ran at all. The journal's chain, and the youngest certificate with its signature, must hold;
    /// one of a time ahead of this host's clock is a complaint, too. One line a pair; exits with 1 where there is a complaint.
    #[command(
        after_help = "Examples:\n  counterpart watchdog\n  counterpart watchdog study-035 --max-age 26h --congruent\n  \
        counterpart watchdog --journal /copies/study-035 --max-age 26h"
    )]
    Watchdog(WatchdogArgs),
    /// Remove what has had its time: history, manifests of earlier passes, logs, outputs of probes, records
    ///
    /// Lists what would go; removes it with --yes. What a certificate promises stays until that time, with the log that tells of it;
    /// certificates and the journal never go. A standby at another host goes by its own clock, and keeps history at least as long as
    /// its own agent is told. `[pair.NAME.retention]` and `history` say how long each is kept.
    #[command(after_help = "Examples:\n  counterpart prune --dry-run\n  counterpart prune study-035 --yes")]
    Prune(PruneArgs),
    /// Run every pair that has a schedule, until told to end
    ///
    /// For a service manager: packaging/systemd has a unit. One line an event; with --json one document a line. SIGTERM ends it
    /// and leaves every pass to be resumed; SIGHUP reads the configuration again, and a broken one is told of and not taken.
    #[command(after_help = "Examples:\n  counterpart serve\n  \
        counterpart --config /etc/counterpart/counterpart.toml serve --json")]
    Serve,
    /// Keep `serve` from running passes of a pair, or of all
    ///
    /// A pass that `serve` runs is ended, and made later. Recorded in the journal with who and why. A `run` by hand is not held up.
    #[command(after_help = "Examples:\n  \
        counterpart pause study-035 --until 4h --reason 'the database is being moved'\n  \
        counterpart pause --reason 'storage maintenance'")]
    Pause(PauseArgs),
    /// End a pause
    #[command(
        after_help = "Examples:\n  counterpart resume study-035\n  counterpart resume --reason 'maintenance is over'"
    )]
    Resume(ResumeArgs),
    /// Serve a site to a `counterpart` at another host
    ///
    /// Started there by ssh, it speaks on its standard input and output. Bound to a key at the far account it serves no
    /// other root than the one named, and with --read-only changes nothing but its own state. It starts no program but
    /// those that the file of --commands names; docs/SECURITY.md describes the file.
    #[command(after_help = "Examples:\n  counterpart agent\n  \
        counterpart agent --root /opt/studies --read-only\n  \
        counterpart agent --root /opt/studies --read-only --commands /etc/counterpart/commands.toml\n  \
        counterpart agent --root /standby/studies --history 400d")]
    Agent(AgentArgs),
    /// Explain a code of a message, or an exit code
    ///
    /// What it means, what to do, and what it leads to; docs/ERRORS.md has the same. Without CODE all of them, one line each.
    #[command(
        after_help = "Examples:\n  counterpart explain max-delete\n  counterpart explain 3\n  counterpart explain"
    )]
    Explain(ExplainArgs),
    /// Print the completions of a shell
    ///
    /// A script that the shell loads, so that its tabulator key completes commands, options, files and fixed words.
    #[command(after_help = "Examples:\n  \
        counterpart completions bash > /usr/share/bash-completion/completions/counterpart\n  \
        counterpart completions zsh > /usr/local/share/zsh/site-functions/_counterpart\n  \
        counterpart completions fish > /etc/fish/completions/counterpart.fish")]
    Completions(CompletionsArgs),
    /// Print this reference as Markdown, or write the schemas of all documents, or the manual pages
    #[command(hide = true)]
    Reference(ReferenceArgs),
}

/// What is to be done with certificates.
#[derive(Subcommand, Debug)]
pub enum CertificateCommand {
    /// List the certificates of a pair
    #[command(after_help = "Example:\n  counterpart certificate list study-035")]
    List(PairArg),
    /// Show one certificate as a page that a person can read and print
    ///
    /// And the command that checks its signature without Counterpart.
    #[command(
        after_help = "Examples:\n  counterpart certificate show\n  counterpart certificate show 42 --pair study-035\n  \
        counterpart certificate show --html --out certificate.html"
    )]
    Show(ShowArgs),
    /// Prove that an entry was in a copy, without showing any other; or that the journal extends an older one
    ///
    /// Prints a small JSON document. With the certificate and SHA-256 anybody can check it: docs/verify.py does, in plain
    /// Python. The manifests of earlier passes are kept for a while (`manifests` in [pair.NAME.retention]); then they prove no more.
    #[command(
        after_help = "Examples:\n  counterpart certificate prove 035/plates/p001.dat\n  \
        counterpart certificate prove 035/plates/p001.dat --side production --pair study-035 --output proof.json\n  \
        counterpart certificate prove --extends 41:5f0c…"
    )]
    Prove(ProveArgs),
    /// Pack certificates, and what shows that they hold, into one file to hand over
    ///
    /// A BagIt bag in a tar file: certificates with their signatures and pages, itemised logs, the journal, every line of the
    /// manifests that are kept, the keys, and a checker in plain Python. With --subtree it shows nothing of others: only the
    /// certificates, and the lines beneath it, each proven. The same request gives the same bytes.
    #[command(
        after_help = "Examples:\n  counterpart certificate pack --out evidence.tar\n  \
        counterpart certificate pack --from 2026-11-01 --to 2026-11-30 --out november.tar\n  \
        counterpart certificate pack --pair study-035 --subtree 035 --out study-035.tar"
    )]
    Pack(PackArgs),
    /// Verify the journal, what it says of keys, all certificates with their signatures, and the chain between them
    ///
    /// Each certificate must be signed by the key that was in force at its place. A far site is asked for the head of the
    /// chain that it keeps, which the journal must have, as it must have each --head. Exits with 1 and names the first
    /// record that does not hold, its file, what is wrong with it and what to do.
    #[command(after_help = "Examples:\n  counterpart certificate verify study-035\n  \
        counterpart certificate verify study-035 --head 42:9b1f…")]
    Verify(CertificateVerifyArgs),
}
