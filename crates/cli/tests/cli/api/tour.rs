//! Asks a server for operations by their names in the document of the API,
//! holds each answer against that document, and keeps the first good one of
//! each operation as its example.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::client::{Answer, Server};
use super::mask::Mask;
use crate::support::REPOSITORY;

/// The document, with what every answer must keep to.
pub(crate) struct Document {
    document: Value,
    /// Its components, in which no object may have more than it says.
    components: Value,
}

impl Document {
    pub(crate) fn read() -> Self {
        let path = Path::new(REPOSITORY).join("api/openapi.json");
        let document: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let mut components = document["components"].clone();
        for (name, schema) in components["schemas"].as_object_mut().unwrap() {
            // A part of another one may be together with more.
            let parts = ["Token", "SpecflowStart", "SpecflowExecution"];
            let is_part = parts.contains(&name.as_str());
            let is_open = schema.get("additionalProperties").is_some();
            if !is_part
                && !is_open
                && (schema["properties"].is_object() || schema["allOf"].is_array())
            {
                schema["unevaluatedProperties"] = json!(false);
            }
        }
        Self {
            document,
            components,
        }
    }

    /// Method, path and operation of each operation.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        let paths = self.document["paths"].as_object().unwrap();
        paths.iter().flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().iter();
            methods.map(|(method, operation)| (method.as_str(), path.as_str(), operation))
        })
    }

    fn operation(&self, id: &str) -> (String, &str, &Value) {
        let mut all = self.operations();
        let found = all.find(|(_, _, operation)| operation["operationId"] == id);
        let (method, path, operation) = found.unwrap_or_else(|| panic!("no operation {id}"));
        (method.to_uppercase(), path, operation)
    }

    /// The answer is one that the document has for this operation.
    fn check(&self, id: &str, answer: &Answer) {
        let (_, _, operation) = self.operation(id);
        let mut response = &operation["responses"][answer.status.to_string()];
        if let Some(reference) = response["$ref"].as_str() {
            response = self.document.pointer(&reference[1..]).unwrap();
        }
        assert!(
            response.is_object(),
            "{id} is not to be answered like this: {answer:?}"
        );
        let Some(content) = response["content"].as_object() else {
            assert_eq!(answer.text, "", "{id}");
            return;
        };
        let kind = answer.kind.split(';').next().unwrap();
        let body = content
            .get(kind)
            .unwrap_or_else(|| panic!("{id}: {answer:?}"));
        if kind == "text/event-stream" {
            return;
        }
        let mut schema = body["schema"].clone();
        schema["components"] = self.components.clone();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let document = answer.json();
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{id}: {errors:#?}\n{document:#}");
    }
}

/// A server that is being asked.
pub(crate) struct Tour<'s> {
    pub(crate) server: &'s Server,
    document: Document,
    mask: RefCell<Mask>,
    examples: RefCell<BTreeMap<String, Value>>,
}

/// A request that is being put together.
pub(crate) struct Call<'t, 's> {
    tour: &'t Tour<'s>,
    id: &'t str,
    path: Map<String, Value>,
    query: Map<String, Value>,
    headers: Map<String, Value>,
    body: Option<Value>,
    /// The fields of the answer that its example has; all, unless some are named.
    shown: &'t [&'t str],
}

impl<'s> Tour<'s> {
    pub(crate) fn new(server: &'s Server, root: &Path) -> Self {
        Self {
            server,
            document: Document::read(),
            mask: RefCell::new(Mask::new(root)),
            examples: RefCell::default(),
        }
    }

    pub(crate) fn call<'t>(&'t self, id: &'t str) -> Call<'t, 's> {
        Call {
            tour: self,
            id,
            path: Map::new(),
            query: Map::new(),
            headers: Map::new(),
            body: None,
            shown: &[],
        }
    }

    /// Every operation was asked for and has its example; those on disk are
    /// written anew when that is wanted, and compared otherwise.
    pub(crate) fn finish(self) {
        let examples = self.examples.into_inner();
        let missing: Vec<_> = self
            .document
            .operations()
            .map(|(_, _, operation)| operation["operationId"].as_str().unwrap())
            .filter(|id| !examples.contains_key(*id))
            .collect();
        assert!(missing.is_empty(), "nothing asks for {missing:?}");
        for (id, example) in &examples {
            keep(&example_file(id), example);
        }
    }
}

