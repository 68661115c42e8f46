//! What Claude Code prints: `stream-json`, or one document at the end.
//!
//! Tolerant on purpose: an event that is not known, or that has another form
//! than expected, is passed over, for new releases add some every month.

use baton_model::{Failure, FailureLabel, Usage, Value};

use super::reader::{
    Answer, Document, End, Heard, Reader, in_full, micros, number_of, one_line, refusal, text_of,
};
use super::tally::Tally;

/// Events that may be large and of which nothing is needed, by how they begin.
const PASSED_OVER: [&[u8]; 2] = [br#"{"type":"user""#, br#"{"type":"stream_event""#];
/// Inputs of tools that say best what is done.
const TELLING: [&str; 8] = [
    "command",
    "file_path",
    "path",
    "pattern",
    "url",
    "query",
    "description",
    "skill",
];

/// Reads Claude Code's output.
#[derive(Debug, Default)]
pub(super) struct ClaudeReader {
    heard: Heard,
    tally: Tally,
    /// Lines that are no events may be one document together.
    document: Document,
}

impl Reader for ClaudeReader {
    fn line(&mut self, line: &[u8]) -> Vec<String> {
        if PASSED_OVER.iter().any(|start| line.starts_with(start)) {
            self.heard.has_form = true;
            return Vec::new();
        }
        match serde_json::from_slice::<Value>(line) {
            Ok(event) if event.get("type").is_some() => self.event(&event),
            Ok(Value::Array(events)) if events.iter().all(|event| event.get("type").is_some()) => {
                events.iter().flat_map(|event| self.event(event)).collect()
            }
            Ok(_) | Err(_) => {
                if !self.heard.has_form {
                    self.document.push(line);
                }
                self.heard.note_formless(line).into_iter().collect()
            }
        }
    }

    fn missed(&mut self) {
        if !self.heard.has_form {
            self.document.miss();
        }
    }

    fn has_answered(&self) -> bool {
        self.heard.end.is_some()
    }

    fn finish(mut self: Box<Self>) -> Heard {
        self.heard.is_cut = self.document.is_cut();
        match self.document.json() {
            Some(Value::Array(events)) => {
                for event in &events {
                    self.event(event);
                }
            }
            Some(event) if event.get("type").is_some() => {
                self.event(&event);
            }
            Some(_) | None => {}
        }
        self.heard.usage_so_far = self.tally.total();
        self.heard
    }
}

impl ClaudeReader {
    fn event(&mut self, event: &Value) -> Vec<String> {
        self.heard.has_form = true;
        self.document.clear();
        self.heard.note_session(text_of(event, "session_id"));
        match text_of(event, "type") {
            Some("system") => self.system(event).into_iter().collect(),
            Some("assistant") => {
                self.count(event);
                assistant(event)
            }
            Some("rate_limit_event") => rate_limit(event).into_iter().collect(),
            Some("result") => {
                let (end, line) = self.result(event);
                self.heard.end = Some(end);
                line.into_iter().collect()
            }
            Some(_) | None => Vec::new(),
        }
    }

    /// Notes what a message of the model takes, if it has a name to know it by.
    fn count(&mut self, event: &Value) {
        let told = event.get("message").and_then(|message| {
            let usage = message.get("usage")?;
            Some((text_of(message, "id")?, tokens(usage)))
        });
        if let Some((message, usage)) = told {
            self.tally.note(message, usage);
        }
    }

    fn system(&mut self, event: &Value) -> Option<String> {
        match text_of(event, "subtype")? {
            "init" => {
                let version = text_of(event, "claude_code_version");
                self.heard.version = version.map(str::to_owned);
                let session = text_of(event, "session_id").unwrap_or("unknown");
                let model = text_of(event, "model").unwrap_or("its own choice");
                let version = version.map(|version| format!(", version {version}"));
                let mode = text_of(event, "permissionMode");
                let mode = mode.map(|mode| format!(", permissions: {mode}"));
                Some(format!(
                    "session {session}, model {model}{}{}",
                    version.unwrap_or_default(),
                    mode.unwrap_or_default()
                ))
            }
            "api_retry" => {
                let why = text_of(event, "error").unwrap_or("the provider did not answer");
                let status = number_of(event, "error_status")
                    .map(|status| format!(" (HTTP {status})"))
                    .unwrap_or_default();
                let waits_for = format!("{why}{status}");
                let attempt = number_of(event, "attempt").unwrap_or_default();
                let most = number_of(event, "max_retries").unwrap_or_default();
                let delay_ms = number_of(event, "retry_delay_ms").unwrap_or_default();
                let line =
                    format!("waits: {waits_for}, try {attempt} of {most}, again in {delay_ms} ms");
                self.heard.waits_for = Some(waits_for);
                Some(line)
            }
            _ => None,
        }
    }

    /// How the turn ended, and the line people see of it. A failure is told
    /// elsewhere.
    fn result(&mut self, event: &Value) -> (End, Option<String>) {
        self.heard.usage = usage(event);
        self.heard.waits_for = None;
        let denials = event.get("permission_denials").and_then(Value::as_array);
        self.heard.denials = denials
            .into_iter()
            .flatten()
            .filter_map(|denial| Some(text_of(denial, "tool_name")?.to_owned()))
            .collect();
        if let Some(end) = failed(event) {
            return (end, None);
        }
        let turns = number_of(event, "num_turns");
        let structured = event.get("structured_output").filter(|it| !it.is_null());
        let answer = Answer {
            text: text_of(event, "result").unwrap_or_default().to_owned(),
            structured: structured.cloned(),
            is_untouched: turns == Some(0),
        };
        let line = format!(
            "ended after {} turns{}",
            turns.unwrap_or_default(),
            self.heard
                .usage
                .cost_micros
                .map(|micros| format!(", cost told: {}", dollars(micros)))
                .unwrap_or_default()
        );
        (End::Answered(answer), Some(line))
    }
}

/// The failure a result tells of.
fn failed(result: &Value) -> Option<End> {
    let words = words_of(result);
    let is_error = result.get("is_error").and_then(Value::as_bool) == Some(true);
    let subtype = text_of(result, "subtype").unwrap_or("success");
    let failure = match subtype {
        "error_max_turns" => Failure::new(
            FailureLabel::LIMIT,
            "the limit of turns was reached before the work was done",
        ),
        "error_max_budget_usd" => Failure::new(
            FailureLabel::LIMIT,
            "the budget was used up before the work was done",
        ),
        "error_max_structured_output_retries" => Failure::new(
            FailureLabel::BAD_OUTPUT,
            "no answer in the form that was asked for came in several tries",
        ),
        "success" if !is_error => return None,
        _ if is_lost_session(&words) || is_taken_session(&words) => {
            return Some(End::SessionLost);
        }
        "success" if words.is_empty() => Failure::new(FailureLabel::EXIT, "Unknown error"),
        _ if words.is_empty() => {
            Failure::new(FailureLabel::EXIT, format!("it ended with `{subtype}`"))
        }
        _ => in_full(
            refusal(number_of(result, "api_error_status"), &words),
            &words,
        ),
    };
    Some(End::Failed(failure))
}

/// Whether these are the words for a session that is not there.
pub(super) fn is_lost_session(words: &str) -> bool {
    words.contains("No conversation found with session ID")
}

/// Whether these are the words for a name that another session has.
pub(super) fn is_taken_session(words: &str) -> bool {
    words.contains("Session ID") && words.contains("is already in use")
}

/// What a result says in words: an answer, or errors.
fn words_of(result: &Value) -> String {
    let errors = result.get("errors").and_then(Value::as_array);
    let errors = errors.into_iter().flatten().map(|error| {
        error
            .as_str()
            .map_or_else(|| error.to_string(), str::to_owned)
    });
    let texts = ["result", "error"]
        .into_iter()
        .filter_map(|name| text_of(result, name).map(str::to_owned));
    texts.chain(errors).collect::<Vec<_>>().join("; ")
}

fn usage(result: &Value) -> Usage {
    let cost = result.get("total_cost_usd").and_then(Value::as_f64);
    // Agents below the first are counted by their models only.
    let counted = by_model(result).or_else(|| result.get("usage").map(tokens));
    Usage {
        cost_micros: cost.and_then(micros),
        ..counted.unwrap_or_default()
    }
}

fn tokens(told: &Value) -> Usage {
    let of = |name: &str| number_of(told, name).unwrap_or_default();
    Usage {
        input_tokens: of("input_tokens"),
        output_tokens: of("output_tokens"),
        cache_read_tokens: of("cache_read_input_tokens"),
        cache_write_tokens: of("cache_creation_input_tokens"),
        cost_micros: None,
    }
}

fn by_model(result: &Value) -> Option<Usage> {
    let models = result.get("modelUsage")?.as_object()?;
    let sum = models.values().fold(Usage::default(), |sum, used| {
        let of = |name: &str| number_of(used, name).unwrap_or_default();
        sum.plus(&Usage {
            input_tokens: of("inputTokens"),
            output_tokens: of("outputTokens"),
            cache_read_tokens: of("cacheReadInputTokens"),
            cache_write_tokens: of("cacheCreationInputTokens"),
            cost_micros: None,
        })
    });
    (!sum.is_empty()).then_some(sum)
}

/// What the model says and does.
fn assistant(event: &Value) -> Vec<String> {
    let content = event
        .get("message")
        .and_then(|message| message.get("content"));
    let blocks = match content {
        Some(Value::Array(blocks)) => blocks.as_slice(),
        Some(Value::String(text)) => return said(text),
        Some(_) | None => return Vec::new(),
    };
    let lines = blocks.iter().map(|block| match text_of(block, "type") {
        Some("text") => said(text_of(block, "text").unwrap_or_default()),
        Some("tool_use") => vec![tool_use(block)],
        Some(_) | None => Vec::new(),
    });
    lines.flatten().collect()
}

fn said(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim_end);
    lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

fn tool_use(block: &Value) -> String {
    let name = text_of(block, "name").unwrap_or("a tool");
    let input = block.get("input");
    let telling = TELLING
        .iter()
        .find_map(|key| text_of(input?, key))
        .map_or_else(
            || input.map(Value::to_string).unwrap_or_default(),
            str::to_owned,
        );
    format!("[{name}] {}", one_line(&telling))
        .trim_end()
        .to_owned()
}

fn rate_limit(event: &Value) -> Option<String> {
    let info = event.get("rate_limit_info")?;
    let status = text_of(info, "status").filter(|status| *status != "allowed")?;
    let kind = text_of(info, "rateLimitType").unwrap_or("limit of use");
    let resets = number_of(info, "resetsAt")
        .and_then(|at| jiff::Timestamp::from_second(i64::try_from(at).ok()?).ok())
        .map(|at| format!(", until {at}"));
    Some(format!("{kind}: {status}{}", resets.unwrap_or_default()))
}

/// `$0.0123`, as precise as is told.
fn dollars(micros: u64) -> String {
    format!("${}.{:04}", micros / 1_000_000, micros % 1_000_000 / 100)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::reader;
    use super::*;

    fn read(events: &[Value]) -> (Heard, Vec<String>) {
        reader::read(Box::<ClaudeReader>::default(), events)
    }

    #[test]
    fn a_whole_stream_is_read() {
        let (heard, said) = read(&[
            json!({"type": "system", "subtype": "init", "session_id": "s-1", "model": "opus",
                   "claude_code_version": "2.1.288", "permissionMode": "default"}),
            json!({"type": "assistant", "message": {"content": [
                {"type": "text", "text": "Let me look.\n\n"},
                {"type": "tool_use", "name": "Bash", "input": {"command": "cargo\ntest"}},
                {"type": "thinking", "thinking": "hm"}]}}),
            json!({"type": "user", "message": {"content": "x".repeat(1000)}}),
            json!({"type": "rate_limit_event", "rate_limit_info": {"status": "allowed"}}),
            json!({"type": "rate_limit_event", "rate_limit_info": {"status": "rejected",
                   "rateLimitType": "five_hour", "resetsAt": 1_783_173_600}}),
            json!({"type": "system", "subtype": "api_retry", "attempt": 2, "max_retries": 10,
                   "retry_delay_ms": 600, "error_status": 529, "error": "overloaded"}),
            json!({"type": "something_new"}),
            json!({"type": "result", "subtype": "success", "is_error": false, "num_turns": 3,
                   "result": "done", "structured_output": {"status": "completed"},
                   "total_cost_usd": 0.0123, "session_id": "s-1",
                   "usage": {"input_tokens": 10, "output_tokens": 5,
                             "cache_read_input_tokens": 100, "cache_creation_input_tokens": 50},
                   "permission_denials": [{"tool_name": "Bash"}]}),
        ]);
        assert_eq!(
            said,
            [
                "session s-1, model opus, version 2.1.288, permissions: default",
                "Let me look.",
                "[Bash] cargo test",
                "five_hour: rejected, until 2026-07-04T14:00:00Z",
                "waits: overloaded (HTTP 529), try 2 of 10, again in 600 ms",
                "ended after 3 turns, cost told: $0.0123",
            ]
        );
        assert_eq!(heard.session.as_deref(), Some("s-1"));
        assert_eq!(heard.usage.cost_micros, Some(12_300));
        assert_eq!(heard.usage.cache_read_tokens, 100);
        assert_eq!(heard.denials, ["Bash"]);
        let Some(End::Answered(answer)) = heard.end else {
            panic!("{heard:?}");
        };
        assert_eq!(answer.text, "done");
        assert_eq!(answer.structured, Some(json!({"status": "completed"})));
    }

    #[test]
    fn what_messages_take_is_known_before_the_end() {
        let message = |id: &str, output_tokens: u64| {
            json!({"type": "assistant", "message": {"id": id, "content": [], "usage":
                {"input_tokens": 3, "output_tokens": output_tokens}}})
        };
        let nameless = json!({"type": "assistant", "message": {"usage": {"output_tokens": 9}}});
        let told = [
            message("m-1", 1),
            message("m-1", 4),
            nameless,
            message("m-2", 2),
        ];
        let (heard, _) = read(&told);
        assert!(heard.usage.is_empty());
        let so_far = heard.usage_so_far;
        assert_eq!((so_far.input_tokens, so_far.output_tokens), (6, 6));
    }

    #[test]
    fn one_document_is_read_however_it_is_laid_out() {
        let result = json!({"type": "result", "subtype": "success", "result": "done"});
        let pretty = serde_json::to_string_pretty(&result).unwrap();
        let array = json!([{"type": "system", "subtype": "init"}, result]);
        let array_pretty = serde_json::to_string_pretty(&array).unwrap();
        for text in [result.to_string(), pretty, array.to_string(), array_pretty] {
            let mut reader = ClaudeReader::default();
            for line in text.lines() {
                reader.line(line.as_bytes());
            }
            let heard = Box::new(reader).finish();
            assert!(matches!(heard.end, Some(End::Answered(_))), "{text}");
        }
    }

    #[test]
    fn failures_are_told_apart_by_what_is_printed() {
        let rows = [
            (json!({"subtype": "error_max_turns", "errors": []}), "limit"),
            (json!({"subtype": "error_max_budget_usd"}), "limit"),
            (
                json!({"subtype": "error_max_structured_output_retries"}),
                "bad_output",
            ),
            (
                json!({"subtype": "error_during_execution", "errors": ["boom"]}),
                "exit",
            ),
            (json!({"subtype": "error_during_execution"}), "exit"),
            (
                json!({"subtype": "success", "is_error": true, "api_error_status": 429,
                    "result": "You've hit your session limit"}),
                "limit",
            ),
            (
                json!({"subtype": "success", "is_error": true, "api_error_status": 401,
                    "result": "API Error: 401"}),
                "auth_failure",
            ),
            (
                json!({"subtype": "success", "is_error": true,
                    "result": "Invalid API key · Please run /login"}),
                "auth_failure",
            ),
        ];
        for (mut result, expected) in rows {
            result["type"] = "result".into();
            let (heard, _) = read(&[result.clone()]);
            let Some(End::Failed(failure)) = heard.end else {
                panic!("{heard:?}");
            };
            assert_eq!(failure.label.as_str(), expected, "{result}");
        }
        let lost = json!({"type": "result", "subtype": "error_during_execution",
                          "errors": ["No conversation found with session ID: s-1"]});
        assert_eq!(read(&[lost]).0.end, Some(End::SessionLost));
    }

    #[test]
    fn what_is_no_event_is_shown_and_remembered() {
        let mut reader = ClaudeReader::default();
        assert_eq!(reader.line(b"Warning: \xff"), ["Warning: \u{fffd}"]);
        assert_eq!(reader.line(b"[1, 2]"), ["[1, 2]"]);
        let heard = Box::new(reader).finish();
        assert!(!heard.has_form && heard.end.is_none());
        assert_eq!(heard.formless, "Warning: \u{fffd}\n[1, 2]");
    }
}
