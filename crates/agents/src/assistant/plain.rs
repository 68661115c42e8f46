//! Programs whose output is simple: Gemini CLI's one document, opencode's few
//! events, and plain text.

use baton_model::{FailureLabel, Usage, Value};

use super::reader::{Answer, Document, End, Heard, Reader, number_of, one_line, refusal, text_of};

/// Reads the one document of Gemini CLI.
#[derive(Debug, Default)]
pub(super) struct GeminiReader {
    heard: Heard,
    document: Document,
}

impl Reader for GeminiReader {
    fn line(&mut self, line: &[u8]) -> Vec<String> {
        self.document.push(line);
        // The document is the answer, not a log.
        self.heard.note_formless(line);
        Vec::new()
    }

    fn missed(&mut self) {
        self.document.miss();
    }

    fn has_answered(&self) -> bool {
        false
    }

    fn finish(mut self: Box<Self>) -> Heard {
        self.heard.is_cut = self.document.is_cut();
        let Some(document) = self.document.json() else {
            return self.heard;
        };
        if let Some(error) = document.get("error").filter(|error| !error.is_null()) {
            let words = text_of(error, "message").unwrap_or("it failed");
            self.heard.has_form = true;
            self.heard.end = Some(End::Failed(refusal(number_of(error, "code"), words)));
        } else if let Some(response) = text_of(&document, "response") {
            self.heard.has_form = true;
            self.heard.usage = gemini_usage(&document);
            self.heard.end = Some(End::Answered(Answer {
                text: response.to_owned(),
                ..Answer::default()
            }));
        }
        self.heard
    }
}

fn gemini_usage(document: &Value) -> Usage {
    let models = document
        .get("stats")
        .and_then(|stats| stats.get("models")?.as_object());
    let tokens = models
        .into_iter()
        .flat_map(|models| models.values())
        .filter_map(|model| model.get("tokens"));
    tokens.fold(Usage::default(), |sum, tokens| {
        let of = |name: &str| number_of(tokens, name).unwrap_or_default();
        let cached = of("cached");
        sum.plus(&Usage {
            input_tokens: of("prompt").saturating_sub(cached),
            output_tokens: of("candidates") + of("thoughts"),
            cache_read_tokens: cached,
            ..Usage::default()
        })
    })
}

/// Reads the events of opencode.
#[derive(Debug, Default)]
pub(super) struct OpencodeReader {
    heard: Heard,
    text: String,
}

impl Reader for OpencodeReader {
    fn line(&mut self, line: &[u8]) -> Vec<String> {
        match serde_json::from_slice::<Value>(line) {
            Ok(event) if event.get("type").is_some() => self.event(&event).into_iter().collect(),
            Ok(_) | Err(_) => self.heard.note_formless(line).into_iter().collect(),
        }
    }

    // It says after each step that the step is over, and never that all is.
    fn has_answered(&self) -> bool {
        false
    }

    fn finish(mut self: Box<Self>) -> Heard {
        if self.heard.end.is_none() && !self.text.is_empty() {
            self.heard.end = Some(End::Answered(Answer {
                text: std::mem::take(&mut self.text),
                ..Answer::default()
            }));
        }
        self.heard
    }
}

impl OpencodeReader {
    fn event(&mut self, event: &Value) -> Option<String> {
        self.heard.has_form = true;
        self.heard.note_session(text_of(event, "sessionID"));
        let part = event.get("part").unwrap_or(event);
        match text_of(event, "type")? {
            // What is said after the last step is the answer.
            "step_start" => {
                self.text.clear();
                None
            }
            "text" => {
                let text = text_of(part, "text")?;
                self.text.push_str(text);
                Some(one_line(text))
            }
            "tool_use" => Some(format!("[{}]", text_of(part, "tool").unwrap_or("a tool"))),
            "step_finish" => {
                self.heard.usage = self.heard.usage.plus(&step_usage(part));
                None
            }
            "error" => {
                let words = event.get("error").map(|error| {
                    text_of(error, "message").map_or_else(|| error.to_string(), str::to_owned)
                });
                let failure = refusal(None, words.as_deref().unwrap_or("it failed"));
                self.heard.end = Some(End::Failed(failure));
                None
            }
            _ => None,
        }
    }
}

