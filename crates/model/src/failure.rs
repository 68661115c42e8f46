//! Why an attempt did not succeed: a label to decide by, a message to read.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Object;

/// The kind of a failure. The known ones are constants; agents may bring
/// their own (`non_retryable_errors` names either sort).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FailureLabel(Cow<'static, str>);

impl FailureLabel {
    /// Output that does not meet the stage's contract.
    pub const BAD_OUTPUT: Self = Self(Cow::Borrowed("bad_output"));
    /// Nothing came back where a result was due.
    pub const EMPTY_RESULT: Self = Self(Cow::Borrowed("empty_result"));
    /// The answer broke off before its end, or passed its size limit.
    pub const CUT_OFF: Self = Self(Cow::Borrowed("cut_off"));
    /// The agent was not allowed to do what it had to. Not retried by default.
    pub const DENIED: Self = Self(Cow::Borrowed("denied"));
    /// A limit of the provider or of the machine was hit.
    pub const LIMIT: Self = Self(Cow::Borrowed("limit"));
    /// The agent could not log in. Not retried by default.
    pub const AUTH_FAILURE: Self = Self(Cow::Borrowed("auth_failure"));
    /// The agent's process vanished, or the server did, too often.
    pub const CRASH: Self = Self(Cow::Borrowed("crash"));
    /// The program ended with a non-zero code.
    pub const EXIT: Self = Self(Cow::Borrowed("exit"));
    /// The attempt ran out of time.
    pub const TIMEOUT: Self = Self(Cow::Borrowed("timeout"));
    /// The agent could not be reached or its program not be found.
    pub const UNREACHABLE: Self = Self(Cow::Borrowed("unreachable"));
    /// The run was cancelled or halted meanwhile.
    pub const CANCELLED: Self = Self(Cow::Borrowed("cancelled"));
    /// The stage starts over because one it depends on was reopened. Only a
    /// reason to end an attempt; no attempt fails with it.
    pub const REWORK: Self = Self(Cow::Borrowed("rework"));
    /// A condition, an input or another `${{ }}` of the stage could not be
    /// evaluated. Trying again would change nothing, so it is never retried.
    pub const EXPRESSION: Self = Self(Cow::Borrowed("expression"));

    /// Labels agents may report and users may name in `non_retryable_errors`.
    pub const KNOWN: [Self; 12] = [
        Self::BAD_OUTPUT,
        Self::EMPTY_RESULT,
        Self::CUT_OFF,
        Self::DENIED,
        Self::LIMIT,
        Self::AUTH_FAILURE,
        Self::CRASH,
        Self::EXIT,
        Self::TIMEOUT,
        Self::UNREACHABLE,
        Self::CANCELLED,
        Self::EXPRESSION,
    ];

    /// A label by name; any text an agent reports is taken.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Cow::Owned(text.into()))
    }

    /// The label as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether another attempt makes sense when the policy does not say.
    pub fn is_retryable(&self) -> bool {
        ![
            Self::DENIED,
            Self::AUTH_FAILURE,
            Self::CANCELLED,
            Self::EXPRESSION,
        ]
        .contains(self)
    }
}

impl fmt::Display for FailureLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What went wrong with an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What policies decide by.
    pub label: FailureLabel,
    /// What people read: lower case, no full stop, bounded by the reporter.
    pub message: String,
    /// What was brought all the same, by output name: for whoever needs more
    /// than the message. Bounded by the reporter, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brought: Option<Box<Object>>,
}

impl Failure {
    /// Puts both together; nothing was brought.
    pub fn new(label: FailureLabel, message: impl Into<String>) -> Self {
        Self {
            label,
            message: message.into(),
            brought: None,
        }
    }

    /// The same, and this was brought.
    #[must_use]
    pub fn with_brought(self, name: &str, value: impl Into<Value>) -> Self {
        let mut brought = self.brought.unwrap_or_default();
        brought.insert(name.to_owned(), value.into());
        Self {
            brought: Some(brought),
            ..self
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.label)
    }
}
