//! The reserved key `"$baton"` of a result: words to the engine, not outputs.

use baton_model::{Failure, FailureLabel, Inquiry, Object, Question, Value};
use serde::Deserialize;

use crate::inquiry;

/// The reserved key.
const KEY: &str = "$baton";
const LABEL_BYTES_MAX: usize = 64;
const SESSION_BYTES_MAX: usize = 1024;
/// More changes than that are not one thought.
pub(crate) const EDITS_MAX: usize = 1_000;

/// What an agent told the engine.
#[derive(Debug, Default)]
pub(super) struct Directive {
    /// How the agent says that its turn ended.
    pub(super) status: Status,
    /// The session to resume the next time.
    pub(super) session: Option<String>,
    /// Changes to the workflow it asks for, as it wrote them.
    pub(super) edits: Vec<Value>,
}

/// How a turn ended in the agent's own words.
#[derive(Debug, Default)]
pub(super) enum Status {
    /// It has done its work, as far as it can tell.
    #[default]
    Ok,
    /// It has failed.
    Failed(Failure),
    /// It cannot go on without answers.
    Asked(Inquiry),
}

#[derive(Deserialize)]
struct Wire {
    status: Option<String>,
    label: Option<String>,
    message: Option<String>,
    session_id: Option<String>,
    questions: Option<Vec<Question>>,
    edits: Option<Vec<Value>>,
}

impl Directive {
    /// Takes the directive out of a result; what remains are the outputs.
    pub(super) fn take(mut object: Object) -> Result<(Self, Object), Failure> {
        let Some(value) = object.shift_remove(KEY) else {
            return Ok((Self::default(), object));
        };
        let mut wire: Wire = serde_json::from_value(value)
            .map_err(|error| bad(format!("`{KEY}` cannot be read: {error}")))?;
        if wire
            .session_id
            .as_ref()
            .is_some_and(|it| it.len() > SESSION_BYTES_MAX)
        {
            return Err(bad(format!(
                "`{KEY}.session_id` is longer than {SESSION_BYTES_MAX} bytes"
            )));
        }
        let directive = Self {
            edits: wire.edits.take().unwrap_or_default(),
            session: wire.session_id.clone(),
            status: wire.status()?,
        };
        directive.check_edits()?;
        Ok((directive, object))
    }

    fn check_edits(&self) -> Result<(), Failure> {
        if self.edits.len() > EDITS_MAX {
            return Err(bad(format!(
                "`{KEY}.edits` holds more than {EDITS_MAX} edits"
            )));
        }
        match self.status {
            Status::Asked(_) if !self.edits.is_empty() => Err(bad(format!(
                "`{KEY}` asks questions and edits the workflow at once; \
                 edits belong to the result that follows the answers"
            ))),
            Status::Ok | Status::Failed(_) | Status::Asked(_) => Ok(()),
        }
    }
}

impl Wire {
    fn status(self) -> Result<Status, Failure> {
        match self.status.as_deref() {
            Some("error") => self.reported().map(Status::Failed),
            Some("needs_input") => self.asked().map(Status::Asked),
            None | Some("ok") if self.has_questions() => Err(bad(format!(
                "`{KEY}.questions` is only read beside `\"status\": \"needs_input\"`"
            ))),
            None | Some("ok") => Ok(Status::Ok),
            Some(unknown) => Err(bad(format!(
                "`{KEY}.status` is {unknown:?}; known are \"ok\", \"error\" and \"needs_input\""
            ))),
        }
    }

    fn has_questions(&self) -> bool {
        self.questions.as_ref().is_some_and(|it| !it.is_empty())
    }

    fn asked(self) -> Result<Inquiry, Failure> {
        let mut questions = self.questions.unwrap_or_default();
        for question in &mut questions {
            // Some agents fill in every field they know of.
            question.header.take_if(|header| header.trim().is_empty());
        }
        match inquiry::check(&questions) {
            Ok(()) => Ok(Inquiry {
                questions,
                session: self.session_id,
            }),
            Err(mistake) => Err(bad(format!("`{KEY}.questions` {mistake}"))),
        }
    }

    /// The failure the agent reported in its own words.
    fn reported(&self) -> Result<Failure, Failure> {
        let label = match self.label.as_deref() {
            None | Some("") => FailureLabel::EXIT,
            Some(label) if label.len() <= LABEL_BYTES_MAX => FailureLabel::new(label),
            Some(_) => {
                return Err(bad(format!(
                    "`{KEY}.label` is longer than {LABEL_BYTES_MAX} bytes"
                )));
            }
        };
        let message = self.message.as_deref().map_or("", str::trim);
        let bounded = message.floor_char_boundary(super::EXCERPT_BYTES_MAX);
        Ok(match message.get(..bounded) {
            None | Some("") => Failure::new(label, "the agent reported an error"),
            Some(message) => Failure::new(label, message),
        })
    }
}

fn bad(message: String) -> Failure {
    Failure::new(FailureLabel::BAD_OUTPUT, message)
}
