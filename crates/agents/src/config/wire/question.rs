//! The setting `questions` of simulated agents.

use baton_model::{Question, QuestionOption};
use serde::Deserialize;
use toml::Spanned;

use super::UnplacedMistake;
use crate::inquiry;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuestionTable {
    question: String,
    header: Option<String>,
    #[serde(default)]
    options: Vec<OptionTable>,
    #[serde(default)]
    multi_select: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionTable {
    label: String,
    #[serde(default)]
    description: String,
}

/// Checks questions as those of a real agent are checked. An empty list asks
/// nothing.
pub(super) fn questions(
    tables: Spanned<Vec<QuestionTable>>,
) -> Result<Vec<Question>, UnplacedMistake> {
    let span = tables.span();
    let questions: Vec<_> = tables.into_inner().into_iter().map(question).collect();
    if questions.is_empty() {
        return Ok(questions);
    }
    match inquiry::check(&questions) {
        Ok(()) => Ok(questions),
        Err(mistake) => Err(UnplacedMistake::new(span, format!("`questions` {mistake}"))),
    }
}

fn question(table: QuestionTable) -> Question {
    let option = |option: OptionTable| QuestionOption {
        label: option.label,
        description: option.description,
    };
    Question {
        question: table.question,
        header: table.header,
        options: table.options.into_iter().map(option).collect(),
        multi_select: table.multi_select,
    }
}
