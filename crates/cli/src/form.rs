//! Questions answered one after the other, each with a line of text.

use baton_server::v1::dto::Question;
use serde_json::{Map, Value};

/// Questions, and the answers until now.
pub(crate) struct Form {
    questions: Vec<Question>,
    answers: Map<String, Value>,
}

impl Form {
    pub(crate) fn new(questions: Vec<Question>) -> Self {
        Self {
            questions,
            answers: Map::new(),
        }
    }

    /// The first question that has no answer yet.
    pub(crate) fn current(&self) -> Option<&Question> {
        self.questions.get(self.answers.len())
    }

    /// Which question that is, and of how many.
    pub(crate) fn place(&self) -> (usize, usize) {
        (self.answers.len() + 1, self.questions.len())
    }

    /// Takes a line as the answer to that question, or says what is wrong
    /// with it.
    pub(crate) fn answer(&mut self, line: &str) -> Result<(), String> {
        let Some(question) = self.current() else {
            return Ok(());
        };
        let answer = read(question, line)?;
        self.answers.insert(question.name.clone(), answer);
        Ok(())
    }

    /// What was answered, by the questions' names.
    pub(crate) fn into_answers(self) -> Map<String, Value> {
        self.answers
    }
}

fn read(question: &Question, line: &str) -> Result<Value, String> {
    let line = line.trim();
    if line.is_empty() {
        return Err("an answer is needed".to_owned());
    }
    if question.options.is_empty() {
        return Ok(Value::from(line));
    }
    if !question.multi_select {
        return option(question, line);
    }
    let parts = line.split([',', ' ']).filter(|part| !part.is_empty());
    let mut chosen: Vec<Value> = Vec::new();
    // A label may hold spaces and commas itself.
    let options = option(question, line).map(|one| vec![one]);
    for one in options.or_else(|_| {
        parts
            .map(|part| option(question, part))
            .collect::<Result<_, _>>()
    })? {
        if !chosen.contains(&one) {
            chosen.push(one);
        }
    }
    Ok(Value::Array(chosen))
}

/// The option that a number or a label names.
fn option(question: &Question, text: &str) -> Result<Value, String> {
    let by_number = text.parse::<usize>().ok();
    let place = by_number.and_then(|number| number.checked_sub(1));
    let labels = || question.options.iter().map(|option| &option.label);
    let found = place
        .and_then(|place| labels().nth(place))
        .or_else(|| labels().find(|label| label.to_lowercase() == text.to_lowercase()));
    found
        .map(|label| Value::from(label.as_str()))
        .ok_or_else(|| {
            let n_options = question.options.len();
            format!("`{text}` is none of the options: choose 1 to {n_options}")
        })
}

#[cfg(test)]
pub(crate) mod tests {
    use baton_server::v1::dto::QuestionOption;
    use serde_json::json;

    use super::*;

    /// A question of which one option is chosen, if it has any.
    pub(crate) fn question(name: &str, labels: &[&str]) -> Question {
        let option = |label: &&str| QuestionOption {
            label: (*label).to_owned(),
            description: String::new(),
        };
        Question {
            name: name.to_owned(),
            question: format!("{name}?"),
            header: None,
            options: labels.iter().map(option).collect(),
            multi_select: false,
        }
    }

    #[test]
    fn lines_become_answers() {
        let one = question("one", &["red", "dark blue"]);
        let many = Question {
            multi_select: true,
            ..question("many", &["S", "M", "L or so"])
        };
        let any = question("any", &[]);
        let rows = [
            (&one, "2", json!("dark blue")),
            (&one, " RED ", json!("red")),
            (&many, "3,1", json!(["L or so", "S"])),
            (&many, "2 2", json!(["M"])),
            (&many, "l or so", json!(["L or so"])),
            (&any, " 2 of them ", json!("2 of them")),
        ];
        for (question, line, answer) in rows {
            assert_eq!(read(question, line), Ok(answer), "{line:?}");
        }
        for (question, line) in [(&one, "0"), (&one, "3"), (&many, "1,x"), (&any, " ")] {
            assert!(read(question, line).is_err(), "{line:?}");
        }
    }

    #[test]
    fn a_wrong_line_does_not_go_on_to_the_next_question() {
        let mut form = Form::new(vec![question("a", &["x"]), question("b", &[])]);
        assert!(form.answer("nothing").is_err());
        assert_eq!(form.place(), (1, 2));
        form.answer("1").unwrap();
        assert_eq!(form.current().unwrap().name, "b");
        form.answer("so").unwrap();
        assert!(form.current().is_none());
        assert_eq!(
            Value::Object(form.into_answers()),
            json!({ "a": "x", "b": "so" })
        );
    }
}
