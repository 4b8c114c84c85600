//! A refusal: which guards refused and why, in a paragraph each, and the exact command that would allow it.

use super::table::wrapped;
use crate::clean::clean;
use crate::invocation;
use crate::terminal::Paint;
use counterpart_engine::report::{GuardReport, RefusalReport};
use counterpart_model::Code;
use std::ffi::OsString;
use std::fmt::Write as _;

/// The command line that was refused.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowing<'a>(pub(crate) &'a [OsString]);

const WIDTH: usize = 96;

/// The refusal as it is shown.
pub(crate) fn refusal(report: &RefusalReport, allowing: Allowing<'_>, paint: Paint) -> String {
    let mut out = String::new();
    for guard in &report.guards {
        out += &one_guard(guard, paint);
    }
    out += &how_to_allow(report, allowing, paint);
    out
}

fn one_guard(guard: &GuardReport, paint: Paint) -> String {
    let mut out = format!("\n{}\n", paint.bad(&format!("Refused: {}", guard.code)));
    out += &wrapped(
        &format!("{} Nothing was changed.", sentence(&clean(&guard.message))),
        WIDTH,
        "  ",
    );
    for example in &guard.examples {
        let _ = writeln!(out, "    {}", clean(example));
    }
    let shown = guard.examples.len() as u64;
    if shown > 0 && guard.entries > shown {
        let _ = writeln!(
            out,
            "    … and {} more",
            crate::units::count(guard.entries - shown)
        );
    }
    if !guard.hint.is_empty() {
        out += &wrapped(&clean(&guard.hint), WIDTH, "  ");
    }
    out
}

fn how_to_allow(report: &RefusalReport, allowing: Allowing<'_>, paint: Paint) -> String {
    let adopt = |guard: &GuardReport| {
        [Code::TargetNotAdopted, Code::TargetIdentity]
            .iter()
            .any(|code| guard.code == code.word())
    };
    let stays = report
        .guards
        .iter()
        .any(|guard| !guard.approvable && !adopt(guard));
    if stays {
        return "\nNo approval allows this.\n".to_owned();
    }
    let mut options = Vec::new();
    if report.guards.iter().any(adopt) {
        options.push("--adopt");
    }
    if report
        .guards
        .iter()
        .any(|guard| guard.approvable && !adopt(guard))
    {
        options.extend(["--approve", report.approve.as_str()]);
    }
    let command = invocation::allowing(allowing.0, &options);
    format!(
        "\nTo allow exactly this, and nothing more:\n  {}\n",
        paint.bold(&command)
    )
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}
