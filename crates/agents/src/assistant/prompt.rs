//! What an agent is told, in words.

use std::fmt::Write;

use baton_model::plan::Speech;
use baton_model::{Answers, Object, Value};

use super::page::Page;
use super::start::Start;
use crate::dispatcher::{AttemptRequest, Handoff, Work};

/// How an agent is to bring its answer.
pub(super) enum AnswerForm<'a> {
    /// The program sees to it by itself.
    BySchema,
    /// It has to be told.
    InWords(&'a Value),
}

/// The prompt of one turn.
pub(super) fn prompt(
    request: &AttemptRequest,
    start: &Start,
    page: Option<&Page>,
    form: &AnswerForm<'_>,
) -> String {
    match request.speech {
        Speech::Skill => of_skill(request, start, form),
        Speech::Bare => request.instructions.clone().unwrap_or_default(),
        Speech::Contract => of_contract(request, start, page, form),
    }
}

/// A skill brings its own words; only answers are added.
fn of_skill(request: &AttemptRequest, start: &Start, form: &AnswerForm<'_>) -> String {
    let mut text = String::new();
    // The first turn of an earlier session is told what to do now.
    if start.is_resume() && (request.turn > 1 || !request.answers.is_empty()) {
        answers(&mut text, &request.answers);
        text.push_str(GO_ON);
    } else {
        text.push_str(request.instructions.as_deref().unwrap_or_default());
        if !request.answers.is_empty() {
            text.push_str("\n\n");
            answers(&mut text, &request.answers);
        }
    }
    if let AnswerForm::InWords(schema) = form {
        in_words(&mut text, schema);
    }
    text
}

const GO_ON: &str = "Go on from where you stopped. If you still cannot do without an answer, ask \
                     again with the status needs_input; otherwise finish the work.\n";

fn of_contract(
    request: &AttemptRequest,
    start: &Start,
    page: Option<&Page>,
    form: &AnswerForm<'_>,
) -> String {
    let mut text = String::new();
    let is_interrupted = matches!(
        start,
        Start::Resume {
            is_interrupted: true,
            ..
        }
    );
    match &request.work {
        Work::Repair { reason } if start.is_resume() => {
            writes(
                &mut text,
                format_args!(
                    "What you brought cannot be taken: {reason}.\nBring the whole result again, mended.\n"
                ),
            );
        }
        Work::Summary if start.is_resume() => summary(&mut text, request),
        Work::Stage if start.is_resume() && !is_interrupted && !request.answers.is_empty() => {
            answers(&mut text, &request.answers);
            text.push_str(GO_ON);
        }
        Work::Stage if start.is_resume() && !is_interrupted => {
            again(&mut text, request);
            task(&mut text, request);
        }
        Work::Stage | Work::Repair { .. } | Work::Summary => {
            if is_interrupted {
                text.push_str(
                    "You were interrupted in the middle of the following work. See how far you \
                     have come, and go on from there.\n\n",
                );
            }
            whole(&mut text, request, page);
        }
    }
    closing(&mut text, request, form);
    text
}

/// Everything, for an agent that knows nothing yet.
fn whole(text: &mut String, request: &AttemptRequest, page: Option<&Page>) {
    if let Some(page) = page.filter(|page| !page.body.is_empty()) {
        writes(text, format_args!("{}\n\n", page.body));
    }
    match &request.work {
        Work::Summary => {
            summary(text, request);
            inputs(text, "What is to be condensed", &request.inputs);
            return;
        }
        Work::Repair { reason } => {
            task(text, request);
            writes(
                text,
                format_args!("\nAn earlier result could not be taken: {reason}.\n"),
            );
        }
        Work::Stage => task(text, request),
    }
    again(text, request);
    if !request.answers.is_empty() {
        text.push('\n');
        answers(text, &request.answers);
    }
}

