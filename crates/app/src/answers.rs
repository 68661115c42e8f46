//! Answers to what the agent of a stage asks: compared with the questions,
//! and given to the run.

use baton_model::question::answer_keys;
use baton_model::{
    Answers, Asker, Command, ErrorCode, Question, RunId, StageId, StepStatus, Value,
};
use baton_store::StepRow;
use serde::Deserialize;

use crate::suggest::did_you_mean;
use crate::{App, AppError, Caller};

/// What a stage asks or has asked, and what was answered.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Asked {
    /// Who asks.
    pub asker: Asker,
    /// What is asked.
    pub questions: Vec<Question>,
    /// When nobody needs to answer any more.
    pub deadline: Option<String>,
    /// What was answered.
    pub answers: Option<Answers>,
    /// Who answered.
    pub answered_by: Option<String>,
}

impl Asked {
    /// What the agent of a step asks or has asked.
    pub fn of(step: &StepRow) -> Result<Option<Self>, AppError> {
        let stored = step.progress.question.as_deref();
        stored
            .map(serde_json::from_str)
            .transpose()
            .map_err(AppError::internal)
    }
}

impl App {
    /// Answers everything a stage asks. The same answers again change nothing.
    /// Without `dispatch`, the answers are to whichever dispatch asks while
    /// they are compared with its questions; answers to another are refused.
    pub async fn answer_stage(
        &self,
        caller: &Caller,
        run: RunId,
        stage: &str,
        (dispatch, answers): (Option<u32>, Answers),
    ) -> Result<StageId, AppError> {
        let step = self.step(run, stage).await?;
        let is_asking = step.progress.status == StepStatus::WaitingForInput;
        let dispatch = dispatch.or(is_asking.then_some(step.progress.dispatch));
        // What it asks now is not what an answer to another dispatch is about.
        let is_meant = dispatch == Some(step.progress.dispatch) || !is_asking;
        let answers = match Asked::of(&step)?.filter(|_| is_meant) {
            Some(asked) => match matched(&asked.questions, &answers) {
                Ok(matched) => matched,
                Err(mistakes) if is_asking => {
                    return Err(not_fitting(&step.stage, &mistakes));
                }
                // The engine says what has become of the questions.
                Err(_) => answers,
            },
            None => answers,
        };
        let by = caller.name.clone();
        let stage = step.stage;
        let command = Command::AnswerStage {
            stage: stage.clone(),
            dispatch,
            answers,
            by,
        };
        self.runtime.command(run, command).await?;
        tracing::info!(%run, %stage, caller = %caller.name, "stage answered");
        Ok(stage)
    }
}

fn not_fitting(stage: &StageId, mistakes: &[String]) -> AppError {
    let message = match mistakes {
        [mistake] => format!("stage `{stage}`: {mistake}"),
        _ => format!(
            "stage `{stage}`: {} mistakes\n  {}",
            mistakes.len(),
            mistakes.join("\n  ")
        ),
    };
    AppError::new(ErrorCode::InvalidAnswers, message)
}

/// The answers as the questions want them, or everything that is wrong.
fn matched(questions: &[Question], answers: &Answers) -> Result<Answers, Vec<String>> {
    let keys = answer_keys(questions);
    let mut mistakes = Vec::new();
    for name in answers.keys().filter(|name| !keys.contains(&name.as_str())) {
        let help = did_you_mean(name, keys.iter().copied());
        mistakes.push(format!("nothing is asked under the name `{name}`; {help}"));
    }
    let mut matched = Answers::new();
    for (key, question) in keys.iter().zip(questions) {
        let answer = answers
            .get(*key)
            .ok_or_else(|| format!("there is no answer to `{key}`"))
            .and_then(|answer| matched_one(key, question, answer));
        match answer {
            Ok(answer) => drop(matched.insert((*key).to_owned(), answer)),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if mistakes.is_empty() {
        Ok(matched)
    } else {
        Err(mistakes)
    }
}

/// A text, or a list of texts where several options may be chosen.
fn matched_one(key: &str, question: &Question, answer: &Value) -> Result<Value, String> {
    match answer {
        Value::String(text) if question.multi_select => {
            Ok(Value::Array(vec![chosen(key, question, text)?]))
        }
        Value::String(text) => chosen(key, question, text),
        Value::Array(texts) if question.multi_select => {
            if texts.is_empty() {
                return Err(format!("there is no answer to `{key}`"));
            }
            let each = texts.iter().map(|text| match text {
                Value::String(text) => chosen(key, question, text),
                other => Err(format!("an answer to `{key}` is no text: {other}")),
            });
            Ok(Value::Array(each.collect::<Result<_, _>>()?))
        }
        Value::Array(_) => Err(format!("`{key}` takes one answer, not a list")),
        other => Err(format!("the answer to `{key}` is no text: {other}")),
    }
}

/// The option that a text names, however it is capitalised, or the text itself
/// where any will do.
fn chosen(key: &str, question: &Question, text: &str) -> Result<Value, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("the answer to `{key}` is empty"));
    }
    if question.options.is_empty() {
        return Ok(Value::from(text));
    }
    let labels = || question.options.iter().map(|option| option.label.as_str());
    let wanted = text.to_lowercase();
    let found = labels()
        .find(|label| *label == text)
        .or_else(|| labels().find(|label| label.to_lowercase() == wanted));
    found.map(Value::from).ok_or_else(|| {
        let help = did_you_mean(text, labels());
        format!("`{text}` is none of the options of `{key}`; {help}")
    })
}

#[cfg(test)]
mod tests {
    use baton_model::QuestionOption;
    use serde_json::json;

    use super::*;

    fn question(header: &str, options: &[&str], multi_select: bool) -> Question {
        let option = |label: &&str| QuestionOption {
            label: (*label).to_owned(),
            description: String::new(),
        };
        Question {
            question: format!("{header}?"),
            header: Some(header.to_owned()),
            options: options.iter().map(option).collect(),
            multi_select,
        }
    }

    #[track_caller]
    fn answered(answers: Value) -> Result<Value, Vec<String>> {
        let questions = [
            question("Colour", &["red", "dark blue"], false),
            question("Sizes", &["S", "M", "L"], true),
            question("Why", &[], false),
        ];
        let Value::Object(answers) = answers else {
            panic!("answers are an object");
        };
        matched(&questions, &answers).map(Value::Object)
    }

    #[test]
    fn answers_become_what_the_questions_want() {
        let given = json!({ "Colour": "Dark Blue", "Sizes": "m", "Why": " so " });
        let wanted = json!({ "Colour": "dark blue", "Sizes": ["M"], "Why": "so" });
        assert_eq!(answered(given), Ok(wanted));
        let given = json!({ "Colour": "red", "Sizes": ["L", "S"], "Why": "so" });
        assert_eq!(answered(given.clone()), Ok(given));
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let mistakes = answered(json!({ "Color": "red", "Sizes": ["M", "XXL", 1], "Why": "" }));
        let expected = [
            "nothing is asked under the name `Color`; did you mean `Colour`?",
            "there is no answer to `Colour`",
            "`XXL` is none of the options of `Sizes`; there is `S`, `M`, `L`",
            "the answer to `Why` is empty",
        ];
        assert_eq!(mistakes.unwrap_err(), expected);
        let mistakes = answered(json!({ "Colour": ["red"], "Sizes": [], "Why": 3 }));
        let expected = [
            "`Colour` takes one answer, not a list",
            "there is no answer to `Sizes`",
            "the answer to `Why` is no text: 3",
        ];
        assert_eq!(mistakes.unwrap_err(), expected);
    }
}
