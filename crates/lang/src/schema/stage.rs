//! A stage and what only stages have.

use serde_json::{Value, json};

use super::{block, described, flag, list, named, object, or_null, part, text, with, word};
use crate::read::words;

pub(super) fn stage() -> Value {
    // A reserved type is an error wherever it stands.
    let types = words::STAGE_TYPES.into_iter();
    let types: Vec<_> = types.filter(|(word, _)| words::is_offered(word)).collect();
    let stage = object(
        "A stage: an agent works on it, or a person decides.",
        &["id", "name"],
        [
            ("id", described("What other stages call it.", "id")),
            ("name", text("What people call it.")),
            ("description", or_null(text("What it does."))),
            (
                "type",
                word(
                    "Who does it: an agent, or a person at a gate.",
                    &types,
                    Some("agent"),
                ),
            ),
            (
                "depends_on",
                list("The stages it waits for.", json!({ "type": "string" })),
            ),
            (
                "condition",
                or_null(described("It is skipped when this is false.", "condition")),
            ),
            ("roles", or_null(roles())),
            ("inputs", named("What it is given, by name.", input())),
            ("outputs", named("What it has to bring, by name.", output())),
            ("context", or_null(block::context("modules"))),
            ("error_policy", or_null(error_policy())),
            ("handoff", or_null(handoff())),
            ("gate", or_null(gate())),
            ("ui", or_null(ui())),
        ],
    );
    // A type that is none is marked by its enum, and by nothing else.
    let is_agent = json!({ "properties": { "type": { "const": "agent" } } });
    let of_agent = json!({
        "required": ["roles"],
        "properties": { "roles": { "type": "object" } },
    });
    with(with(stage, "if", is_agent), "then", of_agent)
}

fn roles() -> Value {
    let primary = object(
        "The agent that does the work.",
        &["artifact"],
        [
            ("artifact", part("artifact")),
            (
                "model",
                or_null(json!({
                    "description": "The model it uses.",
                    "type": "string", "default": "opus", "examples": ["opus", "sonnet", "haiku"],
                })),
            ),
            (
                "instructions",
                or_null(described("What it is told to do.", "template")),
            ),
        ],
    );
    object(
        "Who works on it.",
        &["primary"],
        [
            ("primary", primary),
            ("tools", list("What the agent may use.", part("artifact"))),
        ],
    )
}

fn input() -> Value {
    object(
        "An input.",
        &["type"],
        [
            ("type", part("type")),
            (
                "source",
                or_null(described("Where its value comes from.", "template")),
            ),
            (
                "required",
                flag("Whether the stage fails when it has no value.", true),
            ),
            ("description", or_null(text("What it is."))),
        ],
    )
}

fn output() -> Value {
    object(
        "An output.",
        &["type"],
        [
            ("type", part("type")),
            ("required", flag("Whether the agent has to bring it.", true)),
            (
                "default",
                json!({ "description": "Its value when the agent did not bring it." }),
            ),
            (
                "description",
                or_null(text("What it is; the agent is told so.")),
            ),
        ],
    )
}

fn error_policy() -> Value {
    object(
        "What happens when the stage fails.",
        &[],
        [
            (
                "retry",
                or_null(described(
                    "How often a failed stage is tried again.",
                    "retry",
                )),
            ),
            (
                "on_failure",
                word("What a failure does to the run.", &words::ON_FAILURE, None),
            ),
            (
                "timeout",
                json!({
                    "description": "How long an attempt may take: 30m unless it says so, for an agent.",
                    "allOf": [part("duration")],
                }),
            ),
            ("on_crash", block::on_crash(None)),
            (
                "question_timeout",
                json!({
                    "description": "How long a question of the agent waits for an answer.",
                    "allOf": [part("duration")], "default": "24h",
                }),
            ),
        ],
    )
}

fn handoff() -> Value {
    object(
        "How the result is handed to the stages that depend on it.",
        &[],
        [
            (
                "format",
                word(
                    "As an object, as Markdown, or as what the agent wrote.",
                    &words::FORMATS,
                    Some("structured"),
                ),
            ),
            (
                "include_run_log",
                flag("Whether the log goes along.", false),
            ),
            (
                "summary_prompt",
                or_null(described(
                    "Has the agent condense its result by these instructions.",
                    "template",
                )),
            ),
        ],
    )
}

fn gate() -> Value {
    object(
        "How a person is asked.",
        &[],
        [
            (
                "kind",
                word(
                    "The only kind there is.",
                    &words::GATE_KINDS,
                    Some("manual_approval"),
                ),
            ),
            (
                "approvers",
                list("Who may decide.", json!({ "type": "string" })),
            ),
            (
                "timeout",
                json!({
                    "description": "How long the gate stays open.",
                    "allOf": [part("duration")], "default": "24h",
                }),
            ),
            (
                "on_timeout",
                word(
                    "What happens when nobody has decided by then.",
                    &words::ON_TIMEOUT,
                    Some("halt"),
                ),
            ),
            (
                "message",
                or_null(described("What people are shown.", "template")),
            ),
        ],
    )
}

fn ui() -> Value {
    object(
        "How it is drawn; runs do not look at it.",
        &[],
        [
            (
                "position",
                or_null(json!({
                    "description": "Where it stands: x and y.",
                    "type": "array",
                    "items": { "type": "integer", "minimum": i64::MIN, "maximum": i64::MAX },
                    "minItems": 2, "maxItems": 2,
                })),
            ),
            ("color", or_null(text("A colour, such as `#CCFBF1`."))),
            ("icon", or_null(text("The name of an icon."))),
        ],
    )
}
