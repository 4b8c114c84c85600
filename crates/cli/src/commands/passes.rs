//! `mirror`, `plan`, `run`, `verify` and `repair`: one pass each.

use crate::args::{MirrorArgs, RepairArgs, RunArgs, VerifyArgs};
use crate::commands::good_copy as export;
use crate::config::Pair;
use crate::context::Context;
use crate::exit::Exit;
use crate::render::{self, Allowing};
use crate::wire::{Wired, Wish};
use crate::{commands::copies::entry_path, pairs};
use counterpart_engine::{Outcome, PassKind, PassReport};
use counterpart_model::{Carry, Code, Failure};

/// `mirror SRC DST`.
pub(crate) fn mirror(context: &Context, args: MirrorArgs) -> Result<Exit, Failure> {
    let mut pair = pairs::of_trees(context, &args.production, &args.standby)?;
    apply_options(&mut pair, &args)?;
    let wired = Wired::open(context, pair)?;
    let wish = Wish {
        reread: args.reread,
        adopt: args.adopt,
        approve: args.approve,
        ..Wish::default()
    };
    if args.dry_run {
        return show(context, wired.pass(context, PassKind::Plan, wish)?);
    }
    let outcome = wired.pass(context, PassKind::Run, wish);
    if !is_refused(&outcome) {
        pairs::remember(&wired.directory, &wired.pair)?;
    }
    show(context, outcome?)
}

/// A refused mirror is no pair yet: what was mistyped must not come back in `status`.
fn is_refused(outcome: &Result<Outcome, Failure>) -> bool {
    match outcome {
        Ok(Outcome::Pass(report)) => report.refusal.is_some(),
        Ok(Outcome::Plan(_)) => true,
        Err(failure) => Exit::of(failure.code) != Exit::Unfinished,
    }
}

/// What is not said has its default: a mirror never inherits the options of an earlier one unseen.
fn apply_options(pair: &mut Pair, args: &MirrorArgs) -> Result<(), Failure> {
    counterpart_tree::exclude::Excluder::new(&args.exclude).map_err(|failure| Failure {
        code: Code::Usage,
        ..failure
    })?;
    let usual = Pair::of(&pair.name, pair.production.clone(), pair.standby.clone());
    pair.link = usual.link;
    args.link.change(&mut pair.link);
    let settings = &mut pair.settings;
    *settings = usual.settings;
    settings.policy.exclude.clone_from(&args.exclude);
    if let Some(classes) = &args.carry {
        settings.policy.carry = Carry::of(classes);
    }
    if let Some(digest) = args.digest {
        settings.policy.algorithm = digest.into();
    }
    settings.guards.max_delete = args.max_delete.unwrap_or(settings.guards.max_delete);
    settings.guards.max_change = args.max_change.unwrap_or(settings.guards.max_change);
    Ok(())
}

/// `plan [PAIR]`.
pub(crate) fn plan(context: &Context, pair: Option<&str>) -> Result<Exit, Failure> {
    let wired = Wired::named(context, pair)?;
    show(context, wired.pass(context, PassKind::Plan, Wish::default())?)
}

/// `run [PAIR]`.
pub(crate) fn run(context: &Context, args: RunArgs) -> Result<Exit, Failure> {
    let mut pair = pairs::one(context, args.pair.pair.as_deref())?;
    args.limit.change(&mut pair.link);
    let wired = Wired::open(context, pair)?;
    let wish = Wish {
        reread: args.reread,
        adopt: args.adopt,
        approve: args.approve,
        ..Wish::default()
    };
    show(context, wired.pass(context, PassKind::Run, wish)?)
}

/// `verify [PAIR or SRC DST]`.
pub(crate) fn verify(context: &Context, args: &VerifyArgs) -> Result<Exit, Failure> {
    let pair = match (&args.what.first, &args.what.second) {
        (Some(production), Some(standby)) => {
            let mut pair = pairs::of_trees(context, production, standby)?;
            args.link.change(&mut pair.link);
            pair
        }
        (first, _) => {
            let name = first.as_ref().map(|name| name.to_string_lossy());
            pairs::one(context, name.as_deref())?
        }
    };
    let wired = Wired::open(context, pair)?;
    let wish = Wish {
        reread: args.reread,
        ..Wish::default()
    };
    show(context, wired.pass(context, PassKind::Verify, wish)?)
}

/// `repair PATH`.
pub(crate) fn repair(context: &Context, args: RepairArgs) -> Result<Exit, Failure> {
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let path = entry_path(&wired.pair, &args.path)?;
    if let Some(to) = args.to {
        return export::good_copy(context, &wired, &path, &to);
    }
    let wish = Wish {
        approve: args.approve,
        repair: Some(path),
        typed: Some(args.path),
        ..Wish::default()
    };
    show(context, wired.pass(context, PassKind::Run, wish)?)
}

fn show(context: &Context, outcome: Outcome) -> Result<Exit, Failure> {
    let allowing = Allowing(&context.arguments);
    match outcome {
        Outcome::Plan(report) => {
            context
                .terminal
                .answer(&report, |paint| render::plan(&report, allowing, paint))?;
            Ok(Exit::of_plan(&report))
        }
        Outcome::Pass(report) => {
            context
                .terminal
                .answer(&report, |paint| render::pass(&report, allowing, paint))?;
            Ok(Exit::of_pass(&report))
        }
    }
}

/// The report of a pass that must not be a plan.
///
/// # Errors
/// It is one.
pub(crate) fn report_of(outcome: Outcome) -> Result<PassReport, Failure> {
    match outcome {
        Outcome::Pass(report) => Ok(*report),
        Outcome::Plan(_) => Err(Failure::new(
            Code::Io,
            "running a pass",
            "the engine gave a plan instead",
        )),
    }
}
