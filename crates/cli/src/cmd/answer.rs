//! `baton answer RUN [STAGE]`: answers what the agent of a stage asks.

use std::io::{BufRead, IsTerminal, Write};
use std::process::ExitCode;

use baton_server::v1::dto::{AnswerRequest, Asked, Execution, Step};
use serde_json::{Map, Value};

use super::{close_after_change, open, path_of};
use crate::args::{Answer, Options};
use crate::client::escape;
use crate::exit::Failure;
use crate::form::Form;
use crate::render::{document, question};
use crate::session::{Need, Session};

/// Columns of a question where it is not part of the live tree.
const WIDTH: usize = 76;

pub(crate) async fn answer(options: &Options, args: &Answer) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Decide).await?;
    let answered = match post(&mut session, args).await {
        Ok(step) => document::answer(options.output, &step, || {
            format!("Answered: {}", step.stage_id)
        }),
        Err(error) => {
            session.close().await;
            return Err(error);
        }
    };
    close_after_change(session, &args.run).await;
    answered?;
    Ok(ExitCode::SUCCESS)
}

async fn post(session: &mut Session, args: &Answer) -> anyhow::Result<Step> {
    let given = given(&args.answers)?;
    let execution: Execution = session.get(&path_of(&args.run)).await?;
    let (stage, answers) = match (args.stage.as_deref(), given.is_empty()) {
        (Some(stage), false) => (stage, given),
        (stage, _) => {
            let (stage, asked) = asking(&execution, stage, &given)?;
            let answers = if given.is_empty() {
                fill_in(&execution, stage, asked)?
            } else {
                given
            };
            (stage, answers)
        }
    };
    let path = format!("{}/steps/{}/answer", path_of(&args.run), escape(stage));
    let request = AnswerRequest {
        answers,
        dispatch: asking_dispatch(&execution, stage),
    };
    session.post(&path, &request).await
}

/// The dispatch of a stage that waits for answers: what it may ask later is
/// not what these answers are about.
fn asking_dispatch(execution: &Execution, stage: &str) -> Option<u32> {
    let mut steps = execution.steps.iter().flatten();
    let step = steps.find(|step| step.stage_id == stage)?;
    (step.status == "waiting_for_input").then_some(step.dispatch)
}

/// Answers from the command line. A name that comes again makes a list.
fn given(pairs: &[String]) -> anyhow::Result<Map<String, Value>> {
    let mut answers = Map::new();
    for pair in pairs {
        let (name, value) = pair
            .split_once('=')
            .map(|(name, value)| (name.trim(), Value::from(value)))
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(|| {
                Failure::usage(format!(
                    "Invalid --answer format `{pair}`: write NAME=VALUE"
                ))
            })?;
        match answers.get_mut(name) {
            None => drop(answers.insert(name.to_owned(), value)),
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Ok(answers)
}

/// The stage that is meant, and what it asks or has asked.
fn asking<'e>(
    execution: &'e Execution,
    stage: Option<&str>,
    given: &Map<String, Value>,
) -> anyhow::Result<(&'e str, &'e Asked)> {
    let steps = execution.steps.iter().flatten();
    let waiting = steps.filter(|step| step.status == "waiting_for_input");
    let asking: Vec<(&str, &Asked)> = waiting
        .filter_map(|step| Some((step.stage_id.as_str(), step.question.as_ref()?)))
        .collect();
    let names = || {
        let names: Vec<&str> = asking.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    };
    match (stage, asking.as_slice()) {
        (None, [only]) => Ok(*only),
        (Some(stage), _) => {
            let found = asking.iter().find(|(name, _)| *name == stage).copied();
            found.ok_or_else(|| not_asking(execution, stage))
        }
        (None, []) => answered(execution, given).ok_or_else(|| nobody_asks(execution)),
        (None, _) => Err(Failure::usage(format!(
            "several stages ask something, name one: {}",
            names()
        ))),
    }
}

/// The one stage that was answered what is given now, if it is one: the same
/// answers again change nothing, and the API says whether they are the same.
fn answered<'e>(
    execution: &'e Execution,
    given: &Map<String, Value>,
) -> Option<(&'e str, &'e Asked)> {
    let is_meant = |asked: &&Asked| {
        let answers = asked.answers.as_ref();
        answers.is_some_and(|answers| {
            answers.len() == given.len() && given.keys().all(|name| answers.contains_key(name))
        })
    };
    let steps = execution.steps.iter().flatten();
    let mut meant = steps.filter_map(|step| {
        let asked = step.question.as_ref().filter(is_meant)?;
        Some((step.stage_id.as_str(), asked))
    });
    let first = meant.next();
    first.filter(|_| meant.next().is_none())
}

fn nobody_asks(execution: &Execution) -> anyhow::Error {
    Failure::of(
        baton_model::ErrorCode::IllegalState,
        format!(
            "no stage of this run waits for an answer; the run is {}",
            execution.status
        ),
    )
}

fn not_asking(execution: &Execution, stage: &str) -> anyhow::Error {
    let mut steps = execution.steps.iter().flatten();
    match steps.find(|step| step.stage_id == stage) {
        Some(step) => Failure::of(
            baton_model::ErrorCode::IllegalState,
            format!(
                "stage `{stage}` is not waiting for input, it is {}",
                step.status
            ),
        ),
        None => Failure::of(
            baton_model::ErrorCode::NotFound,
            format!("the run has no stage `{stage}`"),
        ),
    }
}

/// Asks on a terminal, one question after the other.
fn fill_in(
    execution: &Execution,
    stage: &str,
    asked: &Asked,
) -> anyhow::Result<Map<String, Value>> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(how_to_answer(execution, stage, asked)));
    }
    let mut form = Form::new(asked.questions.clone());
    document::err(&format!("{stage} of {} asks:", execution.workflow_name));
    while let Some(question) = form.current() {
        document::err("");
        for line in question::lines(question, WIDTH) {
            document::err(&line);
        }
        let line = read_line(question::hint(question))?;
        if let Err(mistake) = form.answer(&line) {
            document::err(&mistake);
        }
    }
    Ok(form.into_answers())
}

fn read_line(hint: &str) -> anyhow::Result<String> {
    let mut stderr = std::io::stderr().lock();
    write!(stderr, "({hint}) > ")?;
    stderr.flush()?;
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        return Err(Failure::usage("nothing was answered"));
    }
    Ok(line)
}

/// What is asked, and the command that would answer it.
fn how_to_answer(execution: &Execution, stage: &str, asked: &Asked) -> String {
    let mut text = format!("there is no terminal to ask on, and stage `{stage}` asks:");
    for question in &asked.questions {
        for line in question::lines(question, WIDTH) {
            text.push_str("\n  ");
            text.push_str(&line);
        }
    }
    let examples: Vec<String> = asked.questions.iter().map(question::example).collect();
    let id = crate::render::execution::short(&execution.id);
    text.push_str(&format!(
        "\nanswer with: baton answer {id} {stage} {}",
        examples.join(" ")
    ));
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_that_comes_again_makes_a_list() {
        let pairs = ["a=1", "b=x=y", "c=", "b=z", "b=w"].map(str::to_owned);
        let answers = Value::Object(given(&pairs).unwrap());
        assert_eq!(
            answers,
            json!({ "a": "1", "b": ["x=y", "z", "w"], "c": "" })
        );
        for wrong in ["a", "=a", " =a"] {
            assert!(given(&[wrong.to_owned()]).is_err(), "{wrong:?}");
        }
    }
}
