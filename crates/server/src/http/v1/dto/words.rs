//! The lists of words that fields of the wire types are limited to.
//!
//! The fields themselves are texts, so that a client of an older release can
//! read what a newer server says. Each type here stands for such a list in the
//! document of the API, and has no values.

use std::borrow::Cow;

use baton_app::rows::{Scope, WorkflowStatus as StoredStatus};
use baton_model::plan::HookPoint as Point;
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

macro_rules! words {
    ($($(#[doc = $doc:literal])+ $name:ident = $words:expr;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug)]
            pub enum $name {}

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    one_of($words, &[$($doc),+])
                }
            }

            impl ToSchema for $name {
                fn name() -> Cow<'static, str> {
                    Cow::Borrowed(stringify!($name))
                }
            }
        )+
    };
}

words! {
    /// Where an execution stands.
    ExecutionStatus = baton_model::ExecutionStatus::ALL.iter().map(|word| word.as_str());
    /// Where a step stands.
    StepStatus = baton_model::StepStatus::ALL.iter().map(|word| word.as_str());
    /// Where a stored workflow stands.
    WorkflowStatus = StoredStatus::ALL.iter().map(|word| word.as_str());
    /// Where a workflow is to stand; `active` is another word for `published`.
    WorkflowStatusGiven = StoredStatus::ALL.iter().map(|word| word.as_str()).chain(["active"]);
    /// Why a request failed.
    ErrorCode = baton_model::ErrorCode::ALL.iter().map(|word| word.as_str());
    /// What the bearer of a token may do; each may do what those before it may.
    TokenScope = Scope::ALL.iter().map(|word| word.as_str());
    /// How an attempt ended.
    AttemptOutcome = ["completed", "failed", "cancelled"];
    /// Who needs a token.
    AuthMode = ["auto", "always"];
    /// What started an execution: a person, a program or a schedule.
    Trigger = ["manual", "api", "scheduled"];
    /// What a stage is.
    StageType = ["agent", "gate"];
    /// Who asks: the agent of a stage, or Baton after a crash.
    Asker = ["agent", "crash"];
    /// Where a log line comes from.
    LogStream = ["stdout", "stderr", "system"];
    /// When an action of a hook is due.
    HookPoint = [Point::OnStart, Point::OnComplete, Point::OnFailure].map(Point::as_str);
    /// How serious a finding is.
    Severity = ["error", "warning"];
    /// The area of the language a finding belongs to.
    Category = ["yaml", "schema", "expression", "dag", "artifact"];
    /// What an artifact is.
    ArtifactKind = ["agent", "skill", "command", "mcp", "ctx"];
    /// What something that could be written is.
    CompletionKind = [
        "key", "value", "namespace", "function", "parameter", "stage", "field", "artifact",
    ];
    /// Who knows a project.
    ProjectSource = ["baton", "specflow"];
    /// What can be told to an agent.
    SkillKind = baton_app::projects::SkillKind::ALL.iter().map(|word| word.as_str());
    /// What waits for a person.
    InboxKind = ["gate", "question"];
    /// What a list of workflows is sorted by.
    WorkflowSort = ["name", "created_at", "updated_at"];
    /// What a list of executions is sorted by.
    ExecutionSort = ["created_at", "started_at", "completed_at"];
    /// In which direction a list is sorted.
    SortOrder = ["asc", "desc"];
    /// When a stage may start: as soon as its dependencies have ended, or when
    /// all stages of the batches before its own have.
    Schedule = ["eager", "batches"];
    /// In which form a result is handed on.
    HandoffFormat = ["structured", "markdown", "raw"];
}

macro_rules! lists {
    ($($(#[doc = $doc:literal])+ $name:ident of $words:ident;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug)]
            pub enum $name {}

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    comma_separated($words::schema())
                }
            }

            impl ToSchema for $name {}
        )+
    };
}

lists! {
    /// States of executions, separated by commas.
    ExecutionStatusList of ExecutionStatus;
    /// States of workflows, separated by commas.
    WorkflowStatusList of WorkflowStatusGiven;
}

/// The schema of a text that is none, one or several of these words.
fn comma_separated(words: RefOr<Schema>) -> RefOr<Schema> {
    let words = match words {
        RefOr::T(Schema::Object(words)) => words.enum_values.unwrap_or_default(),
        RefOr::T(_) | RefOr::Ref(_) => Vec::new(),
    };
    let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
    let word = words.join("|");
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(format!("^(({word})(,({word}))*)?$")))
        .into()
}

/// A name, a tag or an id that somebody gives to something.
#[derive(Debug)]
pub enum Name {}

impl PartialSchema for Name {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(255))
            .pattern(Some(
                r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$",
            ))
            .description(Some("Letters, none of them a control character."))
            .into()
    }
}

impl ToSchema for Name {}

fn one_of(words: impl IntoIterator<Item = &'static str>, doc: &[&str]) -> RefOr<Schema> {
    let doc: Vec<_> = doc.iter().map(|line| line.trim()).collect();
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .description(Some(doc.join(" ")))
        .into()
}
