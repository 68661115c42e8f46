//! What expressions evaluate to.

use baton_expr::{Expr, JsonScope, MistakeKind, equal, truthy};
use baton_model::Value;
use serde_json::json;

use super::{evaluate, scope};

#[track_caller]
fn check(rows: &[(&str, Value)], given: Value) {
    let scope = scope(given);
    for (text, expected) in rows {
        let value = evaluate(text, &scope).unwrap_or_else(|error| panic!("`{text}`: {error}"));
        assert_eq!(&value, expected, "`{text}`");
    }
}

#[track_caller]
fn check_errors(rows: &[(&str, &str)], given: Value) {
    let scope = scope(given);
    for (text, expected) in rows {
        let message = evaluate(text, &scope).expect_err(text);
        assert!(message.contains(expected), "`{text}`: {message}");
    }
}

/// What a test vector of the contract comes to.
enum Vector {
    Value(Value),
    /// It parses, and fails on these values.
    Fails(&'static str),
    /// It does not parse.
    Refused(&'static str),
    /// It is wrong whatever the values are, and known to be.
    Mistaken(MistakeKind),
}

/// The table of contract §1.18, column "R", row by row.
#[test]
fn the_vectors_of_the_contract_hold() {
    let parameters = |entries: Value| json!({"parameters": entries});
    let script = json!({"stages": {"write-ddl": {"outputs": {"script": "x"}}}});
    let rows = [
        (
            "stages.write-ddl.outputs.script",
            script,
            Vector::Value(json!("x")),
        ),
        (
            "parameters.none == null",
            json!({}),
            Vector::Value(json!(true)),
        ),
        (
            "parameters.none > 1",
            json!({}),
            Vector::Fails("cannot compare null with a number"),
        ),
        (
            "a == b == c",
            json!({}),
            Vector::Refused("comparisons cannot be chained"),
        ),
        (
            "!parameters.f == true",
            parameters(json!({"f": false})),
            Vector::Value(json!(true)),
        ),
        (
            "parameters.a ? 1 : parameters.b ? 2 : 3",
            parameters(json!({"a": 0, "b": 1})),
            Vector::Value(json!(2)),
        ),
        ("'' || 'dflt'", json!({}), Vector::Value(json!("dflt"))),
        ("length('héé')", json!({}), Vector::Value(json!(3))),
        (
            "contains(parameters.l, 2)",
            parameters(json!({"l": [1, 2]})),
            Vector::Value(json!(true)),
        ),
        (
            r#"fromJSON('{"a":1}').a"#,
            json!({}),
            Vector::Value(json!(1)),
        ),
        (
            "toJSON(parameters.m)",
            parameters(json!({"m": {"a": 1}})),
            Vector::Value(json!(r#"{"a":1}"#)),
        ),
        (
            "parameters.l[0]",
            parameters(json!({"l": ["first"]})),
            Vector::Value(json!("first")),
        ),
        (
            "secrets.X",
            json!({}),
            Vector::Mistaken(MistakeKind::UnknownNamespace),
        ),
        (
            "substr('a',0)",
            json!({}),
            Vector::Mistaken(MistakeKind::UnknownFunction),
        ),
        ("true == 1", json!({}), Vector::Value(json!(false))),
    ];
    for (text, given, expected) in rows {
        check_vector(text, &scope(given), expected);
    }
}

fn check_vector(text: &str, scope: &JsonScope, expected: Vector) {
    let parsed = Expr::parse(text);
    let mistakes = parsed.iter().flat_map(Expr::check);
    let mistakes: Vec<_> = mistakes.map(|mistake| mistake.kind).collect();
    let evaluated = evaluate(text, scope);
    let fails_with = |words: &str| evaluated.as_ref().is_err_and(|error| error.contains(words));
    let holds = match expected {
        Vector::Value(value) => mistakes.is_empty() && evaluated == Ok(value),
        Vector::Fails(words) => mistakes.is_empty() && parsed.is_ok() && fails_with(words),
        Vector::Refused(words) => parsed.is_err() && fails_with(words),
        Vector::Mistaken(kind) => mistakes == [kind] && evaluated.is_err(),
    };
    assert!(holds, "`{text}`: {evaluated:?}, {mistakes:?}");
}

#[test]
fn what_is_missing_is_null() {
    check(
        &[
            ("parameters.l[9]", Value::Null),
            ("parameters.l[-1]", Value::Null),
            ("parameters.l[0.5]", Value::Null),
            ("parameters.l['x']", Value::Null),
            ("parameters.l.x", Value::Null),
            ("parameters.l[null]", Value::Null),
            ("parameters.text.__class__", Value::Null),
            ("parameters.none.deeper.still", Value::Null),
            ("parameters.m[0]", Value::Null),
            ("context", Value::Null),
            ("fromJSON('[1]')[1]", Value::Null),
            ("fromJSON('{}').x", Value::Null),
        ],
        json!({"parameters": {"l": [1], "m": {"0": 1}, "text": "t"}}),
    );
}

#[test]
fn paths_reach_into_maps_and_lists() {
    check(
        &[
            ("parameters.true", json!(7)),
            ("parameters['odd key']", json!(8)),
            ("parameters.l[1].name", json!("second")),
            ("parameters.l[1.0]['name']", json!("second")),
            ("parameters.l[parameters.at].name", json!("second")),
            ("parameters[parameters.key]", json!(8)),
            ("(parameters.l)[0]", json!("first")),
            ("(parameters.none || parameters.l)[0]", json!("first")),
            ("('abc').x", Value::Null),
            ("fromJSON('[[1,2],[3]]')[0][1]", json!(2)),
            (r#"fromJSON('{"k":"v"}')['k']"#, json!("v")),
            ("length(parameters)", json!(5)),
        ],
        json!({"parameters": {
            "true": 7, "odd key": 8, "l": ["first", {"name": "second"}], "at": 1, "key": "odd key",
        }}),
    );
}

#[test]
fn operators_return_operands_and_stop_early() {
    check(
        &[
            ("1 && 2 && 3", json!(3)),
            ("1 && 0 && 3", json!(0)),
            ("0 || '' || 'x' || 'y'", json!("x")),
            ("null || false", json!(false)),
            ("false && (null > 1)", json!(false)),
            ("true || (null > 1)", json!(true)),
            ("true ? 1 : (null > 1)", json!(1)),
            ("false ? (null > 1) : 2", json!(2)),
            ("!'x'", json!(false)),
            ("!!null", json!(false)),
            ("1 < 2 == true", json!(true)),
            ("1 == 1 && 2 != 2 || 'z'", json!("z")),
        ],
        json!({}),
    );
}

#[test]
fn equality_compares_values_and_never_fails() {
    for (left, right, same) in [
        (json!(1), json!(1.0), true),
        (json!({"a": [1, 2.0]}), json!({"a": [1.0, 2]}), true),
        (json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1}), true),
        (json!({"a": 1}), json!({"b": 1}), false),
        (json!([1]), json!([1, 2]), false),
        (json!("1"), json!(1), false),
        (json!(true), json!(1), false),
        (json!(null), json!(null), true),
        (json!(null), json!(false), false),
        (
            json!(9_007_199_254_740_993_i64),
            json!(9_007_199_254_740_992_i64),
            false,
        ),
    ] {
        assert_eq!(equal(&left, &right), same, "{left} == {right}");
        assert_eq!(equal(&right, &left), same, "{right} == {left}");
    }
}

#[test]
fn order_exists_within_one_type_only() {
    check(
        &[
            ("1 < 1.5", json!(true)),
            ("'b' > 'a'", json!(true)),
            ("'é' >= 'z'", json!(true)),
            ("false < true", json!(true)),
            (
                "fromJSON('[1,2]') < fromJSON('[1,3]') && 2 <= 2",
                json!(true),
            ),
            ("fromJSON('[1]') < fromJSON('[1,0]')", json!(true)),
        ],
        json!({}),
    );
    check_errors(
        &[
            ("'1' < 2", "`<` cannot compare a string with a number"),
            ("true >= 1", "cannot compare a boolean with a number"),
            ("null <= null", "cannot compare null with null"),
            (
                "fromJSON('[1]') < fromJSON('[\"a\"]')",
                "a list with a list",
            ),
            ("fromJSON('{}') < 1", "a map with a number"),
        ],
        json!({}),
    );
}

#[test]
fn truth_is_emptiness() {
    for (value, truth) in [
        (json!(null), false),
        (json!(false), false),
        (json!(0), false),
        (json!(0.0), false),
        (json!(-0.0), false),
        (json!(""), false),
        (json!([]), false),
        (json!({}), false),
        (json!(true), true),
        (json!(0.1), true),
        (json!("false"), true),
        (json!([null]), true),
        (json!({"a": null}), true),
    ] {
        assert_eq!(truthy(&value), truth, "{value}");
    }
}

#[test]
fn functions_check_what_they_are_given() {
    check(
        &[
            ("length(parameters.m)", json!(1)),
            ("length(fromJSON('[1,2]'))", json!(2)),
            ("contains('haystack', 'st')", json!(true)),
            ("contains(parameters.m, 'a')", json!(true)),
            ("contains(parameters.m, 1)", json!(false)),
            ("contains(fromJSON('[1.0]'), 1)", json!(true)),
            ("toJSON('ü')", json!("\"ü\"")),
            ("toJSON(null)", json!("null")),
        ],
        json!({"parameters": {"m": {"a": 1}}}),
    );
    let deep = |depth| format!("fromJSON('{}{}')", "[".repeat(depth), "]".repeat(depth));
    check(&[(&format!("length({})", deep(64)), json!(1))], json!({}));
    check_errors(
        &[
            (
                "length(null)",
                "length() takes a string, a list or a map, got null",
            ),
            ("length(1, 2)", "length() takes 1 argument, got 2"),
            ("contains('a')", "contains() takes 2 arguments, got 1"),
            ("contains('a', 1)", "looks for a string in a string"),
            ("contains(null, 1)", "looks into a string, a list or a map"),
            ("fromJSON('{')", "bad JSON"),
            ("fromJSON(1)", "takes a string, got a number"),
            (&deep(65), "got a value nested 65 deep, and 64 is the most"),
            (&deep(200), "bad JSON: recursion limit exceeded"),
            ("tojson(1)", "unknown function `tojson`"),
        ],
        json!({}),
    );
}

#[test]
fn success_is_another_word_for_the_status_completed() {
    check(
        &[
            ("stages.a.status == 'success'", json!(true)),
            ("'success' == stages.a.status", json!(true)),
            ("stages['a'].status != \"success\"", json!(false)),
            ("stages.b.status == 'success'", json!(false)),
            ("stages.a.outputs.status == 'success'", json!(true)),
            ("parameters.status == 'success'", json!(true)),
        ],
        json!({
            "parameters": {"status": "success"},
            "stages": {
                "a": {"status": "completed", "outputs": {"status": "success"}},
                "b": {"status": "failed"},
            },
        }),
    );
}

#[test]
fn a_text_that_grows_without_bound_is_refused() {
    let scope = scope(json!({}));
    let text = "toJSON(".repeat(40) + "'\"'" + &")".repeat(40);
    let message = evaluate(&text, &scope).unwrap_err();
    assert!(message.contains("more than"), "{message}");
}
