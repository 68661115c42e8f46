//! What clients send: bodies with the messages that their validation has, and
//! queries of which only what is known is looked at.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::error::Refusal;

/// A JSON body. Fields that nobody asks for are passed over.
pub(super) struct Body(pub(super) Fields);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let Document(body) = Document::from_request(request, state).await?;
        let fields = Fields::of(body);
        fields
            .map(Self)
            .map_err(|_no_object| Refusal::fields(Map::new()))
    }
}

/// A body that is JSON, object or not.
pub(super) struct Document(pub(super) Value);

impl<S: Send + Sync> FromRequest<S> for Document {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|rejected: BytesRejection| {
            Refusal::new(rejected.status(), rejected.body_text())
        })?;
        let document = serde_json::from_slice(&bytes);
        document
            .map(Self)
            .map_err(|error| Refusal::bad(error.to_string()))
    }
}

/// What is wrong with a body, and where.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SpecflowIssue)]
pub(super) struct Issue {
    /// The field; empty for the body as a whole.
    path: Vec<String>,
    /// What is wrong.
    message: String,
}

/// The fields of a body, and what is wrong with those that were looked at.
pub(super) struct Fields {
    fields: Map<String, Value>,
    mistakes: Map<String, Value>,
}

impl Fields {
    /// Those of an object; else the issue of a document that is none.
    pub(super) fn of(document: Value) -> Result<Self, Issue> {
        match document {
            Value::Object(fields) => Ok(Self {
                fields,
                mistakes: Map::new(),
            }),
            other => Err(Issue {
                path: Vec::new(),
                message: expected("object", &other),
            }),
        }
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, name: &str) -> String {
        match self.fields.get(name) {
            Some(Value::String(text)) if text.is_empty() => {
                self.complain(name, "String must contain at least 1 character(s)");
            }
            Some(Value::String(text)) => return text.clone(),
            Some(other) => self.complain(name, expected("string", other)),
            None => self.complain(name, "Required"),
        }
        String::new()
    }

    /// A text that may be left out.
    pub(super) fn optional_text(&mut self, name: &str) -> Option<String> {
        self.fields.contains_key(name).then(|| self.text(name))
    }

    /// A number above zero that may be left out.
    pub(super) fn positive(&mut self, name: &str) -> Option<f64> {
        let value = self.fields.get(name)?;
        match value.as_f64() {
            Some(number) if number > 0.0 => return Some(number),
            Some(_) => self.complain(name, "Number must be greater than 0"),
            None => self.complain(name, expected("number", value)),
        }
        None
    }

    /// A yes or a no that may be left out.
    pub(super) fn flag(&mut self, name: &str) -> bool {
        match self.fields.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(other) => {
                self.complain(name, expected("boolean", other));
                false
            }
            None => false,
        }
    }

    /// An id.
    pub(super) fn id(&mut self, name: &str) -> String {
        let text = self.text(name);
        let has_mistakes = self.mistakes.contains_key(name);
        if !has_mistakes && !is_id(&text) {
            self.complain(name, "Invalid uuid");
        }
        text
    }

    /// An object of texts.
    pub(super) fn texts(&mut self, name: &str) -> Map<String, Value> {
        match self.fields.get(name) {
            Some(Value::Object(texts)) => {
                let texts = texts.clone();
                for other in texts.values().filter(|value| !value.is_string()) {
                    self.complain(name, expected("string", other));
                }
                texts
            }
            Some(other) => {
                self.complain(name, expected("object", other));
                Map::new()
            }
            None => {
                self.complain(name, "Required");
                Map::new()
            }
        }
    }

    /// One of some words, that may be left out.
    pub(super) fn word<'w>(&mut self, name: &str, words: &[&'w str]) -> Option<&'w str> {
        let text = self.optional_text(name)?;
        let found = words.iter().find(|word| **word == text);
        if found.is_none() && !self.mistakes.contains_key(name) {
            let known: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
            let known = known.join(" | ");
            let message = format!("Invalid enum value. Expected {known}, received '{text}'");
            self.complain(name, message);
        }
        found.copied()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Everything that is wrong with what was looked at.
    pub(super) fn check(self) -> Result<(), Refusal> {
        if self.mistakes.is_empty() {
            return Ok(());
        }
        Err(Refusal::fields(self.mistakes))
    }

    /// The same as a list of issues, each with its place.
    pub(super) fn issues(self) -> Result<(), Vec<Issue>> {
        let issues = self.mistakes.into_iter().flat_map(|(name, messages)| {
            let messages = messages.as_array().cloned().unwrap_or_default();
            messages.into_iter().map(move |message| Issue {
                path: vec![name.clone()],
                message: message.as_str().unwrap_or_default().to_owned(),
            })
        });
        let issues: Vec<Issue> = issues.collect();
        if issues.is_empty() {
            Ok(())
        } else {
            Err(issues)
        }
    }

    fn complain(&mut self, name: &str, message: impl Into<String>) {
        let mistakes = self
            .mistakes
            .entry(name)
            .or_insert_with(|| Value::from(Vec::<Value>::new()));
        if let Value::Array(mistakes) = mistakes {
            mistakes.push(Value::String(message.into()));
        }
    }
}

