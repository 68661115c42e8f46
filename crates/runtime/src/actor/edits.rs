//! Edits that agents ask for in their own words: made into edits of the run's
//! stages before their answer is decided.

use baton_engine::RunState;
use baton_model::{AttemptReport, Command, Completion, StageId};

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
    let live: Vec<StageId> = state.stages().map(|(_, it, _)| it.id.clone()).collect();
    for command in commands {
        let Command::SettleAttempt {
            report: AttemptReport::Completed(completion),
            ..
        } = command
        else {
            continue;
        };
        let proposed = std::mem::take(&mut completion.proposed_edits);
        if !proposed.is_empty() {
            completion.edits = plug.compile_edits(state.plan(), &live, &proposed);
        }
    }
}
