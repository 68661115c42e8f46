//! What people say, to what they see.

use baton_engine::RunState;
use baton_model::question::answer_keys;
use baton_model::{Answers, Asker, Command, Object, RunId, StageId, StepStatus, Value};

use crate::dice::Dice;
use crate::edits;
use crate::swarm::Crowd;
use crate::witness::Witness;

/// Something somebody asks for, sensible or not.
pub(super) fn say(
    dice: &mut Dice,
    crowd: &Crowd,
    witness: &Witness,
    run: RunId,
    by: &str,
) -> Option<Command> {
    let by_name = || by.to_owned();
    if dice.per_mille(crowd.cancel) {
        return Some(Command::CancelRun {
            by: by_name(),
            reason: None,
        });
    }
    if dice.per_mille(crowd.pause) {
        return Some(Command::PauseRun {
            by: by_name(),
            reason: None,
        });
    }
    if dice.per_mille(crowd.edit) {
        let plan = witness.look(run, RunState::live_plan)?;
        return Some(Command::EditGraph {
            edits: edits::edits(dice, &plan),
            by: by_name(),
            reason: Some("it is better so".to_owned()),
        });
    }
    if dice.per_mille(crowd.reopen) {
        return reopen(dice, witness, run, by);
    }
    needed(dice, witness, run, by)
}

fn reopen(dice: &mut Dice, witness: &Witness, run: RunId, by: &str) -> Option<Command> {
    let ended = [
        StepStatus::Completed,
        StepStatus::Completed,
        StepStatus::Failed,
        StepStatus::Skipped,
        StepStatus::Running,
    ];
    let status = dice.one_of(&ended)?;
    let stages = witness.stages_that_are(run, status);
    Some(Command::ReopenStage {
        stage: dice.pick(&stages)?.clone(),
        at_gate: None,
        feedback: Some("once more".to_owned()),
        details: Object::new(),
        by: by.to_owned(),
    })
}

/// What the run waits for, if it waits for people.
pub(super) fn needed(dice: &mut Dice, witness: &Witness, run: RunId, by: &str) -> Option<Command> {
    let gates = witness.stages_that_are(run, StepStatus::WaitingForApproval);
    if let Some(gate) = dice.pick(&gates) {
        return Some(decide(dice, gate, by));
    }
    let asking = witness.stages_that_are(run, StepStatus::WaitingForInput);
    if let Some(stage) = dice.pick(&asking) {
        let answers = witness.look(run, |state| answers(dice, state, stage, by))??;
        return Some(Command::AnswerStage {
            stage: stage.clone(),
            dispatch: None,
            answers,
            by: by.to_owned(),
        });
    }
    witness
        .is_paused(run)
        .then(|| Command::ResumeRun { by: by.to_owned() })
}

fn decide(dice: &mut Dice, gate: &StageId, by: &str) -> Command {
    let (stage, by) = (gate.clone(), by.to_owned());
    let reason = Some("I have looked at it".to_owned());
    if dice.percent(85) {
        Command::ApproveGate {
            stage,
            iteration: None,
            by,
            reason,
            details: Object::new(),
        }
    } else {
        Command::RejectGate {
            stage,
            iteration: None,
            by,
            reason,
            details: Object::new(),
        }
    }
}

fn answers(dice: &mut Dice, state: &RunState, stage: &StageId, by: &str) -> Option<Answers> {
    let asked = state.stage(state.index(stage)?).open_questions()?;
    let keys = answer_keys(&asked.questions);
    let answer = match asked.asker {
        Asker::Agent => format!("{by} says so"),
        Asker::Crash if dice.percent(80) => "run again".to_owned(),
        Asker::Crash => "give up".to_owned(),
    };
    let answer = |key: &str| (key.to_owned(), Value::from(answer.clone()));
    Some(keys.into_iter().map(answer).collect())
}

/// Whether the same again is the same and not one more.
pub(super) fn may_be_repeated(command: &Command) -> bool {
    matches!(
        command,
        Command::ApproveGate { .. }
            | Command::RejectGate { .. }
            | Command::AnswerStage { .. }
            | Command::CancelRun { .. }
    )
}

/// Under which words the log has what somebody said.
pub(super) fn as_heard(command: &Command, by: &str) -> String {
    match command {
        Command::CancelRun { .. } => format!("cancelled by {by}"),
        _ => by.to_owned(),
    }
}
