//! What is laid over a definition, and what comes of it.

use baton_lang::definition::Overridden;
use baton_lang::{Checked, Overrides, OverridesForm, check, check_with};
use serde_json::json;

const REVIEW: &str = r#"
workflow: { id: review, name: Review, tags: [a, b], description: long }
config:
  timeout: 2h
  parameters:
    depth: { type: integer, default: 3, description: how far }
stages:
  - id: look
    name: Look
    roles: { primary: { artifact: "agent:a", model: opus, instructions: be kind }, tools: ["skill:x"] }
  - id: decide
    name: Decide
    type: gate
    depends_on: [look]
    gate: { approvers: [ann], timeout: 1h }
"#;

fn file<'t>(name: &'t str, text: &'t str) -> Overrides<'t> {
    Overrides {
        name,
        text,
        form: OverridesForm::File,
    }
}

fn laid(overrides: &[Overrides<'_>]) -> Checked {
    let checked = check_with(REVIEW, overrides);
    assert_eq!(checked.diagnostics, [], "{:?}", checked.diagnostics);
    checked
}

fn set(path: &str, by: &str) -> Overridden {
    Overridden {
        path: path.to_owned(),
        by: by.to_owned(),
    }
}

#[test]
fn maps_merge_and_everything_else_is_replaced() {
    let over = "
overrides:
  review:
    workflow: { tags: [c], description: null }
    config: { parameters: { depth: { default: 5 } } }
    stages:
      look: { roles: { primary: { model: haiku }, tools: [] } }
      decide: { gate: { approvers: [bob, eve] } }
  other:
    stages: { nothing: { id: 1 } }
";
    let definition = laid(&[file("over.yaml", over)]).definition.unwrap();
    assert_eq!(definition.workflow.tags, ["c"]);
    assert_eq!(definition.workflow.description, None);
    let depth = &definition.config.parameters["depth"];
    assert_eq!(depth.default, json!(5));
    assert_eq!(depth.description.as_deref(), Some("how far"));
    let roles = definition.stages[0].roles.as_ref().unwrap();
    assert_eq!(roles.artifact, "agent:a");
    assert_eq!(roles.model.as_deref(), Some("haiku"));
    assert_eq!(roles.instructions.as_ref().unwrap().value, "be kind");
    assert_eq!(roles.tools, [""; 0]);
    let gate = definition.stages[1].gate.as_ref().unwrap();
    assert_eq!(gate.approvers, ["bob", "eve"]);
    assert_eq!(gate.timeout.text, "1h");
    let by_file = [
        "workflow.tags",
        "workflow.description",
        "config.parameters.depth.default",
        "stages.look.roles.primary.model",
        "stages.look.roles.tools",
        "stages.decide.gate.approvers",
    ]
    .map(|path| set(path, "over.yaml"));
    assert_eq!(definition.overridden, by_file);
}

#[test]
fn later_overrides_win_and_are_named() {
    let project =
        "overrides: { review: { config: { timeout: 3h }, stages: { look: { name: A } } } }";
    let run = Overrides {
        name: "this run",
        text: r#"{"config": {"timeout": "4h"}, "error_policy": {"on_stage_failure": "continue"}}"#,
        form: OverridesForm::Block,
    };
    let definition = laid(&[file("over.yaml", project), run]).definition.unwrap();
    assert_eq!(definition.config.timeout.text, "4h");
    assert_eq!(definition.stages[0].name, "A");
    assert_eq!(
        definition.overridden,
        [
            set("config.timeout", "this run"),
            set("stages.look.name", "over.yaml"),
            set("error_policy", "this run"),
        ]
    );
}

#[test]
fn nothing_for_this_workflow_changes_nothing() {
    let base = check(REVIEW).definition;
    for over in [
        "",
        "# nothing yet",
        "overrides:",
        "overrides: {}",
        "overrides: { review: }",
        "overrides: { review: {} }",
        "overrides: { review: { stages: { look: {} } } }",
        "overrides: { other: { config: { timeout: 9h } } }",
        "x-note: ours\noverrides: { other: 7 }",
    ] {
        let checked = laid(&[file("over.yaml", over)]);
        assert_eq!(checked.definition, base, "{over}");
    }
}

#[test]
fn a_mistake_in_the_result_is_shown_where_it_was_written() {
    let over = "overrides:\n  review:\n    stages:\n      look:\n        condition: \"${{ stages.decide.status }}\"\n";
    let found = check_with(REVIEW, &[file("over.yaml", over)]).diagnostics;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].code, "SWDL-E0404");
    assert_eq!(found[0].file.as_deref(), Some("over.yaml"));
    assert_eq!(found[0].span.unwrap().start.line, 5);
}
