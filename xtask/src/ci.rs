//! Everything that must be green before a change is taken, in the order that fails soonest.
//! The toolchain, and what a runner puts around it, are not its business.

use anyhow::Result;

use crate::process::{Steps, passes};
use crate::workspace::Workspace;
use crate::{house, testing};

/// Format, clippy, house and documentation; all are run, whatever fails.
pub fn check(workspace: &Workspace) -> Result<bool> {
    let mut steps = Steps::default();
    steps.step("format", || {
        passes(workspace.cargo().args(["fmt", "--all", "--", "--check"]))
    });
    steps.step("clippy", || clippy(workspace));
    steps.step("documentation", || documentation(workspace));
    steps.step("house", || house::run(workspace, &house::Options::default()));
    Ok(steps.finish("check"))
}

/// `check`, then the tests, even when the check failed.
pub fn all(workspace: &Workspace) -> Result<bool> {
    let checked = check(workspace)?;
    let tested = testing::run(workspace, &testing::Options::default())?;
    Ok(checked && tested)
}

fn clippy(workspace: &Workspace) -> Result<bool> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    passes(workspace.cargo().args(arguments))
}

fn documentation(workspace: &Workspace) -> Result<bool> {
    let arguments = ["doc", "--workspace", "--no-deps"];
    passes(
        workspace
            .cargo()
            .args(arguments)
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}
