//! What is said about texts that are no expressions, or name what is not there.

use baton_expr::{Expr, MistakeKind, Namespace};

#[test]
fn syntax_errors_say_what_where_and_how_to_mend_it() {
    for (text, at, message, help) in [
        ("a = b", "=", "unexpected character `=`", "`==`"),
        ("a & b", "&", "unexpected character", "`&&`"),
        ("a | b", "|", "unexpected character", "`||`"),
        (
            "a -1",
            "-1",
            "expected an operator or the end",
            "no subtraction",
        ),
        (
            "a - b",
            "-",
            "must be followed by a digit",
            "no subtraction",
        ),
        ("a and b", "and", "found `and`", "`&&`"),
        ("a in b", "in", "found `in`", "contains"),
        ("env.x is 1", "is", "found `is`", "`==`"),
        ("a or b", "or", "found `or`", "`||`"),
        ("not a", "a", "found `a`", "`!`"),
        ("a.0", "0", "a name after `.`", "[0]"),
        ("a.", "", "found the end of the expression", ""),
        ("a.'x'", "'x'", "found a string", ""),
        ("'abc", "'abc", "this string is not closed", "end it with '"),
        (r"'a\n'", r"\n", r"unknown escape `\n`", r"write \\"),
        ("a == b == c", "==", "cannot be chained", "&&"),
        ("a < b < c", "<", "cannot be chained", "parentheses"),
        ("a ? b", "", "expected `:`", ""),
        ("f(a b)", "b", "expected `,` or `)`", ""),
        ("a && ", "", "expected a value", "a value after `&&`"),
        ("(a", "(", "no `)` for this one", "end it with `)`"),
        ("f(a, b", "(", "no `)` for this one", "end it with `)`"),
        ("b || f(", "", "expected a value", "a value after `(`"),
        ("a[1", "[", "no `]` for this one", "end it with `]`"),
        ("a)", ")", "found `)`", "nothing was opened"),
        ("a]", "]", "found `]`", "nothing was opened"),
        ("1.5.x", ".", "expected an operator", ""),
        ("'a'.x", ".", "expected an operator", ""),
        ("1e5", "e5", "found `e5`", ""),
        ("{a}", "{", "unexpected character", "fromJSON"),
        ("“x”", "“", "unexpected character", "strings are written"),
        ("$x", "$", "unexpected character", "without `$`"),
        ("a\u{7}", "\u{7}", r"`\u{7}`", ""),
    ] {
        let error = Expr::parse(text).expect_err(text);
        assert_eq!(&text[error.span.clone()], at, "{text}: {error}");
        assert!(error.message.contains(message), "{text}: {error}");
        let given = error.help.unwrap_or_default();
        assert!(given.contains(help), "{text}: {given}");
    }
}

#[test]
fn conditions_without_sense_or_marks_say_what_to_write() {
    for (text, at, message, help) in [
        ("", "", "the condition is empty", "has to be true"),
        (
            " ${{ }} ",
            "${{ }}",
            "the condition is empty",
            "has to be true",
        ),
        (
            "{{ env.x }}",
            "{{ env.x }}",
            "no marks",
            "write `${{ env.x }}`",
        ),
        ("${env.x}", "${env.x}", "no marks", "write `${{ env.x }}`"),
        ("{{ env.x }} == 1", "{", "unexpected character", "fromJSON"),
        (
            "${{ env.x }} || ${{ env.y }}",
            "}",
            "unexpected character",
            "one expression inside one",
        ),
        (
            "${{ (env.x }}",
            "(",
            "no `)` for this one",
            "end it with `)`",
        ),
    ] {
        let error = Expr::parse_condition(text).expect_err(text);
        assert_eq!(&text[error.span.clone()], at, "{text}: {error}");
        assert!(error.message.contains(message), "{text}: {error}");
        let given = error.help.unwrap_or_default();
        assert!(given.contains(help), "{text}: {given}");
    }
}

