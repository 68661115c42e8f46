//! Stands in for Claude Code: its flags, its events, its sessions and its ways
//! to fail, as `claude -p` has them.

mod flags;

use std::env;
use std::io;
use std::ops::Range;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::session::{Session, fresh_id};
use super::{Mode, answer, complain, note_start, process, say, standard_input};
use flags::Flags;

/// What one turn costs, in US dollars.
const COST_USD: f64 = 0.0125;
/// The release from which on numbers are about a whole session.
const COUNTS_SESSIONS: &str = "2.1.277";

/// The release it stands in for: by `STAND_IN_VERSION`, so that both ways of
/// counting can be tried.
pub(crate) fn version() -> String {
    env::var("STAND_IN_VERSION").unwrap_or_else(|_| "2.1.288".to_owned())
}

pub(crate) fn run(arguments: &[String]) -> io::Result<ExitCode> {
    let flags = match Flags::parse(arguments) {
        Ok(flags) => flags,
        Err(words) => return Ok(complain(&words)),
    };
    if !flags.is_print {
        return Ok(complain("the stand-in has no terminal interface; use -p"));
    }
    let mut prompt = flags.prompt.clone().unwrap_or_default();
    prompt.push_str(&standard_input()?);
    let mode = Mode::of(&prompt);
    let is_resume = flags.resume.is_some();
    let named = flags.resume.as_deref().or(flags.session.as_deref());
    note_start("claude", arguments, &prompt, (named, is_resume), &mode)?;
    if flags.output == "stream-json" && !flags.is_verbose {
        let words = "Error: When using --print, --output-format=stream-json requires --verbose";
        return Ok(complain(words));
    }
    if flags.skips_permissions && mode.is("root") {
        return Ok(refuse_root());
    }
    let session = match open(&flags)? {
        Ok(session) => session,
        Err(words) => return lost(&flags, &words),
    };
    Turn {
        flags,
        mode,
        session,
        prompt,
    }
    .take()
}

fn refuse_root() -> ExitCode {
    complain(
        "--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons",
    )
}

/// The session this turn belongs to, or why there is none.
fn open(flags: &Flags) -> io::Result<Result<Session, String>> {
    if let Some(id) = &flags.resume {
        let Some(found) = Session::find(id)? else {
            return Ok(Err(format!("No conversation found with session ID: {id}")));
        };
        return Ok(Ok(if flags.is_fork {
            Session {
                id: flags.session.clone().unwrap_or_else(fresh_id),
                ..found
            }
        } else {
            found
        }));
    }
    let id = flags.session.clone().unwrap_or_else(fresh_id);
    if Session::find(&id)?.is_some() {
        return Ok(Err(format!("Error: Session ID {id} is already in use.")));
    }
    Ok(Ok(Session::new(id)))
}

fn lost(flags: &Flags, words: &str) -> io::Result<ExitCode> {
    if flags.output == "stream-json" {
        let result = json!({
            "type": "result", "subtype": "error_during_execution", "is_error": true,
            "num_turns": 0, "total_cost_usd": 0, "session_id": fresh_id(),
            "errors": [words],
        });
        say(&result.to_string())?;
    }
    Ok(complain(words))
}

/// One turn of a session.
struct Turn {
    flags: Flags,
    mode: Mode,
    session: Session,
    prompt: String,
}

impl Turn {
    fn take(mut self) -> io::Result<ExitCode> {
        if let Some(code) = self.fail_before_it_begins()? {
            return Ok(code);
        }
        // The session is there from its first moment, so that it can go on
        // after a crash.
        self.session.tell(&self.prompt)?;
        self.init()?;
        self.work()?;
        if let Some(code) = self.break_off()? {
            return Ok(code);
        }
        let (result, code) = self.result();
        self.event(&result)?;
        if self.mode.is("lingers") {
            process::hang();
        }
        Ok(code)
    }

    /// Failures of which there is nothing on standard output.
    fn fail_before_it_begins(&self) -> io::Result<Option<ExitCode>> {
        Ok(match self.mode.word() {
            "root" => Some(refuse_root()),
            "silent" => Some(ExitCode::SUCCESS),
            "exit" => {
                let code = u8::try_from(self.mode.number(1)).unwrap_or(1);
                complain("something went wrong");
                Some(ExitCode::from(code))
            }
            "garbage" => {
                say("Segmentation fault? No: \u{1}\u{2} this is no JSON")?;
                say("[1, 2, 3]")?;
                Some(ExitCode::SUCCESS)
            }
            "huge" => {
                huge()?;
                Some(ExitCode::SUCCESS)
            }
            "hangs" => process::hang(),
            "stubborn" => {
                process::ignore_term()?;
                process::fork()?;
                self.init()?;
                process::hang()
            }
            _ => None,
        })
    }