fn task(text: &mut String, request: &AttemptRequest) {
    if let Some(instructions) = &request.instructions {
        writes(text, format_args!("{}\n", instructions.trim_end()));
    }
    inputs(text, "Inputs", &request.inputs);
    for handoff in &request.handoffs {
        hand_over(text, handoff);
    }
    let named = request
        .tools
        .iter()
        .filter(|tool| !tool.starts_with("mcp:"));
    let named: Vec<&str> = named.map(String::as_str).collect();
    if !named.is_empty() {
        writes(
            text,
            format_args!("\nUse these where they help: {}.\n", named.join(", ")),
        );
    }
}

fn summary(text: &mut String, request: &AttemptRequest) {
    let words = request.instructions.as_deref().unwrap_or_default();
    writes(text, format_args!("{}\n", words.trim_end()));
}

/// What a person wants to be different.
fn again(text: &mut String, request: &AttemptRequest) {
    let Some(feedback) = &request.feedback else {
        return;
    };
    text.push_str("\nThis has been done before and is to be done again.\n");
    if let Some(words) = &feedback.text {
        writes(text, format_args!("What should be different: {words}\n"));
    }
    inputs(text, "What was brought the last time", &feedback.outputs);
}

fn inputs(text: &mut String, title: &str, values: &Object) {
    if values.is_empty() {
        return;
    }
    writes(text, format_args!("\n## {title}\n"));
    for (name, value) in values {
        match value {
            Value::String(words) if words.contains('\n') => {
                let fence = fence_around(words);
                writes(text, format_args!("\n{name}:\n{fence}\n{words}\n{fence}\n"));
            }
            Value::String(words) => writes(text, format_args!("\n{name}: {words}\n")),
            other => writes(text, format_args!("\n{name}: {other}\n")),
        }
    }
}

/// Marks that do not occur inside, so that a text cannot end its own quotation.
fn fence_around(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    "`".repeat((longest + 1).max(3))
}

fn hand_over(text: &mut String, handoff: &Handoff) {
    writes(
        text,
        format_args!("\n## From the stage {}\n", handoff.stage),
    );
    let parts = [handoff.summary.as_deref(), handoff.run_log.as_deref()];
    match &handoff.content {
        Value::String(words) => writes(text, format_args!("\n{words}\n")),
        other => writes(text, format_args!("\n{other}\n")),
    }
    for (title, part) in ["Summary", "Log"].iter().zip(parts) {
        if let Some(part) = part {
            writes(text, format_args!("\n{title}:\n{part}\n"));
        }
    }
}

/// One line for each answer; all of them, since a session may have been
/// compacted since the first.
fn answers(text: &mut String, answers: &Answers) {
    text.push_str("The questions were answered:\n\n");
    for (name, answer) in answers {
        let words = match answer {
            Value::String(words) => words.clone(),
            Value::Array(items) => {
                let words = items.iter().map(|item| match item {
                    Value::String(words) => words.clone(),
                    other => other.to_string(),
                });
                words.collect::<Vec<_>>().join(",")
            }
            other => other.to_string(),
        };
        writes(text, format_args!("- {name}: {words}\n"));
    }
    text.push('\n');
}

/// How the turn is to end.
fn closing(text: &mut String, request: &AttemptRequest, form: &AnswerForm<'_>) {
    text.push_str(
        "\n---\nNobody watches this session and nobody can type into it. End your turn with a \
         structured answer: `status` is `completed` when the work is done",
    );
    if !request.outputs.is_empty() {
        text.push_str(" and `outputs` then holds the results");
    }
    text.push_str(
        "; it is `needs_input` when you cannot go on without a person, with what you need to \
         know in `questions` (a `header` of at most 12 characters, and `options` with a label \
         and a description where there is a choice); it is `error` when the work cannot be \
         done, with the reason in `message`. Do not guess what only a person can decide.\n",
    );
    if let AnswerForm::InWords(schema) = form {
        in_words(text, schema);
    }
}

fn in_words(text: &mut String, schema: &Value) {
    writes(
        text,
        format_args!(
            "\nThe last thing you say must be this answer as one JSON object and nothing else, \
             with this JSON Schema:\n\n{schema}\n"
        ),
    );
}

