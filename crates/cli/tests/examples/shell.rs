//! A shell in a copy of an example, as the account of a reader who is not root, with the built program on its path.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_counterpart");
const NOBODY: &str = "65534";
/// Follows the output of each block, with its exit.
const END: &str = "--- end of block, exit ";

/// One shell for a whole page: what a block exports, the next ones have.
pub struct Shell {
    dir: TempDir,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Shell {
    /// In a copy of `examples/NAME`.
    pub fn new(name: &str) -> Self {
        let dir = TempDir::new().unwrap();
        let example = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../examples")
            .join(name);
        run(Command::new("cp")
            .arg("-r")
            .arg(example)
            .arg(dir.path().join(name)));
        let bin = dir.path().join("bin");
        fs::create_dir(&bin).unwrap();
        // The build's own directory may be closed to that account.
        fs::copy(PROGRAM, bin.join("counterpart")).unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = account(dir.path());
        command
            .args(["sh", "-c", "exec 2>&1; exec sh"])
            .current_dir(dir.path().join(name))
            .env_clear()
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()))
            .env("HOME", dir.path())
            .env("TZ", "UTC")
            .env("LANG", "C.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self {
            dir,
            child,
            input,
            output,
        }
    }

    /// Where the copy is.
    pub fn place(&self) -> PathBuf {
        self.dir.path().to_owned()
    }

    /// Runs some commands; gives the last one's exit and all that was printed.
    pub fn say(&mut self, commands: &str) -> (i32, String) {
        let block = self.dir.path().join("block");
        fs::write(&block, commands).unwrap();
        let line = format!(". {} </dev/null; printf '\\n{END}%s\\n' $?\n", block.display());
        self.input.write_all(line.as_bytes()).unwrap();
        let mut printed = String::new();
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line).unwrap();
            assert!(read > 0, "the shell ended: {commands}\n{printed}");
            if let Some(exit) = line.strip_prefix(END) {
                printed.pop();
                return (exit.trim().parse().unwrap(), printed);
            }
            printed += &line;
        }
    }

    /// The document of a command of the program.
    pub fn document(&mut self, words: &str) -> serde_json::Value {
        let (_, printed) = self.say(&format!("counterpart --json {words} 2>/dev/null"));
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{words}: {error}\n{printed}"))
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // It has nothing to read any more, or hangs.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Root may read everything, so that nobody would be denied anything: another account then, which owns the copy.
fn account(dir: &Path) -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new("env");
    }
    run(Command::new("chown")
        .args(["-R", &format!("{NOBODY}:{NOBODY}")])
        .arg(dir));
    let mut command = Command::new("setpriv");
    command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"]);
    command
}

fn run(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}
