//! Where a workflow of this door stands, in its words and in ours.

use baton_app::rounds::story::Cause;
use baton_model::ExecutionStatus;

/// The words of this door, each with ours that it stands for.
///
/// Nobody ever sees `pending`: a workflow is created and begun in one
/// transaction. What else makes a run of ours stand still, a question of a
/// local agent or a pause, is work in progress to those who know only this door.
const STATUSES: [(&str, &[ExecutionStatus]); 5] = [
    ("pending", &[ExecutionStatus::Pending]),
    (
        "in_progress",
        &[
            ExecutionStatus::Running,
            ExecutionStatus::WaitingForInput,
            ExecutionStatus::Paused,
        ],
    ),
    ("waiting_approval", &[ExecutionStatus::WaitingForApproval]),
    ("completed", &[ExecutionStatus::Completed]),
    (
        "failed",
        &[ExecutionStatus::Failed, ExecutionStatus::Cancelled],
    ),
];

/// The word of this door for a status of ours.
pub(super) fn word(status: ExecutionStatus) -> &'static str {
    let row = STATUSES.iter().find(|(_, ours)| ours.contains(&status));
    row.map_or("in_progress", |(word, _)| word)
}

/// The word of this door for what has led from one status to another.
pub(super) const fn trigger(cause: Cause) -> &'static str {
    match cause {
        Cause::Start => "start",
        Cause::Brought => "agent_complete",
        Cause::Approved => "human_approved",
        Cause::Rejected => "human_rejected",
        Cause::Error => "error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_of_ours_has_one_word_and_every_word_a_status() {
        for status in ExecutionStatus::ALL {
            let rows = STATUSES.iter().filter(|(_, ours)| ours.contains(status));
            let words: Vec<_> = rows.map(|(word, _)| *word).collect();
            assert_eq!(words, [word(*status)], "{status}");
        }
        for (word, ours) in STATUSES {
            assert!(!ours.is_empty(), "{word}");
            let is_final = |status: &ExecutionStatus| status.is_terminal();
            let ends = ours.iter().filter(|status| is_final(status)).count();
            assert!(ends == 0 || ends == ours.len(), "{word}");
        }
    }
}
