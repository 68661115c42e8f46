//! What an agent, or Baton itself, asks a person in the middle of a stage.

use serde::{Deserialize, Serialize};

use crate::Object;

/// One question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What is asked.
    pub question: String,
    /// A word or two that stands for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// Answers to choose from; empty: any text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<QuestionOption>,
    /// Whether several of the options may be chosen.
    #[serde(
        default,
        alias = "multiSelect",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub multi_select: bool,
}

/// An answer to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionOption {
    /// The answer itself.
    pub label: String,
    /// What it means.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// The names answers are given under: the header of each question, or its
/// text where it has no header or another question has the same.
pub fn answer_keys(questions: &[Question]) -> Vec<&str> {
    questions
        .iter()
        .map(|question| match &question.header {
            Some(header) if is_only(questions, header) => header.as_str(),
            Some(_) | None => question.question.as_str(),
        })
        .collect()
}

fn is_only(questions: &[Question], header: &str) -> bool {
    let same = questions
        .iter()
        .filter(|question| question.header.as_deref() == Some(header));
    same.count() == 1
}

/// Who asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asker {
    /// The agent; its session goes on with the answers.
    #[default]
    Agent,
    /// Baton: the server stopped during the attempt, and `on_crash` says `ask`.
    Crash,
}

/// Answers by their names (see [`answer_keys`]): a text, or a list of texts
/// where several options were chosen.
pub type Answers = Object;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_names_an_answer_unless_two_questions_share_it() {
        let ask = |question: &str, header: Option<&str>| Question {
            question: question.to_owned(),
            header: header.map(str::to_owned),
            ..Question::default()
        };
        let questions = [
            ask("Which colour?", Some("Colour")),
            ask("How big?", Some("Size")),
            ask("How heavy?", Some("Size")),
            ask("Anything else?", None),
        ];
        let keys = ["Colour", "How big?", "How heavy?", "Anything else?"];
        assert_eq!(answer_keys(&questions), keys);
    }
}