#[test]
fn marks_with_a_sign_too_few_are_found() {
    for (text, found) in [
        ("a {{ env.x }} b", vec!["{{ env.x }}"]),
        ("${env.x}${ run.id }", vec!["${env.x}", "${ run.id }"]),
        (
            "é{{x.y}}${{ env.z }}{{ a.b }}",
            vec!["{{x.y}}", "{{ a.b }}"],
        ),
        ("{{ a.b == 'c' }}", vec!["{{ a.b == 'c' }}"]),
        ("${{ '{{ a.b }}' }}", vec![]),
        ("{{{ a.b }}} {{ a.b }} }", vec!["{{ a.b }}"]),
        ("{{ a }} {{ #if a.b }} {{a.b", vec![]),
        ("{{ a.b\n}} ${{ a.b", vec![]),
        ("$a.b {a.b} $(a.b)", vec![]),
    ] {
        let slips = baton_expr::slips(text);
        let spans: Vec<_> = slips.iter().map(|slip| &text[slip.span.clone()]).collect();
        assert_eq!(spans, found, "{text}");
        for slip in slips {
            assert_eq!(
                Expr::parse(&text[slip.inner.clone()]).unwrap().to_string(),
                slip.expr.to_string()
            );
        }
    }
}

#[test]
fn numbers_are_decimal_and_bounded() {
    for text in ["5.", ".5", "--1", "-", "1_000"] {
        assert!(Expr::parse(text).is_err(), "{text}");
    }
    let error = Expr::parse(&"9".repeat(400)).unwrap_err();
    assert_eq!(error.message, "this number is too large");
    for text in [
        "18446744073709551615",
        "-3",
        "0.25",
        "100000000000000000000.0",
    ] {
        assert_eq!(Expr::parse(text).unwrap().to_string(), text);
    }
}

#[test]
fn depth_and_size_are_bounded() {
    let limit = Expr::DEPTH_MAX;
    for (open, close) in [
        ("(", ")"),
        ("!", ""),
        ("length(", ")"),
        ("parameters[", "]"),
        ("1 ? 2 : ", ""),
    ] {
        let deep = |n: usize| open.repeat(n) + "1" + &close.repeat(n);
        assert!(Expr::parse(&deep(limit - 1)).is_ok(), "{open}");
        let error = Expr::parse(&deep(limit)).unwrap_err();
        assert!(error.message.contains("nested at most"), "{open}: {error}");
        assert!(Expr::parse(&deep(1_000)).is_err(), "{open}");
    }
    let wide = "1 && ".repeat(2_000) + "1";
    assert_eq!(Expr::parse(&wide).unwrap().to_string(), wide);
    let error = Expr::parse(&" 1".repeat(Expr::BYTES_MAX)).unwrap_err();
    assert!(error.message.contains("at most 16384 bytes"), "{error}");
}

#[test]
fn unknown_names_are_found_without_evaluating() {
    for (text, kind, at, help) in [
        (
            "parameter.x",
            MistakeKind::UnknownNamespace,
            "parameter",
            "did you mean `parameters`?",
        ),
        (
            "True",
            MistakeKind::UnknownNamespace,
            "True",
            "did you mean `true`?",
        ),
        (
            "qqq == 1",
            MistakeKind::UnknownNamespace,
            "qqq",
            "a text is written 'qqq'",
        ),
        (
            "1 == 2 && lenght('x')",
            MistakeKind::UnknownFunction,
            "lenght('x')",
            "did you mean `length`?",
        ),
        (
            "tojson(1)",
            MistakeKind::UnknownFunction,
            "tojson(1)",
            "did you mean `toJSON`?",
        ),
        ("zzz()", MistakeKind::UnknownFunction, "zzz()", ""),
        ("true ? length() : 1", MistakeKind::Arity, "length()", ""),
        (
            "env[secrets.x].y",
            MistakeKind::UnknownNamespace,
            "secrets",
            "baton.toml",
        ),
        (
            "(fromJSON(seven)).x",
            MistakeKind::UnknownNamespace,
            "seven",
            "",
        ),
    ] {
        let mistakes = Expr::parse(text).unwrap().check();
        let [mistake] = mistakes.as_slice() else {
            panic!("`{text}`: {mistakes:?}");
        };
        assert_eq!(mistake.kind, kind, "{text}");
        assert_eq!(&text[mistake.span.clone()], at);
        assert!(
            mistake.help.as_deref().unwrap_or("").contains(help),
            "{text}: {mistake:?}"
        );
    }
    let all = Expr::parse("a || !b || f(c < 1)").unwrap().check();
    assert_eq!(all.len(), 4, "{all:?}");
    assert!(
        Expr::parse("!env.a && length(run.id) > 1")
            .unwrap()
            .check()
            .is_empty()
    );
}

