//! Edits that agents ask for in their own words: made into edits of the run's
//! stages before their answer is decided.

use baton_engine::RunState;
use baton_model::{AttemptReport, Command, Completion, Failure, FailureLabel, Plan};

use crate::plug::Plug;

/// Whether an agent asks for edits in one of `commands`.
pub(super) fn are_proposed(commands: &[Command]) -> bool {
    commands.iter().any(|command| {
        matches!(
            command,
            Command::SettleAttempt {
                report: AttemptReport::Completed(Completion { proposed_edits, .. }),
                ..
            } if !proposed_edits.is_empty()
        )
    })
}

/// Makes edits of what agents wrote, for the stages as they are in `state`.
pub(super) fn compile(plug: &dyn Plug, state: &RunState, commands: &mut [Command]) {
    let plan = state.live_plan();
    for command in commands {
        if let Command::SettleAttempt { report, .. } = command {
            compile_report(plug, &plan, report);
        }
    }
}

/// What no sense can be made of is a wrong output.
fn compile_report(plug: &dyn Plug, plan: &Plan, report: &mut AttemptReport) {
    let AttemptReport::Completed(completion) = report else {
        return;
    };
    let proposed = std::mem::take(&mut completion.proposed_edits);
    if proposed.is_empty() {
        return;
    }
    match plug.compile_edits(plan, &proposed) {
        Ok(edits) => completion.edits = edits,
        Err(mistakes) => {
            let words = format!("its edits make no sense: {mistakes}");
            *report = AttemptReport::Failed(Failure::new(FailureLabel::BAD_OUTPUT, words));
        }
    }
}
