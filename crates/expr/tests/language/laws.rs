//! Laws over random trees and random texts.

use baton_expr::{
    Comparison, Expr, JsonScope, Namespace, Node, NodeKind, Step, StepKind, Template,
};
use baton_expr::{evaluate_condition, interpolate};
use baton_model::Value;
use proptest::prelude::*;

fn node(kind: NodeKind) -> Node {
    Node { kind, span: 0..0 }
}

fn leaf() -> impl Strategy<Value = Node> {
    let literal = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        proptest::num::f64::NORMAL.prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        r#"['"\\}{$ ]{0,6}"#.prop_map(Value::from),
    ];
    let root = prop_oneof![
        proptest::sample::select(Namespace::ALL.map(Namespace::as_str).to_vec())
            .prop_map(str::to_owned),
        "[a-z][a-z_-]{3,8}".prop_filter("not a keyword", |name| {
            !matches!(name.as_str(), "true" | "false" | "null")
        }),
    ];
    prop_oneof![
        literal.prop_map(|value| node(NodeKind::Literal(value))),
        root.prop_map(|name| node(NodeKind::Root(name))),
    ]
}

/// Paths are flat in a tree; an access of an access does not occur.
fn access(base: Node, mut steps: Vec<Step>) -> Node {
    match base.kind {
        NodeKind::Access {
            base,
            steps: mut first,
        } => {
            first.append(&mut steps);
            node(NodeKind::Access { base, steps: first })
        }
        kind => node(NodeKind::Access {
            base: Box::new(node(kind)),
            steps,
        }),
    }
}

fn tree() -> impl Strategy<Value = Node> {
    let comparison = proptest::sample::select(vec![
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::LessEqual,
        Comparison::Greater,
        Comparison::GreaterEqual,
    ]);
    leaf().prop_recursive(6, 48, 4, move |inner| {
        let step = prop_oneof![
            "[A-Za-z_][A-Za-z0-9_-]{0,6}".prop_map(StepKind::Name),
            inner.clone().prop_map(StepKind::Index),
        ]
        .prop_map(|kind| Step { kind, span: 0..0 });
        let several = prop::collection::vec(inner.clone(), 2..4);
        let boxed = || inner.clone().prop_map(Box::new);
        prop_oneof![
            (inner.clone(), prop::collection::vec(step, 1..4))
                .prop_map(|(base, steps)| access(base, steps)),
            (
                "[a-z][A-Za-z]{0,6}_f",
                prop::collection::vec(inner.clone(), 0..3)
            )
                .prop_map(|(name, arguments)| node(NodeKind::Call { name, arguments })),
            boxed().prop_map(|operand| node(NodeKind::Not(operand))),
            (comparison.clone(), boxed(), boxed()).prop_map(|(comparison, left, right)| {
                node(NodeKind::Compare {
                    comparison,
                    left,
                    right,
                })
            }),
            several
                .clone()
                .prop_map(|operands| node(NodeKind::All(operands))),
            several.prop_map(|operands| node(NodeKind::Any(operands))),
            (boxed(), boxed(), boxed())
                .prop_map(|(condition, yes, no)| { node(NodeKind::Choice { condition, yes, no }) }),
        ]
    })
}

/// Texts made of what expressions are made of, in any order.
fn soup() -> impl Strategy<Value = String> {
    let pieces = vec![
        "${{",
        "}}",
        "'",
        "\"",
        "\\",
        "(",
        ")",
        "[",
        "]",
        ".",
        ",",
        "?",
        ":",
        "!",
        "==",
        "!=",
        "<",
        "<=",
        "&&",
        "||",
        "=",
        "-",
        "1",
        "0.5",
        "stages",
        "parameters",
        ".a",
        "length(",
        "toJSON(",
        "fromJSON(",
        "contains(",
        "true",
        "null",
        " ",
        "\n",
        "é",
        "$",
        "{",
    ];
    prop::collection::vec(proptest::sample::select(pieces), 0..60).prop_map(|parts| parts.concat())
}

fn survive(text: &str) {
    let scope = JsonScope::default();
    if let Ok(expr) = Expr::parse(text) {
        let printed = expr.to_string();
        assert_eq!(Expr::parse(&printed).as_ref(), Ok(&expr), "{text}");
        drop(expr.evaluate(&scope));
        for span in expr
            .references()
            .into_iter()
            .map(|reference| reference.span)
        {
            assert!(text.get(span).is_some());
        }
        for span in expr.check().into_iter().map(|mistake| mistake.span) {
            assert!(text.get(span).is_some());
        }
    }
    for error in Template::parse(text).1 {
        assert!(text.get(error.span.clone()).is_some(), "{error:?}");
    }
    drop(interpolate(text, &scope));
    drop(evaluate_condition(text, &scope));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_parses_back(root in tree()) {
        let text = root.to_string();
        let parsed = Expr::parse(&text).map(|expr| expr.root().clone());
        prop_assert_eq!(parsed, Ok(root), "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        survive(&text);
    }

    #[test]
    fn no_soup_of_tokens_makes_it_panic(text in soup()) {
        survive(&text);
    }
}

#[test]
fn long_hostile_texts_end_soon() {
    for piece in [
        "${{", "${{ '", "(", "!", "a.", "a[", "'", "\"\\", "1?", "${{ 1 }}", "&&", "}}",
    ] {
        survive(&piece.repeat(100_000 / piece.len()));
    }
}
