//! Spans as a message of `opentelemetry.proto.collector.trace.v1`.
//!
//! A dozen fields of six messages: written here by their numbers, which the
//! protocol promises never to change.

use super::span::{Kind, Moment, Span, Value};

/// How a field is written.
const VARINT: u64 = 0;
const FIXED64: u64 = 1;
const BYTES: u64 = 2;

const KIND_INTERNAL: u64 = 1;
const KIND_CLIENT: u64 = 3;
const STATUS_OK: u64 = 1;
const STATUS_ERROR: u64 = 2;

/// One request with spans, all of the same resource.
pub(super) fn request(resource: &[(String, String)], spans: &[Span]) -> Vec<u8> {
    let mut described = Message::default();
    for (name, value) in resource {
        described.message(1, &attribute(name, &Value::Text(value.clone())));
    }
    let mut scope = Message::default();
    scope.text(1, "baton");
    scope.text(2, env!("CARGO_PKG_VERSION"));
    let mut scoped = Message::default();
    scoped.message(1, &scope);
    for span in spans {
        scoped.message(2, &message(span));
    }
    let mut of_resource = Message::default();
    of_resource.message(1, &described);
    of_resource.message(2, &scoped);
    let mut request = Message::default();
    request.message(1, &of_resource);
    request.0
}

fn message(span: &Span) -> Message {
    let mut message = Message::default();
    message.bytes(1, span.run.as_uuid().as_bytes());
    message.bytes(2, &span.id.to_bytes());
    if let Some(parent) = span.parent {
        message.bytes(4, &parent.to_bytes());
    }
    message.text(5, &span.name);
    let kind = match span.kind {
        Kind::Internal => KIND_INTERNAL,
        Kind::Client => KIND_CLIENT,
    };
    message.number(6, kind);
    message.time(7, span.began.as_micros());
    message.time(8, span.ended.as_micros());
    for (name, value) in &span.attributes {
        message.message(9, &attribute(name, value));
    }
    for Moment { at, name } in &span.moments {
        let mut event = Message::default();
        event.time(1, at.as_micros());
        event.text(2, name);
        message.message(11, &event);
    }
    let mut status = Message::default();
    match &span.failure {
        None => status.number(3, STATUS_OK),
        Some(word) => {
            status.text(2, word);
            status.number(3, STATUS_ERROR);
        }
    }
    message.message(15, &status);
    message
}

fn attribute(name: &str, value: &Value) -> Message {
    let mut any = Message::default();
    match value {
        Value::Text(text) => any.text(1, text),
        Value::Number(number) => any.number(3, u64::from(*number)),
    }
    let mut pair = Message::default();
    pair.text(1, name);
    pair.message(2, &any);
    pair
}

/// A message while it is written.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn key(&mut self, field: u64, wire: u64) {
        self.varint(field << 3 | wire);
    }

    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(low_bits(number) | 0x80);
            number >>= 7;
        }
        self.0.push(low_bits(number));
    }

    fn number(&mut self, field: u64, number: u64) {
        self.key(field, VARINT);
        self.varint(number);
    }

    /// Nanoseconds since 1970.
    fn time(&mut self, field: u64, micros: i64) {
        let nanos = u64::try_from(micros).unwrap_or(0).saturating_mul(1_000);
        self.key(field, FIXED64);
        self.0.extend_from_slice(&nanos.to_le_bytes());
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.key(field, BYTES);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, field: u64, text: &str) {
        self.bytes(field, text.as_bytes());
    }

    fn message(&mut self, field: u64, message: &Self) {
        self.bytes(field, &message.0);
    }
}

fn low_bits(number: u64) -> u8 {
    let [lowest, ..] = number.to_le_bytes();
    lowest & 0x7f
}
