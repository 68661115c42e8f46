//! The reserved key `"$baton"` of a result: words to the engine, not outputs.

use baton_model::{Failure, FailureLabel, Object, Value};
use serde::Deserialize;

/// The reserved key.
const KEY: &str = "$baton";
const LABEL_BYTES_MAX: usize = 64;
const SESSION_BYTES_MAX: usize = 1024;

/// What an agent told the engine.
#[derive(Debug, Default)]
pub(super) struct Directive {
    /// The agent says that it failed, or asks for what is not supported.
    pub(super) failure: Option<Failure>,
    /// The session to resume the next time.
    pub(super) session: Option<String>,
}

#[derive(Deserialize)]
struct Wire {
    status: Option<String>,
    label: Option<String>,
    message: Option<String>,
    session_id: Option<String>,
    edits: Option<Value>,
}

impl Directive {
    /// Takes the directive out of a result; what remains are the outputs.
    pub(super) fn take(mut object: Object) -> Result<(Self, Object), Failure> {
        let Some(value) = object.shift_remove(KEY) else {
            return Ok((Self::default(), object));
        };
        let wire: Wire = serde_json::from_value(value)
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
        let failure = wire.failure()?;
        let session = wire.session_id;
        Ok((Self { failure, session }, object))
    }
}

impl Wire {
    fn failure(&self) -> Result<Option<Failure>, Failure> {
        let unsupported = |what: &str| {
            let message = format!("the agent {what}, which this release does not support yet");
            Ok(Some(Failure::new(FailureLabel::DENIED, message)))
        };
        match self.status.as_deref() {
            Some("error") => self.reported().map(Some),
            Some("needs_input") => unsupported("asked questions"),
            None | Some("ok") if self.has_edits() => unsupported("edited the workflow"),
            None | Some("ok") => Ok(None),
            Some(unknown) => Err(bad(format!(
                "`{KEY}.status` is {unknown:?}; known are \"ok\", \"error\" and \"needs_input\""
            ))),
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

    fn has_edits(&self) -> bool {
        match &self.edits {
            None | Some(Value::Null) => false,
            Some(Value::Array(edits)) => !edits.is_empty(),
            Some(_) => true,
        }
    }
}

fn bad(message: String) -> Failure {
    Failure::new(FailureLabel::BAD_OUTPUT, message)
}