    fn init(&self) -> io::Result<()> {
        self.stream(&json!({
            "type": "system", "subtype": "init", "session_id": self.session.id,
            "cwd": env::current_dir()?.display().to_string(),
            "model": self.flags.model.as_deref().unwrap_or("claude-opus-4"),
            "permissionMode": self.permission_mode(),
            "claude_code_version": version(), "tools": ["Bash", "Read"], "mcp_servers": [],
        }))
    }

    fn permission_mode(&self) -> &str {
        if self.flags.skips_permissions {
            return "bypassPermissions";
        }
        self.flags.permission_mode.as_deref().unwrap_or("default")
    }

    /// What happens between the beginning and the end.
    fn work(&self) -> io::Result<()> {
        match self.mode.word() {
            "slow" => process::take_time(self.mode.number(300)),
            "chatty" => self.chat(0..self.mode.number(1000))?,
            "paced" => self.chat_paced()?,
            "warns" => {
                complain("Warning: an MCP server did not start");
            }
            "forks" => process::fork()?,
            "retries" | "overload" | "rate-limit" => self.retry()?,
            "pipe" => self.meet()?,
            "mute" => process::hang(),
            _ => self.say_words("Looking into it.")?,
        }
        Ok(())
    }

    /// Ten events each millisecond, for so many milliseconds.
    fn chat_paced(&self) -> io::Result<()> {
        const EVENTS: u64 = 10;
        let begun = Instant::now();
        for millisecond in 0..self.mode.number(1000) {
            self.chat(millisecond * EVENTS..(millisecond + 1) * EVENTS)?;
            let due = Duration::from_millis(millisecond + 1);
            let early = due.saturating_sub(begun.elapsed());
            process::take_time(u64::try_from(early.as_millis()).unwrap_or_default());
        }
        Ok(())
    }

    fn chat(&self, numbers: Range<u64>) -> io::Result<()> {
        for number in numbers {
            if number % 2 == 0 {
                let words = format!("thought {number}");
                self.message(&words, &json!([text(&words), tool_use()]))?;
            } else {
                self.stream(&json!({"type": "user", "session_id": self.session.id,
                    "message": {"role": "user", "content": [{"type": "tool_result",
                    "tool_use_id": format!("toolu_{number}"), "content": "x".repeat(200)}]}}))?;
            }
        }
        Ok(())
    }

    /// Opens the pipe that the environment names, so that a test knows that
    /// this turn is under way, and waits there until it is told to go on.
    fn meet(&self) -> io::Result<()> {
        self.say_words("up")?;
        let Some(pipe) = env::var_os("STAND_IN_PIPE") else {
            return Ok(());
        };
        std::fs::read(pipe).map(drop)
    }

    fn retry(&self) -> io::Result<()> {
        let (status, error) = if self.mode.is("rate-limit") {
            (429, "rate_limit")
        } else {
            (529, "overloaded")
        };
        for attempt in 1..=2 {
            self.stream(
                &json!({"type": "system", "subtype": "api_retry", "attempt": attempt,
                "max_retries": 10, "retry_delay_ms": 10, "error_status": status, "error": error,
                "session_id": self.session.id}),
            )?;
        }
        if self.mode.is("rate-limit") {
            self.stream(
                &json!({"type": "rate_limit_event", "session_id": self.session.id,
                "rate_limit_info": {"status": "rejected", "rateLimitType": "five_hour",
                                    "resetsAt": 1_783_173_600}}),
            )?;
        }
        Ok(())
    }

    /// One message of the model, told as the real one does: an event for each
    /// part of it, each with the same name and use.
    fn say_words(&self, words: &str) -> io::Result<()> {
        self.message(words, &json!([text(words)]))?;
        self.message(words, &json!([tool_use()]))
    }

    /// A part of the message that has these words.
    fn message(&self, words: &str, parts: &Value) -> io::Result<()> {
        let id = format!("msg_{}_{}", self.session.n_turns(), words.replace(' ', "_"));
        self.stream(&json!({"type": "assistant", "session_id": self.session.id,
            "message": {"id": id, "role": "assistant", "content": parts,
                        "usage": usage_of_turns(1)}}))
    }

    /// Ends without an answer.
    fn break_off(&self) -> io::Result<Option<ExitCode>> {
        Ok(match self.mode.word() {
            "cut" => Some(ExitCode::SUCCESS),
            "killed" => process::be_killed(),
            "closes" => {
                process::close_stdout()?;
                process::hang()
            }
            _ => None,
        })
    }

