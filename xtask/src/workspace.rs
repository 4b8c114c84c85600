//! Where things are: the workspace's top, its target directory, its source files.
//! It says nothing about what the files should hold; that is `house`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow};

/// The checked-out workspace that a chore works on.
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

/// One text file of the workspace.
pub struct SourceFile {
    /// Path relative to the workspace, with `/`.
    pub name: String,
    /// What it holds.
    pub text: String,
}

impl SourceFile {
    /// Whether it is a test: those are exempt from the limits on length.
    pub fn is_test(&self) -> bool {
        self.name.contains("/tests/")
    }

    /// Whether its name ends so, after a dot.
    pub fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.name).extension() == Some(OsStr::new(extension))
    }
}

impl Workspace {
    /// The workspace that cargo runs this program for, or the one around the current directory.
    pub fn find() -> Result<Self> {
        let start = match std::env::var_os("CARGO_MANIFEST_DIR") {
            Some(directory) => PathBuf::from(directory),
            None => std::env::current_dir().context("finding the current directory")?,
        };
        let root = start
            .ancestors()
            .find(|directory| directory.join("xtask").is_dir() && directory.join("Cargo.toml").is_file())
            .ok_or_else(|| {
                anyhow!(
                    "no workspace around {}; run this inside a checkout",
                    start.display()
                )
            })?;
        Self::at(root)
    }

    /// The workspace whose top is `root`.
    pub fn at(root: &Path) -> Result<Self> {
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(directory) => std::path::absolute(directory).context("resolving CARGO_TARGET_DIR")?,
            None => root.join("target"),
        };
        Ok(Self {
            root: root.to_path_buf(),
            target,
        })
    }

    /// A path below the top.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A path below the target directory's own corner for chores.
    pub fn scratch(&self, relative: &str) -> PathBuf {
        self.target.join("xtask").join(relative)
    }

    /// A path below the target directory.
    pub fn built(&self, relative: &str) -> PathBuf {
        self.target.join(relative)
    }

    /// Cargo, started at the top.
    pub fn cargo(&self) -> Command {
        self.program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// Any program, started at the top.
    pub fn program(&self, name: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(name);
        command.current_dir(&self.root);
        command
    }

    /// The text of one file below the top.
    pub fn read(&self, relative: &str) -> Result<String> {
        fs::read_to_string(self.path(relative)).with_context(|| format!("reading {relative}"))
    }

    /// Every Rust file of the crates and of xtask, in order of name.
    pub fn rust_files(&self) -> Result<Vec<SourceFile>> {
        let files = self.text_files()?.into_iter();
        Ok(files.filter(|file| file.has_extension("rs")).collect())
    }

    /// Every text file that belongs to the project, in order of name; what is built or hidden does not.
    pub fn text_files(&self) -> Result<Vec<SourceFile>> {
        let mut files = Vec::new();
        self.collect("", &mut files)?;
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }

    fn collect(&self, folder: &str, files: &mut Vec<SourceFile>) -> Result<()> {
        let listing = fs::read_dir(self.path(folder)).with_context(|| format!("listing {folder:?}"))?;
        for entry in listing {
            let entry = entry.with_context(|| format!("listing {folder:?}"))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let relative = if folder.is_empty() {
                name.clone()
            } else {
                format!("{folder}/{name}")
            };
            let kind = entry
                .file_type()
                .with_context(|| format!("looking at {relative}"))?;
            if kind.is_dir() && !is_foreign(folder, &name) {
                self.collect(&relative, files)?;
            } else if kind.is_file() {
                files.extend(text_of(&entry.path(), relative)?);
            }
        }
        Ok(())
    }
}

/// Folders that hold nothing of the project's own.
fn is_foreign(folder: &str, name: &str) -> bool {
    folder.is_empty() && (name == ".git" || name == "target" || name.starts_with("target-"))
}

/// The file, unless it is not text.
fn text_of(path: &Path, name: String) -> Result<Option<SourceFile>> {
    match fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8(bytes)
            .ok()
            .map(|text| SourceFile { name, text })),
        // Others may be at work in the same checkout: a file that has gone is not an error.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {name}")),
    }
}