fn expected(kind: &str, found: &Value) -> String {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    format!("Expected {kind}, received {found}")
}

/// Whether a text is an id of a run. No other becomes the name of a file.
pub(super) fn is_id(text: &str) -> bool {
    const LENGTH: usize = 36;
    text.len() == LENGTH && Uuid::try_parse(text).is_ok()
}

/// A query. A parameter that is empty is one that is not there.
#[derive(Debug, Default)]
pub(super) struct Parameters(HashMap<String, String>);

impl Parameters {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name).map(String::as_str);
        value.filter(|value| !value.is_empty())
    }

    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::missing(name))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let query = Query::<HashMap<String, String>>::from_request_parts(parts, state).await;
        let Query(parameters) = query.map_err(|bad| Refusal::bad(bad.body_text()))?;
        Ok(Self(parameters))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(body: Value) -> Fields {
        Fields::of(body).ok().unwrap()
    }

    fn mistakes_in_start(body: Value) -> Value {
        let mut fields = fields(body);
        fields.text("projectId");
        fields.text("skill");
        fields.positive("timeoutMs");
        Value::Object(fields.mistakes)
    }

    #[test]
    fn mistakes_are_told_in_the_words_clients_know() {
        for (body, expected) in [
            (
                json!({ "projectId": 7 }),
                json!({ "projectId": ["Expected string, received number"], "skill": ["Required"] }),
            ),
            (
                json!({ "projectId": "", "skill": null, "timeoutMs": null }),
                json!({
                    "projectId": ["String must contain at least 1 character(s)"],
                    "skill": ["Expected string, received null"],
                    "timeoutMs": ["Expected number, received null"],
                }),
            ),
            (
                json!({ "projectId": "a", "skill": "b", "timeoutMs": 0 }),
                json!({ "timeoutMs": ["Number must be greater than 0"] }),
            ),
            (
                json!({ "projectId": "a", "skill": "b", "timeoutMs": 0.5, "more": [] }),
                json!({}),
            ),
        ] {
            assert_eq!(mistakes_in_start(body.clone()), expected, "{body}");
        }
    }

    #[test]
    fn ids_answers_and_words_are_looked_at() {
        let mut answers = fields(json!({ "id": "7", "answers": { "a": 1, "b": "x" } }));
        answers.id("id");
        answers.texts("answers");
        assert_eq!(
            Value::Object(answers.mistakes),
            json!({ "id": ["Invalid uuid"], "answers": ["Expected string, received number"] })
        );
        let mut word = fields(json!({ "provider": "gpt" }));
        assert_eq!(word.word("provider", &["claude", "codex"]), None);
        assert_eq!(
            word.mistakes["provider"][0],
            "Invalid enum value. Expected 'claude' | 'codex', received 'gpt'"
        );
        assert!(is_id("01993e6c-2d9a-7cc0-a0b1-000000000001"));
        for no_id in ["", "../01993e6c", "01993e6c2d9a7cc0a0b1000000000001"] {
            assert!(!is_id(no_id), "{no_id}");
        }
    }
}
