//! A step that is not taken, told as the difference that it would have ended.

use counterpart_model::{Action, Code, EntryPath, Finding, SiteRole, Step, Verdict, itemize};

/// The differences that a step would end.
pub(crate) fn differences(step: &Step) -> Vec<Finding> {
    let finding = |path: &EntryPath, code, why: String| {
        Finding::new(path, code, SiteRole::Standby, Verdict::Different, why)
    };
    match step.action {
        Action::Create => vec![finding(
            &step.path,
            Code::OnlyProduction,
            "the standby lacks it".into(),
        )],
        Action::Remove | Action::RemovedWithParent => {
            vec![finding(
                &step.path,
                Code::OnlyStandby,
                "production lacks it".into(),
            )]
        }
        Action::Rename => {
            let from = step.from.clone().unwrap_or_default();
            let why = format!("production calls it {} now", step.path);
            vec![
                finding(
                    &step.path,
                    Code::OnlyProduction,
                    format!("the standby calls it {from}"),
                ),
                finding(&from, Code::OnlyStandby, why),
            ]
        }
        Action::Modify | Action::Replace | Action::Metadata => {
            let letters = itemize::letters(step);
            vec![finding(
                &step.path,
                Code::Differs,
                format!("not the same at both sites ({letters})"),
            )]
        }
    }
}