fn step_usage(part: &Value) -> Usage {
    let Some(tokens) = part.get("tokens") else {
        return Usage::default();
    };
    let of = |value: &Value, name: &str| number_of(value, name).unwrap_or_default();
    let cache = tokens.get("cache").unwrap_or(&Value::Null);
    let cost = part.get("cost").and_then(Value::as_f64);
    Usage {
        input_tokens: of(tokens, "input"),
        output_tokens: of(tokens, "output") + of(tokens, "reasoning"),
        cache_read_tokens: of(cache, "read"),
        cache_write_tokens: of(cache, "write"),
        cost_micros: cost.and_then(super::reader::micros),
    }
}

/// Takes all that is printed for the answer.
#[derive(Debug, Default)]
pub(super) struct TextReader {
    document: Document,
}

impl Reader for TextReader {
    fn line(&mut self, line: &[u8]) -> Vec<String> {
        self.document.push(line);
        let line = String::from_utf8_lossy(line).trim_end().to_owned();
        Some(line)
            .filter(|line| !line.is_empty())
            .into_iter()
            .collect()
    }

    fn missed(&mut self) {
        self.document.miss();
    }

    fn has_answered(&self) -> bool {
        false
    }

    fn finish(self: Box<Self>) -> Heard {
        let text = self.document.text();
        let mut heard = Heard {
            has_form: !text.is_empty(),
            is_cut: self.document.is_cut(),
            ..Heard::default()
        };
        if !text.is_empty() && !heard.is_cut {
            heard.end = Some(End::Answered(Answer {
                text,
                ..Answer::default()
            }));
        }
        heard
    }
}

/// What an exit code means to a program that gives them a meaning.
pub(super) fn label_of_exit(name: &str, code: i32) -> Option<FailureLabel> {
    match (name, code) {
        ("gemini", 41) => Some(FailureLabel::AUTH_FAILURE),
        ("gemini", 53) => Some(FailureLabel::LIMIT),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read<R: Reader + Default + 'static>(text: &str) -> Heard {
        let mut reader = R::default();
        for line in text.lines() {
            reader.line(line.as_bytes());
        }
        Box::new(reader).finish()
    }

    fn answer(heard: &Heard) -> &str {
        match &heard.end {
            Some(End::Answered(answer)) => &answer.text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn gemini_answers_with_one_document() {
        let document = json!({"response": "done", "stats": {"models": {"m": {"tokens":
            {"prompt": 10, "candidates": 3, "cached": 4, "thoughts": 2}}}}});
        let heard = read::<GeminiReader>(&serde_json::to_string_pretty(&document).unwrap());
        assert_eq!(answer(&heard), "done");
        assert_eq!(
            (heard.usage.input_tokens, heard.usage.output_tokens),
            (6, 5)
        );
        let failed = read::<GeminiReader>(r#"{"error": {"message": "quota exceeded"}}"#);
        assert!(matches!(failed.end, Some(End::Failed(failure))
            if failure.label == FailureLabel::LIMIT));
        assert_eq!(read::<GeminiReader>("garbage").end, None);
    }

    #[test]
    fn opencode_answers_with_the_text_of_its_last_step() {
        let lines = [
            json!({"type": "step_start", "sessionID": "ses_1", "part": {}}),
            json!({"type": "text", "part": {"text": "Let me see."}}),
            json!({"type": "step_finish", "part": {"cost": 0.01, "tokens":
                {"input": 5, "output": 2, "reasoning": 1, "cache": {"read": 7, "write": 0}}}}),
            json!({"type": "step_start", "part": {}}),
            json!({"type": "text", "part": {"text": "done"}}),
        ];
        let text = lines.map(|line| line.to_string()).join("\n");
        let heard = read::<OpencodeReader>(&text);
        assert_eq!(answer(&heard), "done");
        assert_eq!(heard.session.as_deref(), Some("ses_1"));
        assert_eq!(heard.usage.cost_micros, Some(10_000));
        assert_eq!(read::<OpencodeReader>("").end, None);
    }

    #[test]
    fn plain_text_is_the_answer() {
        assert_eq!(answer(&read::<TextReader>("a\n\nb\n")), "a\n\nb");
        assert_eq!(read::<TextReader>("\n").end, None);
    }

    #[test]
    fn more_than_is_kept_is_no_answer() {
        let text = format!("{}\n", "x".repeat(1023)).repeat(9 * 1024);
        let heard = read::<TextReader>(&text);
        assert!(heard.is_cut && heard.end.is_none());
        let document = json!({ "response": text }).to_string();
        let heard = read::<GeminiReader>(&document);
        assert!(heard.is_cut && heard.end.is_none());
    }
}
