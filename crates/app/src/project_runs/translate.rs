//! Names of answers: those that clients of project runs use, and ours.
//!
//! A client names an answer by the header of its question, or by `q` and its
//! place from 0 where it has none. Two questions with one header share an
//! answer there. Ours are the names of [`answer_keys`]; an answer by place
//! keeps its name, for by that the agent of a skill knows it.

use baton_model::question::answer_keys;
use baton_model::{Answers, Question, Value};

/// The name a client gives the answer to a question at a place.
fn client_key(place: usize, question: &Question) -> String {
    match &question.header {
        Some(header) if !header.is_empty() => header.clone(),
        Some(_) | None => format!("q{place}"),
    }
}

/// What a client has answered, under our names. What answers none of the
/// questions stays as it is: the agent is told of it, too.
pub(super) fn from_client(questions: &[Question], given: &Answers) -> Answers {
    let mut rest = given.clone();
    let mut answers = Answers::new();
    for (place, (name, question)) in answer_keys(questions).iter().zip(questions).enumerate() {
        let keys = [client_key(place, question), (*name).to_owned()];
        let Some(key) = keys.iter().find(|key| given.contains_key(*key)) else {
            continue;
        };
        let has_header = question.header.is_some();
        let name = if has_header { *name } else { key.as_str() };
        if let Some(answer) = given.get(key) {
            answers.insert(name.to_owned(), chosen(question, answer));
        }
        rest.remove(key);
    }
    for (name, answer) in rest {
        answers.entry(name).or_insert(answer);
    }
    answers
}

/// Several choices come as one text; where each part is an option, they are a
/// list again.
fn chosen(question: &Question, answer: &Value) -> Value {
    let Some(text) = answer.as_str().filter(|_| question.multi_select) else {
        return answer.clone();
    };
    let is_option = |part: &str| question.options.iter().any(|option| option.label == part);
    if is_option(text) {
        return Value::from(vec![text]);
    }
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if parts.iter().all(|part| is_option(part)) {
        return Value::from(parts);
    }
    answer.clone()
}

/// What was answered, as a client would have said it, whoever did.
pub(super) fn to_client(questions: &[Question], answers: &Answers) -> Answers {
    let names = answer_keys(questions);
    let renamed = answers.iter().map(|(name, answer)| {
        let place = names.iter().position(|known| known == name);
        let question = place.and_then(|place| Some((place, questions.get(place)?)));
        let key = question.map_or_else(
            || name.clone(),
            |(place, question)| client_key(place, question),
        );
        (key, Value::from(joined(answer)))
    });
    renamed.collect()
}

fn joined(answer: &Value) -> String {
    match answer {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().map(joined).collect();
            texts.join(",")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use baton_model::QuestionOption;
    use serde_json::json;

    use super::*;

    fn ask(header: Option<&str>, labels: &[&str], multi_select: bool) -> Question {
        let option = |label: &&str| QuestionOption {
            label: (*label).to_owned(),
            description: String::new(),
        };
        Question {
            question: "What?".to_owned(),
            header: header.map(str::to_owned),
            options: labels.iter().map(option).collect(),
            multi_select,
        }
    }

    fn object(value: Value) -> Answers {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn answers_of_clients_reach_their_questions_and_come_back() {
        let questions = [
            ask(Some("Colour"), &["red", "blue"], false),
            ask(Some("Sizes"), &["S", "M", "L"], true),
            ask(None, &[], false),
        ];
        let given = json!({
            "Colour": "green, really", "Sizes": "S,L", "q2": "so", "_followup": "and more",
        });
        let ours = from_client(&questions, &object(given.clone()));
        let expected = json!({
            "Colour": "green, really", "Sizes": ["S", "L"], "q2": "so",
            "_followup": "and more",
        });
        assert_eq!(Value::Object(ours.clone()), expected);
        assert_eq!(Value::Object(to_client(&questions, &ours)), given);
    }

    #[test]
    fn an_answer_from_elsewhere_is_shown_as_clients_would_name_it() {
        let questions = [ask(None, &["S", "M"], true)];
        let ours = object(json!({ "What?": ["S", "M"] }));
        let shown = to_client(&questions, &ours);
        assert_eq!(Value::Object(shown), json!({ "q0": "S,M" }));
    }

    #[test]
    fn what_answers_nothing_is_kept_and_what_is_left_out_stays_open() {
        let questions = [ask(Some("Colour"), &[], false)];
        for given in [json!({}), json!({ "colour": "red", "q0": "blue" })] {
            let ours = from_client(&questions, &object(given.clone()));
            assert_eq!(Value::Object(ours), given);
        }
    }

    #[test]
    fn questions_that_share_a_header_share_an_answer() {
        let mut questions = [ask(Some("Size"), &[], false), ask(Some("Size"), &[], false)];
        questions[1].question = "And then?".to_owned();
        let ours = from_client(&questions, &object(json!({ "Size": "M" })));
        assert_eq!(
            Value::Object(ours),
            json!({ "What?": "M", "And then?": "M" })
        );
    }
}
