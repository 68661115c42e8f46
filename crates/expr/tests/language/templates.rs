//! Texts with placeholders, and conditions.

use baton_expr::{Part, Template, evaluate_condition, interpolate, interpolate_text};
use serde_json::json;

use super::scope;

#[test]
fn one_placeholder_keeps_its_type_and_more_make_a_text() {
    let scope = scope(json!({
        "parameters": {"n": 42, "f": 3.0, "big": 1e20, "l": [1, "a"], "m": {"k": null}, "b": true},
    }));
    for (text, expected) in [
        ("plain", json!("plain")),
        ("", json!("")),
        ("${{ parameters.n }}", json!(42)),
        (" \n${{parameters.l}}\n", json!([1, "a"])),
        ("${{ parameters.none }}", json!(null)),
        ("${{\n  parameters.b\n}}", json!(true)),
        ("n=${{ parameters.n }}", json!("n=42")),
        (
            "${{ parameters.f }}/${{ parameters.big }}",
            json!("3.0/100000000000000000000.0"),
        ),
        ("<${{ parameters.none }}>", json!("<>")),
        (
            "${{ parameters.l }} ${{ parameters.m }}",
            json!(r#"[1,"a"] {"k":null}"#),
        ),
        ("${{ parameters.b }}!", json!("true!")),
        ("${{ '}}' }}", json!("}}")),
        (r#"${{ "\"}}" }}."#, json!("\"}}.")),
        ("$ {{ x }} $${{ 1 }}", json!("$ {{ x }} $1")),
    ] {
        assert_eq!(interpolate(text, &scope).unwrap(), expected, "{text}");
    }
    assert_eq!(
        interpolate_text("${{ parameters.l }}", &scope).unwrap(),
        r#"[1,"a"]"#
    );
    assert_eq!(interpolate_text("plain", &scope).unwrap(), "plain");
}

#[test]
fn every_broken_placeholder_is_reported_at_its_place() {
    let text = "a ${{ 1 + }} b ${{ 2 }} c ${{ 'x }} d ${{ y";
    let (template, errors) = Template::parse(text);
    let found: Vec<_> = errors
        .iter()
        .map(|error| (error.message.as_str(), &text[error.span.clone()]))
        .collect();
    assert_eq!(
        found,
        [
            ("unexpected character `+`", "+"),
            ("this string is not closed", "'x "),
            ("this `${{` is not closed", "${{"),
        ]
    );
    assert_eq!(template.expressions().count(), 1);
    assert!(interpolate(text, &scope(json!({}))).is_err());
    assert!(interpolate_text(text, &scope(json!({}))).is_err());
}

#[test]
fn a_template_knows_its_shape() {
    let (literal, errors) = Template::parse("no placeholder }} here");
    assert!(errors.is_empty() && literal.is_literal() && literal.as_whole().is_none());
    let (whole, _) = Template::parse(" ${{ 1 }} ");
    assert!(whole.as_whole().is_some() && !whole.is_literal());
    assert!(
        matches!(whole.parts(), [Part::Literal(_), Part::Placeholder { span, .. }, _] if *span == (1..9))
    );
    let (mixed, _) = Template::parse("${{ 1 }}${{ 2 }}");
    assert!(mixed.as_whole().is_none());
    let (_, empty) = Template::parse("${{ }}");
    assert_eq!(empty[0].message, "there is nothing in this `${{ }}`");
}

#[test]
fn a_text_of_many_large_values_is_refused() {
    let scope = scope(json!({"parameters": {"x": "x".repeat(1 << 20)}}));
    let error = interpolate_text(&"${{ parameters.x }}".repeat(20), &scope).unwrap_err();
    assert!(error.to_string().contains("larger than"));
}

#[test]
fn conditions_are_one_expression_bare_or_marked() {
    let scope = scope(json!({"parameters": {"yes": 1, "no": ""}}));
    for (text, expected) in [
        ("parameters.yes", true),
        ("  ${{ parameters.yes }}\n", true),
        ("${{ parameters.no }}", false),
        ("parameters.yes && !parameters.no", true),
        ("'}}' == parameters.yes", false),
    ] {
        assert_eq!(evaluate_condition(text, &scope), Ok(expected), "{text}");
    }
    for (text, message) in [
        ("${{ 1 }} && ${{ 2 }}", "one expression inside one `${{ }}`"),
        ("", "the condition is empty"),
        ("${{ }}", "the condition is empty"),
        ("null > 1", "cannot compare"),
    ] {
        let error = evaluate_condition(text, &scope).unwrap_err();
        assert!(error.message.contains(message), "{text}: {error}");
    }
}

#[test]
fn a_text_has_a_bounded_number_of_placeholders() {
    let text = "${{ 1 }}".repeat(10_001);
    let (template, errors) = Template::parse(&text);
    assert_eq!(template.expressions().count(), 10_000);
    let [error] = errors.as_slice() else {
        panic!("{errors:?}");
    };
    assert_eq!(error.message, "a text may have at most 10000 placeholders");
    assert_eq!(error.span.start, 80_000);
}
