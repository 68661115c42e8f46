//! Gates: stages at which a person decides.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::duration_ms;

/// How a person is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateSpec {
    /// Who may decide; empty: anybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<String>,
    /// How long the gate stays open. None: for ever.
    #[serde(
        default,
        with = "duration_ms::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub timeout: Option<Duration>,
    /// What happens when nobody decided in time.
    #[serde(default)]
    pub on_timeout: GateTimeout,
    /// May hold `${{ }}`; evaluated when the gate opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What an undecided gate does at its deadline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateTimeout {
    /// The run fails.
    #[default]
    Halt,
    /// As if somebody had approved.
    AutoApprove,
    /// As if somebody had rejected.
    Reject,
}
