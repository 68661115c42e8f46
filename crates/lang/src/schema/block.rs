//! Blocks of the top level, and those that stages have, too.

use serde_json::{Value, json};

use super::{described, flag, list, named, object, or_null, part, text, with, word};
use crate::read::words;

/// Parts that several blocks use, by name.
pub(super) fn shared() -> [(&'static str, Value); 3] {
    [("retry", retry()), ("memory", memory()), ("hook", hook())]
}

pub(super) fn workflow() -> Value {
    object(
        "What the workflow is called.",
        &["id", "name"],
        [
            (
                "id",
                described("What other files and requests call it.", "id"),
            ),
            ("name", text("What people call it.")),
            (
                "version",
                json!({
                    "description": "Its version.", "allOf": [part("version")], "default": "1.0.0",
                }),
            ),
            ("description", or_null(text("What it is for."))),
            ("author", or_null(text("Who is responsible for it."))),
            (
                "tags",
                list("Words to find it by.", json!({ "type": "string" })),
            ),
            (
                "ui",
                or_null(object(
                    "How it is drawn; runs do not look at it.",
                    &[],
                    [
                        ("color", or_null(text("A colour, such as `#0F766E`."))),
                        ("icon", or_null(text("The name of an icon."))),
                    ],
                )),
            ),
        ],
    )
}

pub(super) fn config() -> Value {
    object(
        "Parameters and limits of runs.",
        &[],
        [
            (
                "parameters",
                named("What is given when a run starts, by name.", parameter()),
            ),
            (
                "timeout",
                json!({
                    "description": "How long a run may take, not counting the time it waits for people.",
                    "allOf": [part("duration")],
                    "default": "2h",
                }),
            ),
            (
                "env",
                named(
                    "Environment of agents; a value may hold expressions, but not read `env`.",
                    part("template"),
                ),
            ),
            (
                "max_concurrent_stages",
                json!({
                    "description": "How many stages of a run are at work at once.",
                    "type": "integer", "minimum": 1, "maximum": u32::MAX, "default": 3,
                }),
            ),
            (
                "schedule",
                word(
                    "Whether a stage also waits for all batches before its own.",
                    &words::SCHEDULES,
                    Some("eager"),
                ),
            ),
        ],
    )
}

fn parameter() -> Value {
    object(
        "A parameter.",
        &["type"],
        [
            ("type", part("type")),
            ("required", flag("Whether it must be given.", false)),
            (
                "default",
                json!({ "description": "Its value when it is not given." }),
            ),
            ("description", or_null(text("What it is for."))),
        ],
    )
}

pub(super) fn context(modules: &str) -> Value {
    object(
        "What agents are told besides their instructions.",
        &[],
        [
            (modules, list("Context modules.", part("module"))),
            (
                "memory",
                or_null(described("Which memory items go along.", "memory")),
            ),
        ],
    )
}

fn memory() -> Value {
    object(
        "Which memory items go along.",
        &[],
        [
            (
                "project_scope",
                or_null(json!({
                    "description": "The project whose items are meant.",
                    "type": "string", "default": "current",
                })),
            ),
            (
                "min_confidence",
                json!({
                    "description": "The lowest confidence.",
                    "type": "number", "minimum": 0, "maximum": 1, "default": 0.7,
                }),
            ),
            (
                "categories",
                list("Which kinds; none: all.", json!({ "type": "string" })),
            ),
            (
                "max_tokens",
                json!({
                    "description": "How much of an agent's input they may take.",
                    "type": "integer", "minimum": 1, "maximum": u32::MAX, "default": 2000,
                }),
            ),
        ],
    )
}

pub(super) fn root_error_policy() -> Value {
    object(
        "What happens when stages fail, where they say nothing themselves.",
        &[],
        [
            (
                "default_retry",
                or_null(described(
                    "How often a failed stage is tried again.",
                    "retry",
                )),
            ),
            (
                "on_stage_failure",
                word(
                    "What a failed stage does to its run.",
                    &words::ON_STAGE_FAILURE,
                    Some("halt"),
                ),
            ),
            ("on_crash", on_crash(Some("resume"))),
        ],
    )
}

pub(super) fn on_crash(default: Option<&str>) -> Value {
    word(
        "What becomes of an attempt whose server ended while it was at work.",
        &words::ON_CRASH,
        default,
    )
}

fn retry() -> Value {
    object(
        "How often and after what wait a failed stage is tried again.",
        &[],
        [
            (
                "max_attempts",
                json!({
                    "description": "All attempts together; 1 means that nothing is tried again.",
                    "type": "integer", "minimum": 1, "maximum": u32::MAX, "default": 2,
                }),
            ),
            (
                "initial_interval",
                json!({
                    "description": "The first wait.",
                    "allOf": [part("duration")], "default": "30s",
                }),
            ),
            (
                "backoff_multiplier",
                json!({
                    "description": "How much longer each wait is than the one before.",
                    "type": "number", "exclusiveMinimum": 0, "default": 2.0,
                }),
            ),
            (
                "max_interval",
                json!({
                    "description": "The longest wait.",
                    "allOf": [part("duration")], "default": "5m",
                }),
            ),
            (
                "non_retryable_errors",
                list(
                    "Labels of failures after which nothing is tried again.",
                    json!({ "type": "string", "examples": ["auth_failure", "budget"] }),
                ),
            ),
        ],
    )
}

pub(super) fn hooks() -> Value {
    let at = |description| or_null(described(description, "hook"));
    object(
        "What is done beside a run. A hook that fails never fails the run.",
        &[],
        [
            ("on_start", at("When a run starts.")),
            ("on_complete", at("When a run has completed.")),
            ("on_failure", at("When a run has failed.")),
        ],
    )
}

fn hook() -> Value {
    let actions = object(
        "Actions; what both keys say is done.",
        &[],
        [
            (
                "run",
                or_null(json!({
                    "description": "A program with its arguments. No shell looks at it.",
                    "anyOf": [
                        part("template"),
                        { "type": "array", "items": part("template"), "minItems": 1 },
                    ],
                    "examples": ["notify-send done", ["git", "tag", "${{ run.id }}"]],
                })),
            ),
            (
                "notify",
                or_null(json!({
                    "description": "Who is told.",
                    "anyOf": [part("template"), notice()],
                    "examples": ["slack:#releases"],
                })),
            ),
        ],
    );
    json!({
        "description": "One map of actions, or a list of them.",
        "anyOf": [actions, { "type": "array", "items": actions }],
    })
}

fn notice() -> Value {
    let notice = object(
        "Who is told, and what.",
        &[],
        [
            ("target", or_null(described("Who is told.", "template"))),
            (
                "channel",
                or_null(described("Another word for `target`.", "template")),
            ),
            (
                "message",
                or_null(described("What they are told.", "template")),
            ),
        ],
    );
    let somebody = json!([{ "required": ["target"] }, { "required": ["channel"] }]);
    with(notice, "anyOf", somebody)
}
