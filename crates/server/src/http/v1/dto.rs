//! The wire types of the v1 API. The command line reads them back.
//!
//! Their comments are the descriptions of the document in `api/openapi.json`.

pub mod batches;
mod executions;
mod numbers;
pub mod plan;
pub mod projects;
mod queries;
mod requests;
mod streams;
pub mod surroundings;
pub mod tokens;
pub mod words;
pub mod workflows;

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

pub use executions::{
    Asked, Attempt, Event, Execution, Feedback, HookEnd, LogLine, Overridden, Question,
    QuestionOption, Step, Usage,
};
pub use queries::{
    AllEventsQuery, EventQuery, EventStreamQuery, ListQuery, LogQuery, OfWorkflowQuery, StreamQuery,
};
pub use requests::{
    AnswerRequest, DecisionRequest, EditRequest, ReasonRequest, ReopenRequest, RerunRequest,
    StartRequest,
};
pub use streams::EventStream;

/// Reads a structure from an object. By itself serde takes a list as well, one
/// element for each field.
pub(crate) fn only_object<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    struct Fields<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(fields))
        }
    }

    deserializer.deserialize_map(Fields(PhantomData))
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Rows that belong on this page and cannot be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub damaged: Vec<DamagedRun>,
    /// Leads to the next page.
    #[schema(required)]
    pub next_cursor: Option<String>,
    /// Leads to the page before.
    #[serde(default)]
    #[schema(required)]
    pub prev_cursor: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
    /// How many rows there are on all pages together.
    pub total_count: u64,
}

/// A run or a workflow that cannot be read.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DamagedRun {
    /// Its id, as far as it can be told.
    pub id: String,
    /// What is wrong, and what helps.
    pub message: String,
}

/// The items of a list that has no pages.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Items<T> {
    /// The rows.
    pub items: Vec<T>,
}