fn writes(text: &mut String, words: std::fmt::Arguments<'_>) {
    text.write_fmt(words).expect("a text takes everything");
}

#[cfg(test)]
mod tests {
    use baton_model::StageId;
    use baton_model::plan::HandoffFormat;
    use serde_json::json;

    use super::*;
    use crate::dispatcher::Feedback;
    use crate::testing;

    const NEW: Start = Start::New { session: None };

    fn resume(is_interrupted: bool) -> Start {
        Start::Resume {
            session: "s-1".to_owned(),
            is_interrupted,
            fork: None,
        }
    }

    fn request() -> AttemptRequest {
        let mut request = testing::request();
        request.instructions = Some("Paint the door.".to_owned());
        request.inputs = Object::from_iter([
            ("door".to_owned(), json!("front")),
            ("text".to_owned(), json!("a\n````\nb")),
            ("n".to_owned(), json!(3)),
        ]);
        request
    }

    fn told(request: &AttemptRequest, start: &Start) -> String {
        prompt(request, start, None, &AnswerForm::BySchema)
    }

    #[test]
    fn a_new_session_is_told_everything() {
        let mut request = request();
        request.handoffs = vec![Handoff {
            stage: StageId::new("measure").unwrap(),
            format: HandoffFormat::Markdown,
            content: json!("90 x 200"),
            summary: Some("a door".to_owned()),
            run_log: None,
        }];
        let page = Page {
            body: "You are a painter.".to_owned(),
            ..Page::default()
        };
        let text = prompt(&request, &NEW, Some(&page), &AnswerForm::BySchema);
        assert!(
            text.starts_with("You are a painter.\n\nPaint the door.\n"),
            "{text}"
        );
        for part in [
            "door: front",
            "`````\na\n````\nb\n`````",
            "n: 3",
            "90 x 200",
            "a door",
        ] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
        assert!(!text.contains("JSON Schema"));
        let schema = json!({"type": "object"});
        let text = prompt(&request, &NEW, None, &AnswerForm::InWords(&schema));
        assert!(text.ends_with("{\"type\":\"object\"}\n"));
    }

    #[test]
    fn a_session_that_goes_on_is_told_what_is_new() {
        let mut request = request();
        request.answers = Object::from_iter([
            ("Colour".to_owned(), json!("red")),
            ("Tools".to_owned(), json!(["brush", "tape"])),
        ]);
        let text = told(&request, &resume(false));
        assert!(
            text.contains("- Colour: red\n- Tools: brush,tape\n"),
            "{text}"
        );
        assert!(!text.contains("Paint the door"));
        let text = told(&request, &NEW);
        assert!(text.contains("Paint the door") && text.contains("- Colour: red"));
        let text = told(&request, &resume(true));
        assert!(text.starts_with("You were interrupted") && text.contains("- Colour: red"));
    }

    #[test]
    fn repairs_summaries_and_reworks_say_what_they_are() {
        let mut request = request();
        request.work = Work::Repair {
            reason: "output `a` is missing".to_owned(),
        };
        let text = told(&request, &resume(false));
        assert!(text.contains("output `a` is missing") && !text.contains("Paint"));
        request.work = Work::Summary;
        request.instructions = Some("In one line.".to_owned());
        assert!(told(&request, &resume(false)).starts_with("In one line.\n"));
        request.work = Work::Stage;
        request.feedback = Some(Feedback {
            text: Some("bluer".to_owned()),
            outputs: Object::from_iter([("picture".to_owned(), json!("red"))]),
        });
        for start in [NEW, resume(false)] {
            let text = told(&request, &start);
            assert!(
                text.contains("bluer") && text.contains("picture: red"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_skill_is_told_in_its_own_words_and_nothing_else() {
        let mut request = request();
        request.speech = Speech::Skill;
        request.instructions = Some("the skill".to_owned());
        assert_eq!(told(&request, &NEW), "the skill");
        request.answers = Object::from_iter([("q0".to_owned(), json!("yes"))]);
        let text = told(&request, &resume(false));
        assert!(text.contains("- q0: yes\n") && !text.contains("the skill"));
    }
}
