//! Where an execution and each of its steps can stand (BLUEPRINT §3).
//!
//! These are the words of the v1 API, the database and the terminal. Other
//! doors translate them in their own modules.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$head:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$head])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every value, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word used in JSON, SQL and the terminal.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownStatus;

            fn from_str(word: &str) -> Result<Self, UnknownStatus> {
                Self::ALL.iter().copied().find(|status| status.as_str() == word)
                    .ok_or_else(|| UnknownStatus(word.to_owned()))
            }
        }
    };
}

/// A word that names no status.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown status `{0}`")]
pub struct UnknownStatus(pub String);

words! {
    /// Where an execution stands.
    ExecutionStatus {
        /// Created; nothing has started yet.
        Pending = "pending",
        /// At least one stage runs, or can run.
        Running = "running",
        /// Nothing runs or can run until somebody decides a gate.
        WaitingForApproval = "waiting_for_approval",
        /// Nothing runs or can run until somebody answers a question.
        WaitingForInput = "waiting_for_input",
        /// Paused by a person.
        Paused = "paused",
        /// Ended well.
        Completed = "completed",
        /// Ended badly; the error message names the stage and the cause.
        Failed = "failed",
        /// Ended because a person asked for it.
        Cancelled = "cancelled",
    }
}

impl ExecutionStatus {
    /// Whether the execution has ended for good.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// Whether only a person can move it on.
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::WaitingForApproval | Self::WaitingForInput)
    }
}

words! {
    /// Where a step (a stage within an execution) stands.
    StepStatus {
        /// Not started, or waiting for its next attempt.
        Pending = "pending",
        /// An attempt runs.
        Running = "running",
        /// A gate that is open.
        WaitingForApproval = "waiting_for_approval",
        /// Its agent asked a question.
        WaitingForInput = "waiting_for_input",
        /// Ended well.
        Completed = "completed",
        /// Ended badly, all attempts used.
        Failed = "failed",
        /// Never started: its condition was false, or a dependency failed.
        Skipped = "skipped",
        /// Ended because its last attempt ran out of time.
        TimedOut = "timed_out",
        /// Ended because the run ended first.
        Cancelled = "cancelled",
    }
}

impl StepStatus {
    /// Whether the step has ended.
    pub const fn is_terminal(self) -> bool {
        matches!(
            self,
            Self::Completed | Self::Failed | Self::Skipped | Self::TimedOut | Self::Cancelled
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_parses_back() {
        for status in ExecutionStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
        for status in StepStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
        assert!("done".parse::<StepStatus>().is_err());
    }
}
