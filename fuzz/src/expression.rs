//! Laws of expressions: what is printed is read back as the same, and what is
//! computed depends on nothing but the scope.

use std::sync::LazyLock;

use baton_expr::{Expr, JsonScope, Template, evaluate_condition, interpolate, interpolate_text};
use baton_lang::check;
use baton_model::{Value, depth};
use serde_json::json;

use super::seeds;

/// What is seen where the text does not say it.
static CONTEXT: LazyLock<JsonScope> = LazyLock::new(|| {
    scope(json!({
        "parameters": { "topic": "rivers", "depth": 3, "flag": true, "tags": ["a", "b"] },
        "stages": { "look": { "status": "completed", "outputs": {
            "text": "long", "score": 0.5, "items": ["x", 1, null, [2]], "facts": { "a": { "b": -1 } },
        } } },
        "context": { "notes": "{\"a\": [1, 2]}" },
        "env": { "HOME": "/" },
        "run": { "id": "r-1" },
        "workflow": { "id": "w", "name": "W", "version": null },
    }))
    .expect("it is a map")
});

/// Parses, prints, checks and evaluates an expression, alone and in a text.
pub fn hold(text: &str) {
    let (text, context) = text.split_once(seeds::CONTEXT).unwrap_or((text, ""));
    let given = serde_json::from_str(context).ok().and_then(scope);
    let scope = given.as_ref().unwrap_or(&CONTEXT);
    if let Ok(expr) = Expr::parse(text) {
        hold_parsed(text, &expr, scope);
    }
    hold_in_text(text, scope);
    hold_in_text(&format!("a ${{{{ {text} }}}} b"), scope);
    assert_eq!(
        evaluate_condition(text, scope),
        evaluate_condition(text, scope)
    );
    hold_in_workflow(text);
}

/// A scope over a map that a run could hold.
fn scope(value: Value) -> Option<JsonScope> {
    depth::check(&value).ok()?;
    match value {
        Value::Object(entries) => Some(JsonScope(entries)),
        _ => None,
    }
}

fn hold_parsed(text: &str, expr: &Expr, scope: &JsonScope) {
    let printed = expr.to_string();
    let again = Expr::parse(&printed).unwrap_or_else(|error| panic!("{printed}: {error}"));
    assert_eq!(again, *expr, "{printed}");
    assert_eq!(again.to_string(), printed);
    for reference in expr.references() {
        assert!(text.get(reference.span.clone()).is_some(), "{reference:?}");
    }
    for mistake in expr.check() {
        assert!(text.get(mistake.span.clone()).is_some(), "{mistake:?}");
    }
    let value = expr.evaluate(scope);
    assert_eq!(value, expr.evaluate(scope), "it depends on something else");
    let of_printed = again.evaluate(scope);
    match (&value, &of_printed) {
        (Ok(value), Ok(other)) => assert_eq!(value, other, "{printed}"),
        (Err(error), Err(other)) => {
            assert!(text.get(error.span.clone()).is_some(), "{error:?}");
            assert_eq!(error.message, other.message, "{printed}");
        }
        _ => panic!("{printed}: {value:?} and {of_printed:?}"),
    }
    if expr.is_constant() {
        let nowhere = expr.evaluate(&JsonScope::default());
        assert_eq!(value, nowhere, "what is constant depends on its scope");
    }
}

fn hold_in_text(text: &str, scope: &JsonScope) {
    let (template, errors) = Template::parse(text);
    for error in &errors {
        assert!(text.get(error.span.clone()).is_some(), "{error:?}");
    }
    let value = interpolate(text, scope);
    assert_eq!(value, interpolate(text, scope));
    assert_eq!(
        value.is_err(),
        interpolate_text(text, scope).is_err() || !errors.is_empty()
    );
    if errors.is_empty() {
        assert_eq!(value, template.evaluate(scope));
    }
}

/// What is no expression is found before anything runs.
fn hold_in_workflow(text: &str) {
    let source = format!("${{{{ {text} }}}}");
    let look = json!({
        "id": "look", "name": "Look", "roles": { "primary": { "artifact": "agent:a" } },
        "outputs": {
            "text": { "type": "string" }, "score": { "type": "number" },
            "items": { "type": "array<string>" }, "facts": { "type": "object", "required": false },
        },
    });
    let use_it = json!({
        "id": "use", "name": "Use", "depends_on": ["look"], "condition": text,
        "roles": { "primary": { "artifact": "agent:a", "instructions": source } },
        "inputs": { "facts": { "type": "object", "source": source } },
    });
    let parameters = json!({
        "topic": { "type": "string" }, "depth": { "type": "integer" },
        "flag": { "type": "boolean" }, "tags": { "type": "array<string>" },
    });
    let workflow = json!({
        "workflow": { "id": "w", "name": "W" }, "config": { "parameters": parameters },
        "stages": [look, use_it],
    })
    .to_string();
    let checked = check(&workflow);
    assert_eq!(checked.diagnostics, check(&workflow).diagnostics);
    if Expr::parse_condition(text).is_err() {
        assert!(checked.has_errors(), "{text} is no condition");
    }
}
