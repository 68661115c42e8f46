//! Reads what a collector gets, by the published numbers of its fields, and
//! without anything of what has written it.

use std::collections::BTreeMap;

/// A span as a collector sees it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Span {
    pub(crate) trace: String,
    pub(crate) id: String,
    pub(crate) parent: String,
    pub(crate) name: String,
    pub(crate) kind: u64,
    pub(crate) began: u64,
    pub(crate) ended: u64,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) events: Vec<String>,
    /// 1: it went well, 2: it failed.
    pub(crate) status: u64,
    pub(crate) message: String,
    pub(crate) resource: BTreeMap<String, String>,
}

/// The value of a field.
#[derive(Clone, Debug)]
enum Field<'b> {
    Number(u64),
    Bytes(&'b [u8]),
}

impl<'b> Field<'b> {
    fn number(&self) -> u64 {
        match self {
            Self::Number(number) => *number,
            Self::Bytes(_) => panic!("bytes where a number should be"),
        }
    }

    fn bytes(&self) -> &'b [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Number(number) => panic!("{number} where bytes should be"),
        }
    }

    fn text(&self) -> String {
        String::from_utf8(self.bytes().to_vec()).unwrap()
    }

    fn hex(&self) -> String {
        let digits = |byte: &u8| {
            let digit = |half| char::from_digit(u32::from(half), 16);
            [digit(byte >> 4), digit(byte & 15)]
        };
        self.bytes().iter().flat_map(digits).flatten().collect()
    }
}

/// Every field of a message with its number, in order; panics when bytes are
/// missing or left over.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let field = match key & 7 {
            0 => Field::Number(varint(&mut bytes)),
            1 => {
                let (word, rest) = bytes.split_first_chunk::<8>().unwrap();
                bytes = rest;
                Field::Number(u64::from_le_bytes(*word))
            }
            2 => {
                let length = usize::try_from(varint(&mut bytes)).unwrap();
                let (value, rest) = bytes.split_at(length);
                bytes = rest;
                Field::Bytes(value)
            }
            wire => panic!("wire type {wire}"),
        };
        fields.push((key >> 3, field));
    }
    fields
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().unwrap();
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return number;
        }
    }
    panic!("a number without an end");
}

/// The spans of a request to export traces.
pub(crate) fn spans(request: &[u8]) -> Vec<Span> {
    let mut spans = Vec::new();
    for (number, of_resource) in fields(request) {
        assert_eq!(number, 1, "resource_spans");
        let mut resource = BTreeMap::new();
        for (number, field) in fields(of_resource.bytes()) {
            match number {
                1 => resource = attributes(field.bytes(), 1),
                2 => {
                    for (number, field) in fields(field.bytes()) {
                        if number == 2 {
                            spans.push(span(field.bytes(), &resource));
                        }
                    }
                }
                other => panic!("field {other} of resource_spans"),
            }
        }
    }
    spans
}

fn span(bytes: &[u8], resource: &BTreeMap<String, String>) -> Span {
    let mut span = Span {
        attributes: attributes(bytes, 9),
        resource: resource.clone(),
        ..Span::default()
    };
    for (number, field) in fields(bytes) {
        match number {
            1 => span.trace = field.hex(),
            2 => span.id = field.hex(),
            4 => span.parent = field.hex(),
            5 => span.name = field.text(),
            6 => span.kind = field.number(),
            7 => span.began = field.number(),
            8 => span.ended = field.number(),
            9 => {}
            11 => {
                let event = fields(field.bytes());
                let name = event.iter().find(|(number, _)| *number == 2);
                span.events.push(name.unwrap().1.text());
            }
            15 => {
                for (number, field) in fields(field.bytes()) {
                    match number {
                        2 => span.message = field.text(),
                        3 => span.status = field.number(),
                        other => panic!("field {other} of a status"),
                    }
                }
            }
            other => panic!("field {other} of a span"),
        }
    }
    span
}

/// The pairs in the field of this number, each value as a text.
fn attributes(bytes: &[u8], wanted: u64) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::new();
    for (_, pair) in fields(bytes).iter().filter(|(number, _)| *number == wanted) {
        let pair = fields(pair.bytes());
        let [(1, key), (2, value)] = pair.as_slice() else {
            panic!("no pair: {pair:?}");
        };
        let value = fields(value.bytes());
        let text = match value.as_slice() {
            [(1, text)] => text.text(),
            [(3, number)] => number.number().to_string(),
            other => panic!("no value: {other:?}"),
        };
        let before = attributes.insert(key.text(), text);
        assert!(before.is_none(), "{} twice", key.text());
    }
    attributes
}
