//! What Codex prints with `--json`: one event a line.

use baton_model::{Usage, Value};

use super::reader::{Answer, End, Heard, Reader, number_of, one_line, refusal, text_of};

/// Reads Codex's events.
#[derive(Debug, Default)]
pub(super) struct CodexReader {
    heard: Heard,
    /// The last thing it said is its answer.
    last_words: Option<String>,
}

impl Reader for CodexReader {
    fn line(&mut self, line: &[u8]) -> Vec<String> {
        match serde_json::from_slice::<Value>(line) {
            Ok(event) if event.get("type").is_some() => self.event(&event).into_iter().collect(),
            Ok(_) | Err(_) => self.heard.note_formless(line).into_iter().collect(),
        }
    }

    fn has_answered(&self) -> bool {
        self.heard.end.is_some()
    }

    fn finish(self: Box<Self>) -> Heard {
        self.heard
    }
}

impl CodexReader {
    fn event(&mut self, event: &Value) -> Option<String> {
        self.heard.has_form = true;
        match text_of(event, "type")? {
            "thread.started" => {
                let session = text_of(event, "thread_id");
                self.heard.note_session(session);
                Some(format!("session {}", session.unwrap_or("unknown")))
            }
            "item.completed" => self.item(event.get("item")?),
            "turn.completed" => {
                self.heard.usage = event.get("usage").map(usage).unwrap_or_default();
                self.heard.waits_for = None;
                self.heard.end = Some(End::Answered(Answer {
                    text: self.last_words.take().unwrap_or_default(),
                    ..Answer::default()
                }));
                Some("the turn ended".to_owned())
            }
            "turn.failed" => {
                let words = event
                    .get("error")
                    .and_then(|error| text_of(error, "message"));
                let words = words.unwrap_or("the turn failed");
                self.heard.end = Some(End::Failed(refusal(None, words)));
                None
            }
            // Not the end: it may be trying again.
            "error" => {
                let words = one_line(text_of(event, "message").unwrap_or("an error"));
                self.heard.waits_for = Some(words.clone());
                Some(words)
            }
            _ => None,
        }
    }

    fn item(&mut self, item: &Value) -> Option<String> {
        let shown = |name: &str| text_of(item, name).map(one_line);
        match text_of(item, "type")? {
            "agent_message" => {
                self.last_words = text_of(item, "text").map(str::to_owned);
                shown("text")
            }
            "command_execution" => Some(format!("[command] {}", shown("command")?)),
            "file_change" => {
                let changes = item.get("changes")?.as_array()?;
                let paths = changes.iter().filter_map(|change| text_of(change, "path"));
                let paths: Vec<&str> = paths.collect();
                Some(format!("[files] {}", one_line(&paths.join(", "))))
            }
            "mcp_tool_call" => Some(format!(
                "[{}] {}",
                shown("server").unwrap_or_default(),
                shown("tool")?
            )),
            "web_search" => Some(format!("[search] {}", shown("query")?)),
            "error" => shown("message"),
            _ => None,
        }
    }
}

fn usage(told: &Value) -> Usage {
    let of = |name: &str| number_of(told, name).unwrap_or_default();
    let cached = of("cached_input_tokens");
    Usage {
        // The cached ones are among them.
        input_tokens: of("input_tokens").saturating_sub(cached),
        output_tokens: of("output_tokens"),
        cache_read_tokens: cached,
        ..Usage::default()
    }
}

/// Whether these are the words for a session that is not there.
pub(super) fn is_lost_session(words: &str) -> bool {
    words.contains("no rollout found for thread id")
}

#[cfg(test)]
mod tests {
    use baton_model::FailureLabel;
    use serde_json::json;

    use super::super::reader;
    use super::*;

    fn read(events: &[Value]) -> (Heard, Vec<String>) {
        reader::read(Box::<CodexReader>::default(), events)
    }

    #[test]
    fn the_last_message_is_the_answer() {
        let (heard, said) = read(&[
            json!({"type": "thread.started", "thread_id": "t-1"}),
            json!({"type": "turn.started"}),
            json!({"type": "item.completed", "item": {"type": "agent_message", "text": "Looking."}}),
            json!({"type": "item.completed",
                   "item": {"type": "command_execution", "command": "ls"}}),
            json!({"type": "error", "message": "Reconnecting... 1/5"}),
            json!({"type": "item.completed", "item": {"type": "agent_message", "text": "{}"}}),
            json!({"type": "turn.completed", "usage": {"input_tokens": 10,
                   "cached_input_tokens": 4, "output_tokens": 3}}),
        ]);
        assert_eq!(
            said,
            [
                "session t-1",
                "Looking.",
                "[command] ls",
                "Reconnecting... 1/5",
                "{}",
                "the turn ended"
            ]
        );
        assert_eq!(heard.session.as_deref(), Some("t-1"));
        assert_eq!(
            (heard.usage.input_tokens, heard.usage.cache_read_tokens),
            (6, 4)
        );
        let answer = Answer {
            text: "{}".to_owned(),
            ..Answer::default()
        };
        assert_eq!(heard.end, Some(End::Answered(answer)));
    }

    #[test]
    fn a_turn_that_failed_says_why() {
        let (heard, _) = read(&[
            json!({"type": "turn.failed", "error": {"message": "You've hit your usage limit."}}),
        ]);
        let Some(End::Failed(failure)) = heard.end else {
            panic!("{heard:?}");
        };
        assert_eq!(failure.label, FailureLabel::LIMIT);
    }
}
