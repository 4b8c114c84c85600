//! `probe`: what the probes of a pass gave, from the evidence that is kept of it.

use super::which_pass::which_pass;
use crate::args::{ProbeArgs, SideWord};
use crate::context::Context;
use crate::documents::{ProbeOutputDocument, ProbeShown, ProbeSiteDocument, ProbesDocument};
use crate::exit::Exit;
use crate::terminal::unprintable;
use crate::{pairs, render, words};
use counterpart_engine::Ledger;
use counterpart_engine::report::DifferenceLine;
use counterpart_evidence::certificate::{Attachment, Probe, ProbeOutput, ProbeSite};
use counterpart_model::{Code, Failure};
use counterpart_probe::{DiffLine, Difference, difference};
use std::io::{IsTerminal as _, Write as _};

/// `probe [PAIR] [--pass N] [--name NAME] [--site SITE] [--raw | --errors | --normalised]`.
pub(crate) fn probe(context: &Context, args: &ProbeArgs) -> Result<Exit, Failure> {
    let (pair, ledger) = pairs::ledger(context, args.pair.pair.as_deref())?;
    let passes: Vec<String> = ledger
        .certificates()?
        .into_iter()
        .map(|entry| entry.pass)
        .collect();
    let pass = which_pass(&ledger, &passes, args.pass.as_deref())?;
    let (certificate, _) = ledger.certificate(&pass)?;
    let wanted = wanted(&certificate.probes, args.name.as_deref())?;
    let showing = Showing {
        ledger: &ledger,
        pass: &pass,
        args,
    };
    if let Some(bytes) = showing.only_output(&wanted, context)? {
        let mut out = context.terminal.stream();
        out.write_all(&bytes)
            .and_then(|()| out.flush())
            .map_err(unprintable)?;
        return Ok(Exit::Done);
    }
    let probes = wanted
        .iter()
        .map(|probe| showing.one(probe))
        .collect::<Result<_, _>>()?;
    let document = ProbesDocument {
        pair,
        pass: pass.clone(),
        probes,
    };
    context
        .terminal
        .answer(&document, |paint| render::probes(&document, paint))?;
    Ok(Exit::Done)
}

/// The probes that are asked for.
fn wanted<'a>(probes: &'a [Probe], name: Option<&str>) -> Result<Vec<&'a Probe>, Failure> {
    let found: Vec<&Probe> = probes
        .iter()
        .filter(|probe| name.is_none_or(|name| probe.name == name))
        .collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let names: Vec<&str> = probes.iter().map(|probe| probe.name.as_str()).collect();
    let failure = |why: String| Failure::new(Code::NotFound, "choosing a probe", why);
    Err(match name {
        Some(name) if !names.is_empty() => failure(format!("the pass has no probe `{name}`"))
            .hint(format!("There is {}.", words::list(&names))),
        _ => failure("the pass has no probes".to_owned())
            .hint("Write [[pair.NAME.probe]] in the configuration; `counterpart init` shows one."),
    })
}

/// What is shown of which pass.
struct Showing<'a> {
    ledger: &'a Ledger,
    pass: &'a str,
    args: &'a ProbeArgs,
}

