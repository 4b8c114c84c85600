//! `demo`: the main job in seven acts, on a small archive of its own. What it shows are real passes, nothing is staged
//! but the archive.

mod acts;
mod archive;
mod dicom;
mod phantom;
mod proof;
mod stage;
mod uid;

use crate::args::{DemoArgs, Global, ProgressForm};
use crate::commands::write_new;
use crate::config::{Config, toml_string};
use crate::context::Context;
use crate::exit::Exit;
use crate::wire::Wired;
use counterpart_model::{Code, Failure};
use stage::Stage;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Name of the demo's pair.
const PAIR: &str = "demo-archive";

/// Where everything of the demo is.
pub(crate) struct Places {
    root: PathBuf,
    production: PathBuf,
    standby: PathBuf,
    state: PathBuf,
    config: PathBuf,
}

/// `demo [DIR]`.
pub(crate) fn run(context: &Context, args: &DemoArgs) -> Result<Exit, Failure> {
    let places = Places::make(&args.directory)?;
    write_new(&places.config, places.configuration())?;
    let inner = places.context(context);
    let wired = Wired::open(
        &inner,
        Config::load(&places.config)
            .map_err(|mistakes| mistakes.failure())?
            .pair(None)?
            .clone(),
    )?;
    let stage = Stage::new(context, &inner);
    let document = acts::play(&stage, &places, &wired)?;
    if context.terminal.json() {
        context.terminal.document(&document)?;
    }
    let good = document.brought_back_equal
        && document.emptied.standby_unchanged
        && document.accepted != Some(false)
        && document.passes.iter().all(|pass| pass.congruent);
    Ok(if good { Exit::Done } else { Exit::Differs })
}

impl Places {
    #[expect(clippy::disallowed_methods, reason = "the demo makes its own directory")]
    fn make(directory: &Path) -> Result<Self, Failure> {
        let doing = format!("building the demo in {}", directory.display());
        let failing = |error: std::io::Error| Failure::new(Code::Io, &doing, error);
        let root = std::path::absolute(directory).map_err(failing)?;
        std::fs::create_dir_all(&root).map_err(failing)?;
        if std::fs::read_dir(&root).map_err(failing)?.next().is_some() {
            return Err(Failure::new(Code::Usage, &doing, "it is not empty")
                .hint("Name another directory: `counterpart demo DIR`."));
        }
        let at = |name: &str| root.join(name);
        let places = Self {
            production: at("production"),
            standby: at("standby"),
            state: at("state"),
            config: at("counterpart.toml"),
            root,
        };
        for directory in [&places.production, &places.standby] {
            std::fs::create_dir(directory).map_err(failing)?;
        }
        Ok(places)
    }

    fn configuration(&self) -> String {
        let location = |path: &Path| toml_string(&path.to_string_lossy());
        format!(
            "# The pair of the demo. In this directory, look around with: {}\n\n[pair.{PAIR}]\nproduction = {}\n\
             standby    = {}\n\n[pair.{PAIR}.tree]\n# The application retires a page by this name: the log says so.\n\
             retired = \"X{{name}}\"\n",
            Self::command("status"),
            location(&self.production),
            location(&self.standby)
        )
    }

    /// A command over the demo's pair, as a user would type it in the demo's directory.
    pub(crate) fn command(words: &str) -> String {
        format!("counterpart --state state {words}")
    }

    /// The demo's directory, as a user would type it.
    pub(crate) fn directory(&self) -> String {
        crate::invocation::quoted(self.root.as_os_str())
    }

    /// What the demo's passes run with: its own files, and no bar that would flicker between the acts.
    fn context(&self, outer: &Context) -> Context {
        let global = Global {
            config: Some(self.config.clone()),
            state: Some(self.state.clone()),
            progress: ProgressForm::None,
            color: outer.global.color,
            reason: outer.global.reason.clone().or_else(|| Some("demo".to_owned())),
            ..Global::default()
        };
        let words: [OsString; 6] = [
            "counterpart".into(),
            "--config".into(),
            self.config.clone().into(),
            "--state".into(),
            self.state.clone().into(),
            "run".into(),
        ];
        Context::new(global, words.to_vec())
    }
}
