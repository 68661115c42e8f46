//! What waits for people, as a table with the commands that go on with it.

use baton_server::v1::dto::Page;
use baton_server::v1::dto::projects::InboxItem;

use super::execution::{minute, short, table};
use super::style::{Target, Tone, fit, harmless, paint};

/// Columns of what is asked.
const WORDS_COLUMNS: usize = 60;

/// Everything that waits, the longest waiting first.
pub(crate) fn list(inbox: &Page<InboxItem>) -> String {
    if inbox.items.is_empty() {
        return "Nothing waits for you".to_owned();
    }
    let mut rows = table(&["Run", "Stage", "Waits for", "Since", "Until", "What"]);
    for item in &inbox.items {
        rows.add_row([
            short(&item.execution_id).to_owned(),
            harmless(&item.stage_id),
            wanted(item).to_owned(),
            minute(&item.since),
            item.deadline.as_deref().map_or("-".to_owned(), minute),
            fit(&harmless(&words(item)), WORDS_COLUMNS),
        ]);
    }
    let hint = "go on with: baton inbox approve|reject|answer|send-back RUN STAGE";
    format!("{rows}\n{}", paint(Target::Out, Tone::Dim, hint))
}

fn wanted(item: &InboxItem) -> &'static str {
    if item.question.is_some() {
        "an answer"
    } else {
        "a decision"
    }
}

/// What is said at a gate, or asked; where nothing is, whose it is.
fn words(item: &InboxItem) -> String {
    let questions = item.question.iter().flat_map(|asked| &asked.questions);
    let questions: Vec<&str> = questions
        .map(|question| question.question.as_str())
        .collect();
    match (&item.message, questions.as_slice()) {
        (Some(message), _) => message.clone(),
        (None, []) => item.workflow_name.clone(),
        (None, [only]) => (*only).to_owned(),
        (None, [first, rest @ ..]) => format!("{first} (and {} more)", rest.len()),
    }
}
