//! Puts a pair together from its parts and runs passes over it: the one place that knows sites, ledger and engine.

mod by_hour;
pub(crate) mod counted;
mod end;
mod estimate;
mod revealing;

pub(crate) use end::{End, Reached, own_environment};

use crate::config::Pair;
use crate::context::Context;
use crate::{apart, clock, pairs, tell, who};
use counted::Counted;
use counterpart_engine::hooks::{ByHand, HoldBook, settle_left};
use counterpart_engine::{KeyPlace, Ledger, Outcome, PassKind, PassRequest, Sites, run};
use counterpart_evidence::canonical;
use counterpart_model::{Code, EntryPath, Failure, SiteRole};
use counterpart_port::{Expired, OpenRequest, PassHistory};
use counterpart_store::files::PairDir;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// A pair that is ready to be asked.
pub(crate) struct Wired {
    /// What the configuration says of it.
    pub(crate) pair: Pair,
    /// Where its state is.
    pub(crate) directory: PairDir,
    /// Production.
    pub(crate) production: End,
    /// The standby.
    pub(crate) standby: End,
    /// What belongs to the pair as a whole.
    pub(crate) ledger: Ledger,
}

/// What a command asks of a pass.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    /// Every byte of both copies is read.
    pub(crate) reread: bool,
    /// A standby that holds data of others is taken over.
    pub(crate) adopt: bool,
    /// A refusal that is approved.
    pub(crate) approve: Option<String>,
    /// Only this path is put right.
    pub(crate) repair: Option<EntryPath>,
    /// That path as it was typed.
    pub(crate) typed: Option<OsString>,
    /// The schedule that asks, and how it ends the pass; `None` where a person asks.
    pub(crate) scheduled: Option<Scheduled>,
}

/// A pass that a schedule asks for.
#[derive(Clone, Debug)]
pub(crate) struct Scheduled {
    /// The schedule in words.
    pub(crate) schedule: String,
    /// Ends the pass, when it is set, as an interruption does.
    pub(crate) stop: Arc<AtomicBool>,
}

impl Wired {
    /// Opens the state of a pair; touches neither tree.
    ///
    /// # Errors
    /// The state directory cannot be made or read.
    pub(crate) fn open(context: &Context, pair: Pair) -> Result<Self, Failure> {
        // Before anything is made: the state must not come to lie beneath a root.
        apart::check(&pair, &context.state_path()?)?;
        check_limit(&pair)?;
        let directory = context.state()?.pair(&pair.name)?;
        let production = End::of(&directory, &pair, SiteRole::Production)?;
        let standby = End::of(&directory, &pair, SiteRole::Standby)?;
        let holds = HoldBook::new(context.state_path()?.join("holds"), held_place(&pair));
        let ledger = Ledger::open(directory.clone())?
            .with_key_at(key_place(&pair))
            .with_holds(holds);
        Ok(Self {
            pair,
            directory,
            production,
            standby,
            ledger,
        })
    }

    /// The pair of a name, or the only one.
    ///
    /// # Errors
    /// As [`pairs::one`] and [`Wired::open`].
    pub(crate) fn named(context: &Context, name: Option<&str>) -> Result<Self, Failure> {
        Self::open(context, pairs::one(context, name)?)
    }

    /// The end of a role.
    pub(crate) const fn end(&self, role: SiteRole) -> &End {
        match role {
            SiteRole::Production => &self.production,
            SiteRole::Standby => &self.standby,
        }
    }

