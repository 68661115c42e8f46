//! The states of runs, in the words of this door and in ours.

use std::fmt;

use baton_model::ExecutionStatus;

/// Where a run stands, as clients of this door know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shown {
    Running,
    WaitingForInput,
    Completed,
    Failed,
    Cancelled,
    /// Only in files of later services: it ran out of time and was let run.
    Detached,
    /// Only in files of later services: nothing was heard of it for long.
    Stale,
}

impl Shown {
    pub(super) const ALL: &'static [Self] = &[
        Self::Running,
        Self::WaitingForInput,
        Self::Completed,
        Self::Failed,
        Self::Cancelled,
        Self::Detached,
        Self::Stale,
    ];

    /// The word in JSON.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::WaitingForInput => "waiting_for_input",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Detached => "detached",
            Self::Stale => "stale",
        }
    }

    /// The state a word names.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|shown| shown.as_str() == word)
    }

    /// Whether nothing follows any more.
    pub(super) fn is_final(self) -> bool {
        ours(self).is_some_and(ExecutionStatus::is_terminal)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Each state of ours, and what it is here. Clients know no others, and a run
/// that is paused or about to start is one whose end is to be waited for. The
/// first row with a state of this door is what it is with us.
const TABLE: [(ExecutionStatus, Shown); 8] = [
    (ExecutionStatus::Running, Shown::Running),
    (ExecutionStatus::Pending, Shown::Running),
    (ExecutionStatus::Paused, Shown::Running),
    (ExecutionStatus::WaitingForInput, Shown::WaitingForInput),
    // There is no gate in such a run.
    (ExecutionStatus::WaitingForApproval, Shown::WaitingForInput),
    (ExecutionStatus::Completed, Shown::Completed),
    (ExecutionStatus::Failed, Shown::Failed),
    (ExecutionStatus::Cancelled, Shown::Cancelled),
];

/// What a state of ours is here.
pub(super) fn shown(status: ExecutionStatus) -> Shown {
    let row = TABLE.iter().find(|(ours, _)| *ours == status);
    row.map_or(Shown::Running, |(_, shown)| *shown)
}

/// What a state of this door is with us; none: no run here is in it.
pub(super) fn ours(shown: Shown) -> Option<ExecutionStatus> {
    let row = TABLE.iter().find(|(_, known)| *known == shown);
    row.map(|(ours, _)| *ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_ours_is_in_one_row() {
        for status in ExecutionStatus::ALL {
            let rows = TABLE.iter().filter(|(ours, _)| ours == status);
            assert_eq!(rows.count(), 1, "{status}");
            assert_eq!(
                shown(*status).is_final(),
                status.is_terminal(),
                "{status} ends, or does not"
            );
        }
    }

    #[test]
    fn every_state_here_has_its_word_and_the_way_back() {
        for state in Shown::ALL {
            assert_eq!(Shown::of_word(state.as_str()), Some(*state));
            match ours(*state) {
                Some(status) => assert_eq!(shown(status), *state),
                None => assert!(matches!(state, Shown::Detached | Shown::Stale)),
            }
        }
        assert_eq!(Shown::of_word("paused"), None);
    }
}