#[test]
fn words_of_other_languages_lead_to_those_of_this_one() {
    for (text, at, help) in [
        ("env.x == fast", "fast", "a text is written 'fast'"),
        (
            "env.x == stage",
            "stage",
            "did you mean `stages`? a text is written 'stage'",
        ),
        ("env.x == None", "None", "did you mean `null`?"),
        ("env.x == yes", "yes", "did you mean `true`?"),
        ("steps.a.outputs.x", "steps", "`stages.ID.outputs.NAME`"),
        ("inputs.a", "inputs", "what its `source` reads"),
        (
            "fetch-data.outputs.x",
            "fetch-data",
            "did you mean `stages.fetch-data`?",
        ),
        ("env.x == main.py", "main", "in single quotes"),
        ("len('x')", "len('x')", "did you mean `length`?"),
        ("not (1 == 1)", "not (1 == 1)", "did you mean `!`?"),
        ("always()", "always()", "`stages.ID.status`"),
    ] {
        let mistakes = Expr::parse(text).unwrap().check();
        let [mistake] = mistakes.as_slice() else {
            panic!("`{text}`: {mistakes:?}");
        };
        assert_eq!(&text[mistake.span.clone()], at);
        let given = mistake.help.as_deref().unwrap_or_default();
        assert!(given.contains(help), "{text}: {given}");
    }
}

#[test]
fn references_are_the_paths_as_far_as_they_are_known() {
    let text = "stages['a-b'].outputs.x[0].y == env[parameters.k].z || contains(run, 'stages.no')";
    let expr = Expr::parse(text).unwrap();
    let found: Vec<_> = expr
        .references()
        .into_iter()
        .map(|reference| {
            (
                reference.namespace,
                reference.path.join("/"),
                &text[reference.span],
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (
                Namespace::Stages,
                "a-b/outputs/x".to_owned(),
                "stages['a-b'].outputs.x"
            ),
            (Namespace::Env, String::new(), "env"),
            (Namespace::Parameters, "k".to_owned(), "parameters.k"),
            (Namespace::Run, String::new(), "run"),
        ]
    );
    assert!(expr.as_reference().is_none());
    for (text, is_reference) in [
        ("(stages.a).outputs.b", true),
        ("env", true),
        ("env[1]", false),
        ("secrets.x", false),
        ("'x'", false),
        ("length(env)", false),
    ] {
        let expr = Expr::parse(text).unwrap();
        assert_eq!(expr.as_reference().is_some(), is_reference, "{text}");
    }
}

#[test]
fn an_expression_without_paths_is_constant() {
    for (text, constant) in [
        ("1 == 1", true),
        ("length('x') > 0", true),
        ("env.x", false),
        ("!run", false),
    ] {
        assert_eq!(Expr::parse(text).unwrap().is_constant(), constant, "{text}");
    }
}

#[test]
fn namespaces_parse_as_they_print() {
    for namespace in Namespace::ALL {
        assert_eq!(namespace.to_string().parse(), Ok(namespace));
    }
    let error = "secrets".parse::<Namespace>().unwrap_err();
    assert_eq!(error.to_string(), "unknown namespace `secrets`");
}
