//! What an agent may ask at once, whichever adapter it is called by: enough
//! for a person to answer, and bounded, for every word of it is stored.

use baton_model::question::answer_keys;
use baton_model::{Question, QuestionOption};

const QUESTIONS_MAX: usize = 16;
const OPTIONS_MAX: usize = 32;
const QUESTION_BYTES_MAX: usize = 8 * 1024;
const HEADER_BYTES_MAX: usize = 256;
const LABEL_BYTES_MAX: usize = 1024;
const DESCRIPTION_BYTES_MAX: usize = 4 * 1024;

/// Why questions cannot be put to a person, as the end of a sentence that
/// begins with where they stand.
pub(crate) fn check(questions: &[Question]) -> Result<(), String> {
    if questions.is_empty() {
        return Err("holds no question".to_owned());
    }
    if questions.len() > QUESTIONS_MAX {
        return Err(format!("holds more than {QUESTIONS_MAX} questions"));
    }
    for (index, question) in questions.iter().enumerate() {
        check_question(question)
            .map_err(|mistake| format!("has a mistake in question {}: {mistake}", index + 1))?;
    }
    let mut names = answer_keys(questions);
    names.sort_unstable();
    match names.windows(2).find(|pair| pair.first() == pair.last()) {
        Some(pair) => Err(format!(
            "holds two questions whose answers would both be called {:?}",
            pair.first().copied().unwrap_or_default()
        )),
        None => Ok(()),
    }
}

fn check_question(question: &Question) -> Result<(), String> {
    check_text("question", &question.question, QUESTION_BYTES_MAX)?;
    if let Some(header) = &question.header {
        check_text("header", header, HEADER_BYTES_MAX)?;
    }
    if question.options.len() > OPTIONS_MAX {
        return Err(format!("it has more than {OPTIONS_MAX} options"));
    }
    for option in &question.options {
        check_option(option)?;
    }
    Ok(())
}

fn check_option(option: &QuestionOption) -> Result<(), String> {
    check_text("label", &option.label, LABEL_BYTES_MAX)?;
    if option.description.len() > DESCRIPTION_BYTES_MAX {
        return Err(too_long("description", DESCRIPTION_BYTES_MAX));
    }
    Ok(())
}

fn check_text(what: &str, text: &str, bytes_max: usize) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err(format!("its `{what}` is empty"));
    }
    if text.len() > bytes_max {
        return Err(too_long(what, bytes_max));
    }
    Ok(())
}

fn too_long(what: &str, bytes_max: usize) -> String {
    format!("its `{what}` is longer than {bytes_max} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(question: &str) -> Question {
        Question {
            question: question.to_owned(),
            ..Question::default()
        }
    }

    fn choose(labels: usize, label: &str) -> Question {
        Question {
            options: vec![
                QuestionOption {
                    label: label.to_owned(),
                    description: String::new(),
                };
                labels
            ],
            ..ask("Which?")
        }
    }

    #[test]
    fn questions_are_bounded_in_every_direction() {
        let numbered = |count: usize| (0..count).map(|it| ask(&it.to_string())).collect();
        let mut described = choose(1, "red");
        described.options[0].description = "x".repeat(DESCRIPTION_BYTES_MAX + 1);
        let mut headed = ask("Which?");
        headed.header = Some("x".repeat(HEADER_BYTES_MAX + 1));
        let rows: [(Vec<Question>, Option<&str>); 12] = [
            (numbered(1), None),
            (numbered(QUESTIONS_MAX), None),
            (vec![choose(OPTIONS_MAX, "red")], None),
            (vec![], Some("holds no question")),
            (numbered(17), Some("holds more than 16 questions")),
            (
                vec![ask("ok?"), ask(" \n")],
                Some("has a mistake in question 2: its `question` is empty"),
            ),
            (
                vec![ask(&"x".repeat(QUESTION_BYTES_MAX + 1))],
                Some("has a mistake in question 1: its `question` is longer than 8192 bytes"),
            ),
            (
                vec![headed],
                Some("has a mistake in question 1: its `header` is longer than 256 bytes"),
            ),
            (
                vec![choose(33, "red")],
                Some("has a mistake in question 1: it has more than 32 options"),
            ),
            (
                vec![choose(1, "")],
                Some("has a mistake in question 1: its `label` is empty"),
            ),
            (
                vec![described],
                Some("has a mistake in question 1: its `description` is longer than 4096 bytes"),
            ),
            (
                vec![ask("a"), ask("b"), ask("a")],
                Some("holds two questions whose answers would both be called \"a\""),
            ),
        ];
        for (questions, expected) in rows {
            let mistake = check(&questions).err();
            assert_eq!(mistake.as_deref(), expected, "{questions:?}");
        }
    }
}