    /// The last event, and the exit code that goes with it.
    fn result(&self) -> (Value, ExitCode) {
        let failed = |more: Value| {
            let mut result = self.numbers();
            result["is_error"] = true.into();
            merge(&mut result, more);
            (result, ExitCode::FAILURE)
        };
        let api = |status: u64, words: &str| {
            failed(
                json!({"subtype": "success", "result": words, "terminal_reason": "api_error",
                          "api_error_status": status}),
            )
        };
        let over_budget = self
            .flags
            .max_budget_usd
            .is_some_and(|most| most < COST_USD);
        match self.mode.word() {
            "max-turns" => failed(json!({"subtype": "error_max_turns", "errors": []})),
            "budget" => failed(json!({"subtype": "error_max_budget_usd", "errors": []})),
            _ if over_budget => failed(json!({"subtype": "error_max_budget_usd", "errors": []})),
            "schema-retries" => {
                failed(json!({"subtype": "error_max_structured_output_retries", "errors": []}))
            }
            "during-execution" => {
                failed(json!({"subtype": "error_during_execution", "errors": ["it broke"]}))
            }
            "wordy-error" => failed(json!({"subtype": "success", "result": wordy_error()})),
            "wordless-error" => failed(json!({"subtype": "success", "result": ""})),
            "rate-limit" => api(429, "You've hit your session limit · resets 3:45pm"),
            "overload" => api(529, "API Error: Repeated 529 Overloaded errors"),
            "auth" => api(
                401,
                "Failed to authenticate. API Error: 401 Invalid bearer token",
            ),
            "offline" => failed(json!({"subtype": "success",
                                       "result": "API Error: Connection error."})),
            _ => self.success(),
        }
    }

    fn success(&self) -> (Value, ExitCode) {
        let mut result = self.numbers();
        let is_wordless = self.mode.is("wordless");
        let is_structured = !is_wordless && !self.mode.is("in-words");
        let words = if is_wordless { "" } else { "All done." };
        merge(
            &mut result,
            json!({"subtype": "success", "is_error": false, "result": words,
                   "terminal_reason": "completed"}),
        );
        if let Some(schema) = self.flags.schema.as_ref().filter(|_| is_structured) {
            let answer = answer::structured(&self.mode, &self.prompt, Some(schema));
            result["structured_output"] = answer;
        }
        if self.mode.is("denied") {
            result["permission_denials"] =
                json!([{"tool_name": "Bash", "tool_use_id": "toolu_1", "tool_input": {}}]);
        }
        let code = if self.mode.is("exit-after-answer") {
            ExitCode::from(7)
        } else {
            ExitCode::SUCCESS
        };
        (result, code)
    }

    /// What every result has. From some release on, what was used is that of
    /// the whole session.
    fn numbers(&self) -> Value {
        let is_of_session = parts(&version()) >= parts(COUNTS_SESSIONS);
        let n_turns = if is_of_session {
            self.session.n_turns()
        } else {
            1
        };
        #[expect(clippy::cast_precision_loss, reason = "nobody takes so many turns")]
        let cost_usd = COST_USD * n_turns as f64;
        json!({
            "type": "result", "session_id": self.session.id, "duration_ms": 5,
            "duration_api_ms": 4, "num_turns": 2, "total_cost_usd": cost_usd,
            "usage": usage_of_turns(n_turns),
            "permission_denials": [],
        })
    }

    /// An event of the stream; the other forms have only the last.
    fn stream(&self, event: &Value) -> io::Result<()> {
        if self.flags.output == "stream-json" && !self.mode.is("document") {
            say(&event.to_string())?;
        }
        Ok(())
    }

    fn event(&self, result: &Value) -> io::Result<()> {
        match self.flags.output.as_str() {
            "text" => say(result["result"].as_str().unwrap_or_default()),
            _ => say(&result.to_string()),
        }
    }
}

fn text(words: &str) -> Value {
    json!({"type": "text", "text": words})
}

fn tool_use() -> Value {
    json!({"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "ls -la"}})
}

/// What so many turns take, each with one message.
fn usage_of_turns(n_turns: u64) -> Value {
    json!({"input_tokens": 100 * n_turns, "output_tokens": 20 * n_turns,
           "cache_read_input_tokens": 1000 * n_turns,
           "cache_creation_input_tokens": 50 * n_turns})
}

/// More than is shown on one line.
fn wordy_error() -> String {
    format!("the tests fail:\n{}", "- one of them\n".repeat(40))
}

/// 100 MB without an answer, and then some more in one line.
fn huge() -> io::Result<()> {
    let line = json!({"type": "user", "message": "x".repeat(1024 * 1024)}).to_string();
    for _ in 0..80 {
        say(&line)?;
    }
    say(&"y".repeat(20 * 1024 * 1024))
}

fn parts(version: &str) -> Vec<u64> {
    version
        .split('.')
        .filter_map(|part| part.parse().ok())
        .collect()
}

fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}