fn example_file(id: &str) -> PathBuf {
    Path::new(REPOSITORY).join(format!("api/examples/{id}.json"))
}

/// An example on disk stays while it says the same, but for what is different
/// each time.
fn keep(file: &Path, example: &Value) {
    let text = fs::read_to_string(file).unwrap_or_default();
    let stands: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    if !stands.is_null() && stands["request"] == example["request"] && is_alike(&stands, example) {
        return;
    }
    let is_wanted = std::env::var_os("BATON_BLESS").is_some();
    assert!(
        is_wanted,
        "{} is not what happens; run `cargo xtask api`\nit says {stands:#}\nbut {example:#}",
        file.display()
    );
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, format!("{example:#}\n")).unwrap();
}

/// Whether two examples are the same but for their values. What is nothing yet
/// may be something a moment later: a run goes on while it is asked for.
fn is_alike(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => true,
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, value)| {
                    right.get(name).is_some_and(|other| is_alike(value, other))
                })
        }
        (Value::Array(left), Value::Array(right)) => match (left.first(), right.first()) {
            (Some(left), Some(right)) => is_alike(left, right),
            _ => true,
        },
        (Value::Object(_) | Value::Array(_), _) | (_, Value::Object(_) | Value::Array(_)) => false,
        _ => true,
    }
}

impl<'t> Call<'t, '_> {
    pub(crate) fn at(mut self, place: &str, value: &str) -> Self {
        self.path.insert(place.to_owned(), json!(value));
        self
    }

    pub(crate) fn query(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.query.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), json!(value));
        self
    }

    pub(crate) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// The example is to have these fields of the answer and no others.
    pub(crate) fn showing(mut self, fields: &'t [&'t str]) -> Self {
        self.shown = fields;
        self
    }

    /// Sends it; the answer has this status and is as the document says.
    #[track_caller]
    pub(crate) fn gives(self, status: u16) -> Value {
        let (method, path) = self.line();
        let body = self.body.as_ref().map(Value::to_string);
        let headers = self.headers();
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let answer = self
            .tour
            .server
            .ask(&format!("{method} {path}"), &headers, body.as_deref());
        self.end(&answer, status)
    }

    /// Follows a stream until an event of this name.
    #[track_caller]
    pub(crate) fn until(self, event: &str) -> String {
        let (_, path) = self.line();
        let headers = self.headers();
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let answer = self.tour.server.follow(&path, &headers, event);
        self.end(&answer, 200);
        answer.text
    }

    #[track_caller]
    fn end(self, answer: &Answer, status: u16) -> Value {
        assert_eq!(answer.status, status, "{}: {}", self.id, answer.text);
        self.tour.document.check(self.id, answer);
        let body = match answer.kind.as_str() {
            "text/event-stream" => json!(answer.text),
            _ => answer.json(),
        };
        let is_first = !self.tour.examples.borrow().contains_key(self.id);
        if status < 300 && is_first {
            let mut example = json!({
                "request": {
                    "path": self.path, "query": self.query, "header": self.headers, "body": self.body,
                },
                "answer": { "status": status, "body": self.abridged(&body) },
            });
            self.tour.mask.borrow_mut().hide(&mut example);
            let id = self.id.to_owned();
            self.tour.examples.borrow_mut().insert(id, example);
        }
        body
    }

    fn abridged(&self, body: &Value) -> Value {
        if self.shown.is_empty() {
            return body.clone();
        }
        let fields = self
            .shown
            .iter()
            .map(|name| ((*name).to_owned(), body[*name].clone()));
        fields.collect()
    }

    fn line(&self) -> (String, String) {
        let (method, path, _) = self.tour.document.operation(self.id);
        let mut path = path.to_owned();
        for (place, value) in &self.path {
            path = path.replace(&format!("{{{place}}}"), value.as_str().unwrap());
        }
        assert!(!path.contains('{'), "{path} lacks a part");
        let query: Vec<String> = self
            .query
            .iter()
            .map(|(name, value)| format!("{name}={}", plain(value)))
            .collect();
        if query.is_empty() {
            return (method, path);
        }
        (method, format!("{path}?{}", query.join("&")))
    }

    fn headers(&self) -> Vec<(&str, String)> {
        let headers = self.headers.iter();
        headers
            .map(|(name, value)| (name.as_str(), plain(value)))
            .collect()
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
