//! What a workflow file says it is called, and the same file with another name.

use baton_model::ErrorCode;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::exit::Failure;
use crate::input::Source;

/// The part of a definition that says what it is called.
#[derive(Debug, Deserialize)]
struct Definition {
    workflow: Block,
}

#[derive(Debug, Deserialize)]
struct Block {
    id: Option<String>,
    name: Spanned<String>,
}

/// What a definition is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) id: Option<String>,
    pub(super) name: String,
}

/// What a text says it is called; none for a text that is no workflow.
pub(super) fn read(text: &str) -> Option<Head> {
    let workflow = serde_saphyr::from_str::<Definition>(text).ok()?.workflow;
    Some(Head {
        id: workflow.id,
        name: workflow.name.value,
    })
}

/// The same text with another name; nothing else of it changes.
pub(super) fn renamed(source: &Source, name: &str) -> anyhow::Result<String> {
    let refuse = || {
        let message = format!("{}: the name in it cannot be replaced", source.name);
        Failure::of(ErrorCode::InvalidDefinition, message)
    };
    let definition: Definition =
        serde_saphyr::from_str(&source.text).map_err(|_unreadable| refuse())?;
    let span = definition.workflow.name.defined.span();
    let start = span.byte_offset().and_then(|at| usize::try_from(at).ok());
    let length = span
        .byte_len()
        .and_then(|length| usize::try_from(length).ok());
    let (Some(start), Some(length)) = (start, length) else {
        return Err(refuse());
    };
    let parts = (source.text.get(..start), source.text.get(start + length..));
    let (Some(before), Some(after)) = parts else {
        return Err(refuse());
    };
    // A JSON string is a string of YAML wherever it stands.
    let text = format!("{before}{}{after}", serde_json::to_string(name)?);
    match read(&text) {
        Some(head) if head.name == name => Ok(text),
        Some(_) | None => Err(refuse()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_changes() {
        let cases = [
            (
                "workflow: { id: a, name: Old name }\nstages: []\n",
                "workflow: { id: a, name: \"A \\\"b\\\": c\" }\nstages: []\n",
            ),
            (
                "# é\nworkflow:\n  name: 'Old' # why\n  id: a\n",
                "# é\nworkflow:\n  name: \"A \\\"b\\\": c\" # why\n  id: a\n",
            ),
            (
                r#"{"workflow": {"name": "Old", "id": "a"}}"#,
                r#"{"workflow": {"name": "A \"b\": c", "id": "a"}}"#,
            ),
        ];
        for (text, expected) in cases {
            let source = Source {
                name: "w".to_owned(),
                text: text.to_owned(),
                path: None,
            };
            assert_eq!(renamed(&source, "A \"b\": c").unwrap(), expected);
        }
    }

    #[test]
    fn what_has_no_name_is_no_workflow() {
        for text in [
            "",
            "a: 1",
            "workflow: 1",
            "workflow: { id: a }",
            "[",
            "a: &a [*a]",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
