//! What clients of this door send: a JSON object, whatever the content type is
//! said to be, and the fields in it.

use std::error::Error;

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, Path, Request};
use axum::http::StatusCode;
use baton_model::{ErrorCode, Object, Value};

use super::error::Refusal;
use crate::http::body::TooSlow;
use crate::http::error::Problem;

/// A part of a path, which may be no text at all.
pub(super) type Segment = Result<Path<String>, PathRejection>;

/// A body.
pub(super) struct Document(pub(super) Object);

impl<S: Send + Sync> FromRequest<S> for Document {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|unread| {
                let code = match unread.status() {
                    _ if is_slow(&unread) => ErrorCode::TooSlow,
                    StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::TooLarge,
                    _ => return Refusal::validation(unread.body_text()),
                };
                Problem::new(code, unread.body_text()).into()
            })?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(object)) => Ok(Self(object)),
            Ok(_) => Err(Refusal::validation("The body must be a JSON object")),
            Err(error) => {
                let message = format!("The body is not valid JSON: {error}");
                Err(Refusal::validation(message))
            }
        }
    }
}

fn is_slow(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<TooSlow>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The fields of a body, and everything that is wrong with them.
pub(super) struct Fields {
    body: Object,
    mistakes: Vec<String>,
}

impl Fields {
    pub(super) fn of(Document(body): Document) -> Self {
        let mistakes = Vec::new();
        Self { body, mistakes }
    }

    /// A text that has to be there.
    pub(super) fn text(&mut self, name: &str) -> String {
        match self.body.shift_remove(name) {
            Some(Value::String(text)) => return text,
            Some(_) => self.mistakes.push(format!("{name} must be a string")),
            None => self.mistakes.push(format!("{name} is required")),
        }
        String::new()
    }

    /// An object, which is empty where there is none.
    pub(super) fn object(&mut self, name: &str) -> Object {
        match self.body.shift_remove(name) {
            Some(Value::Object(object)) => return object,
            Some(Value::Null) | None => {}
            Some(_) => self.mistakes.push(format!("{name} must be an object")),
        }
        Object::new()
    }

    /// Notes a mistake.
    pub(super) fn expect(&mut self, holds: bool, mistake: &str) {
        if !holds {
            self.mistakes.push(mistake.to_owned());
        }
    }

    /// Refuses the body if anything was wrong with it.
    pub(super) fn end(self, refuse: fn(String) -> Refusal) -> Result<(), Refusal> {
        match self.mistakes.as_slice() {
            [] => Ok(()),
            [only] => Err(refuse(only.clone())),
            several => Err(refuse("The body has mistakes".to_owned()).with(several)),
        }
    }
}
