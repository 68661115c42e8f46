//! What the agent of a stage asks, with the answers there are to choose from.

use baton_server::v1::dto::Question;

use super::style::{fit, harmless};

/// The question in lines of a width.
pub(crate) fn lines(question: &Question, width: usize) -> Vec<String> {
    let asked = harmless(&question.question);
    let text = match &question.header {
        Some(header) if *header != question.question => format!("{}: {asked}", harmless(header)),
        Some(_) | None => asked,
    };
    let mut lines: Vec<String> = textwrap::wrap(&text, width.max(20))
        .into_iter()
        .map(std::borrow::Cow::into_owned)
        .collect();
    let labels = question
        .options
        .iter()
        .map(|option| harmless(&option.label));
    let widest = labels.map(|label| label.chars().count()).max().unwrap_or(0);
    for (place, option) in question.options.iter().enumerate() {
        let (label, words) = (harmless(&option.label), harmless(&option.description));
        let line = format!("{:>3}  {label:widest$}  {words}", place + 1);
        lines.push(fit(line.trim_end(), width.max(20)));
    }
    lines
}

/// How it may be answered.
pub(crate) fn hint(question: &Question) -> &'static str {
    match (question.options.is_empty(), question.multi_select) {
        (true, _) => "an answer in your words",
        (false, false) => "a number",
        (false, true) => "one or more numbers, such as 1,3",
    }
}

/// An argument that answers it.
pub(crate) fn example(question: &Question) -> String {
    let value = question
        .options
        .first()
        .map_or("…", |option| option.label.as_str());
    let argument = format!("{}={value}", question.name);
    let is_plain = |letter: char| letter.is_alphanumeric() || "=-_.…".contains(letter);
    if argument.chars().all(is_plain) {
        format!("--answer {argument}")
    } else {
        format!("--answer '{}'", argument.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use baton_server::v1::dto::QuestionOption;

    use super::*;

    #[test]
    fn options_are_numbered_and_an_example_fits_a_shell() {
        let option = |label: &str, description: &str| QuestionOption {
            label: label.to_owned(),
            description: description.to_owned(),
        };
        let question = Question {
            name: "Whose?".to_owned(),
            question: "Whose colour is it?".to_owned(),
            header: None,
            options: vec![option("Anna's", ""), option("mine", "of course")],
            multi_select: false,
        };
        let expected = [
            "Whose colour is it?",
            "  1  Anna's",
            "  2  mine    of course",
        ];
        assert_eq!(lines(&question, 40), expected);
        assert_eq!(example(&question), r"--answer 'Whose?=Anna'\''s'");
    }
}