    /// Does something with both sites, of which no pass is opened.
    ///
    /// # Errors
    /// A site cannot be reached, or what was done failed.
    pub(crate) fn with_sites<T>(
        &self,
        act: impl FnOnce(Sites<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let (production, standby) = (self.production.reach()?, self.standby.reach()?);
        act(both(&production, &standby)).map_err(|failure| standby.explain(production.explain(failure)))
    }

    /// Runs one pass, shows its progress, and tells who is to know of it.
    ///
    /// # Errors
    /// Why the pass could not come to its end.
    pub(crate) fn pass(&self, context: &Context, kind: PassKind, wish: Wish) -> Result<Outcome, Failure> {
        let (is_repair, is_scheduled) = (wish.repair.is_some(), wish.scheduled.is_some());
        let began = Instant::now();
        let counted = (kind == PassKind::Run && wish.repair.is_none()).then(|| Counted::begin(&self.pair));
        let outcome = self.one_pass(context, kind, wish);
        if let Some(counted) = counted
            && let Err(failure) = counted.note(&self.ledger, &outcome)
        {
            context.terminal.message(&format!("{failure}"));
        }
        let late = self
            .pair
            .deadline_seconds
            .is_some_and(|seconds| began.elapsed().as_secs() >= seconds);
        let told = tell::Told {
            kind,
            is_repair,
            is_stopped: is_scheduled && !counted::counts(outcome.as_ref().err(), late),
        };
        tell::after_pass(context, self, told, &outcome);
        outcome
    }

    fn one_pass(&self, context: &Context, kind: PassKind, wish: Wish) -> Result<Outcome, Failure> {
        let stop = wish
            .scheduled
            .as_ref()
            .map(|scheduled| Arc::clone(&scheduled.stop));
        let request = self.request(context, kind, wish)?;
        let (production, standby) = (self.production.reach()?, self.standby.reach()?);
        let sites = both(&production, &standby);
        let shown = context
            .terminal
            .watch(&self.pair.name, self.pair.deadline_seconds, stop);
        for end in [&self.production, &self.standby] {
            end.unlimited_after(shown.stop());
        }
        let outcome = run(&self.pair.settings, &sites, &self.ledger, &request, &shown);
        let late = shown.stop().ran_out_of_time();
        if outcome
            .as_ref()
            .is_err_and(|failure| failure.code == Code::SiteLost)
        {
            self.settle_left(&request.actor);
        }
        outcome
            .map(|outcome| self.under_limits(outcome))
            .map_err(|failure| standby.explain(production.explain(failure)))
            .map_err(|failure| unfinished(failure, late))
    }

    /// Puts back what a pass held whose link was lost, over another one. What cannot be stays written down: the far site may
    /// have done it by itself, and the next pass or `release` does.
    fn settle_left(&self, actor: &counterpart_engine::Actor) {
        if self.ledger.owed().is_ok_and(|owed| owed.is_empty()) {
            return;
        }
        let who = ByHand {
            pair: &self.pair.name,
            actor,
            reason: None,
        };
        let hooks = &self.pair.settings.hooks;
        drop(self.with_sites(|sites| settle_left(hooks, sites, &self.ledger, who)));
    }

    fn under_limits(&self, mut outcome: Outcome) -> Outcome {
        if let Outcome::Plan(report) = &mut outcome {
            estimate::under_limits(report, &self.pair.link.bandwidth);
        }
        outcome
    }

    fn request(&self, context: &Context, kind: PassKind, wish: Wish) -> Result<PassRequest, Failure> {
        Ok(PassRequest {
            kind,
            reread: wish.reread,
            adopt: wish.adopt,
            approve: wish.approve,
            reason: context.global.reason.clone(),
            schedule: wish.scheduled.map(|scheduled| scheduled.schedule),
            repair: wish.repair,
            actor: who::actor(&context.arguments, wish.typed.as_deref()),
            tool: who::tool(),
            config_sha256: config_sha256(&self.pair)?,
        })
    }

    /// The passes whose history has expired at the standby and is promised by no certificate any more, oldest first;
    /// deletes it, where that is wanted, while no pass can run there.
    ///
    /// # Errors
    /// `locked`, or the history cannot be listed or deleted.
    pub(crate) fn end_history(&self, delete: bool) -> Result<Expired, Failure> {
        let keep_seconds = self.pair.settings.history_seconds;
        self.standby.ask(|site| {
            let mut expired = site.expired(keep_seconds)?;
            expired.passes = self.unpromised(expired.passes)?;
            let names: Vec<String> = expired.passes.iter().map(|pass| pass.pass.clone()).collect();
            if delete && !names.is_empty() {
                site.end_history(&names, keep_seconds)?;
            }
            Ok(expired)
        })
    }

    /// Those of which no certificate says that their history is kept still.
    fn unpromised(&self, passes: Vec<PassHistory>) -> Result<Vec<PassHistory>, Failure> {
        let now = clock::now().seconds;
        let mut left = Vec::new();
        for history in passes {
            let until = self.ledger.kept_until(&history.pass)?;
            if until.is_none_or(|until| until <= now) {
                left.push(history);
            }
        }
        Ok(left)
    }

    /// How `check` opens a site: nothing but its own state may change.
    pub(crate) fn looking(&self) -> OpenRequest {
        OpenRequest {
            pair: self.pair.name.clone(),
            pass: format!("check-{}", clock::now().seconds),
            policy: self.pair.settings.policy.clone(),
            read_only: true,
            after: None,
            read_from: None,
        }
    }
}

fn both<'a>(production: &'a Reached<'_>, standby: &'a Reached<'_>) -> Sites<'a> {
    Sites {
        production: production.site(),
        standby: standby.site(),
        production_commands: production.commands(),
        standby_commands: standby.commands(),
    }
}

/// What several pairs hold together: the same production in the same way.
fn held_place(pair: &Pair) -> String {
    let hold = &pair.settings.hooks.production_hold;
    format!("{} {}", hold.method.word(), pair.production)
}

/// Where the key of a pair is; an agent whose socket is not configured is the environment's.
fn key_place(pair: &Pair) -> KeyPlace {
    let mut place = pair.key.clone();
    place.socket = place.socket.or_else(ssh_auth_sock);
    place
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program alone reads the environment"
)]
fn ssh_auth_sock() -> Option<PathBuf> {
    std::env::var_os("SSH_AUTH_SOCK")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

/// A limit that limits nothing is a mistake, and told as one.
fn check_limit(pair: &Pair) -> Result<(), Failure> {
    if pair.link.bandwidth.is_empty() || pair.is_linked() {
        return Ok(());
    }
    let why = "--bandwidth limits a link, and both sites are on this host";
    Err(Failure::new(Code::Usage, "reading the options", why).hint("Take it out."))
}

/// SHA-256 over the canonical JSON of a pair's settings in force, in hexadecimal.
fn config_sha256(pair: &Pair) -> Result<String, Failure> {
    // Locations are in their shown form, since a path need not be UTF-8.
    let mut document = serde_json::json!({
        "production": pair.production.to_string(),
        "standby": pair.standby.to_string(),
        "settings": pair.settings,
        "link": pair.link,
        "key": pair.key,
        "schedule": pair.schedule,
        "deadline_seconds": pair.deadline_seconds,
    });
    // A reference to a secret is digested, never the secret.
    if !pair.notify.is_empty() {
        document["notify"] = serde_json::json!(pair.notify);
    }
    canonical::to_vec(&document).map(|bytes| canonical::sha256_hex(&bytes))
}

/// A pass that met a missing file could not finish; that is no mistake in the command line.
fn unfinished(failure: Failure, late: bool) -> Failure {
    match failure.code {
        Code::NotFound => Failure {
            code: Code::Io,
            ..failure
        },
        Code::Interrupted if late => Failure {
            why: "the deadline of the pair ended it".to_owned(),
            ..failure
        },
        _ => failure,
    }
}