impl Showing<'_> {
    /// The bytes of the only output that is asked for, where they go into a file or a program as they are.
    fn only_output(&self, probes: &[&Probe], context: &Context) -> Result<Option<Vec<u8>>, Failure> {
        let ([probe], Some(wanted)) = (probes, self.args.site) else {
            return Ok(None);
        };
        if context.terminal.json() || std::io::stdout().is_terminal() {
            return Ok(None);
        }
        let site = match wanted {
            SideWord::Production => &probe.production,
            SideWord::Standby => &probe.standby,
        };
        let named = site.output.as_ref().and_then(|output| self.asked(output));
        let Some(named) = named else {
            return Ok(None);
        };
        let gone = || {
            Failure::new(
                Code::NotFound,
                format!("reading {}", named.name),
                "it is not kept any more",
            )
        };
        self.ledger.output(self.pass, named)?.map(Some).ok_or_else(gone)
    }

    /// The output whose content is asked for.
    fn asked<'o>(&self, output: &'o ProbeOutput) -> Option<&'o Attachment> {
        match self.args {
            ProbeArgs { raw: true, .. } => Some(&output.raw),
            ProbeArgs { errors: true, .. } => output.errors.as_ref(),
            ProbeArgs { normalised: true, .. } => output.normalised.as_ref(),
            _ => None,
        }
    }

    fn one(&self, probe: &Probe) -> Result<ProbeShown, Failure> {
        let difference = self.difference(probe)?;
        let site = |side, site| {
            let wanted = self.args.site.is_none_or(|only| only == side);
            wanted.then(|| self.site(site)).transpose()
        };
        Ok(ProbeShown {
            name: probe.name.clone(),
            verdict: probe.verdict.word().to_owned(),
            clean: probe.clean,
            difference: difference.lines.iter().map(line).collect(),
            difference_omitted: difference.not_shown,
            difference_not_compared: difference.not_compared,
            production: site(SideWord::Production, &probe.production)?,
            standby: site(SideWord::Standby, &probe.standby)?,
        })
    }

    /// What differs, from the outputs themselves.
    fn difference(&self, probe: &Probe) -> Result<Difference, Failure> {
        let normalised =
            |site: &ProbeSite| match site.output.as_ref().and_then(|output| output.normalised.as_ref()) {
                Some(named) => self.ledger.output(self.pass, named),
                None => Ok(None),
            };
        let (production, standby) = (normalised(&probe.production)?, normalised(&probe.standby)?);
        Ok(match (production, standby) {
            (Some(production), Some(standby)) => difference(&production, &standby),
            _ => Difference::default(),
        })
    }

    fn site(&self, site: &ProbeSite) -> Result<ProbeSiteDocument, Failure> {
        let output = site.output.as_ref();
        let file = |named: &Attachment| self.file(named, output);
        Ok(ProbeSiteDocument {
            act: site.act.clone(),
            words: site.words.clone(),
            obstacle: site.obstacle.clone(),
            began: output.map(|output| output.began.utc()),
            ended: output.map(|output| output.ended.utc()),
            ended_by: output.map(|output| output.ended_by.clone()),
            status: output.and_then(|output| output.status),
            omitted_bytes: output.map_or(0, |output| output.omitted_bytes),
            clean: output.and_then(|output| output.clean),
            raw: output.map(|output| file(&output.raw)).transpose()?,
            errors: output
                .and_then(|output| output.errors.as_ref())
                .map(file)
                .transpose()?,
            normalised: output
                .and_then(|output| output.normalised.as_ref())
                .map(file)
                .transpose()?,
        })
    }

    fn file(&self, named: &Attachment, output: Option<&ProbeOutput>) -> Result<ProbeOutputDocument, Failure> {
        let content = self.ledger.output(self.pass, named)?;
        let asked = output.and_then(|output| self.asked(output)) == Some(named);
        Ok(ProbeOutputDocument {
            name: named.name.clone(),
            file: self
                .ledger
                .output_path(self.pass, &named.name)?
                .display()
                .to_string(),
            bytes: named.bytes,
            sha256: named.sha256.to_string(),
            kept: content.is_some(),
            text: content.filter(|_| asked).map(|content| shown(&content)),
        })
    }
}

/// The lines of an output for people.
fn shown(content: &[u8]) -> String {
    let lines = content.split_inclusive(|byte| *byte == b'\n').map(|line| {
        let bare = line.strip_suffix(b"\n");
        DiffLine {
            kind: counterpart_probe::LineKind::Same,
            bytes: bare.unwrap_or(line).to_vec(),
            omitted_bytes: 0,
            ended: bare.is_some(),
        }
        .text()
    });
    lines.map(|line| line + "\n").collect()
}

fn line(line: &DiffLine) -> DifferenceLine {
    DifferenceLine {
        line: line.kind.word().to_owned(),
        text: line.text(),
    }
}
