//! The nouns of Baton, shared by every other crate.
//!
//! Relies on: nothing of ours. Pure: no clock, I/O, environment, thread or
//! hash order. The stored forms ([`plan`], [`event`]) live here because both
//! the engine and the stores must read logs written by any release.
//! Deliberately absent: behaviour. What happens to a run is decided in
//! `baton-engine`; how a definition becomes a plan, in `baton-lang`.

#![warn(
    missing_docs,
    clippy::wildcard_enum_match_arm,
    clippy::indexing_slicing,
    clippy::panic
)]

mod batch;
pub mod command;
pub mod contract;
pub mod depth;
pub mod diagnostic;
pub mod error_code;
pub mod event;
pub mod failure;
pub mod ids;
pub mod plan;
pub mod question;
pub mod status;
mod text_piece;
pub mod time;
pub mod usage;

pub use batch::batches;
pub use command::{AttemptReport, Command, Completion, Edit, Inquiry};
pub use contract::{ContractViolation, ValueType};
pub use diagnostic::{Category, Diagnostic, Label, Position, Severity, Span};
pub use error_code::ErrorCode;
pub use event::{Event, Recorded};
pub use failure::{Failure, FailureLabel};
pub use ids::{AttemptKey, HookKey, InvalidId, RunId, StageId, WorkflowId};
pub use plan::Plan;
pub use question::{Answers, Asker, Question, QuestionOption};
pub use status::{ExecutionStatus, StepStatus};
pub use text_piece::TextPiece;
pub use time::Timestamp;
pub use usage::{Spent, Usage};

/// A value of the language: what parameters, inputs and outputs hold.
pub use serde_json::Value;

/// A map of names to values that keeps the order it was written in.
pub type Object = serde_json::Map<String, Value>;
