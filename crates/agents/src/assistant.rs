//! Programs that are agents themselves, such as Claude Code and Codex: told
//! what to do in words, followed event by event, and asked for an answer in
//! the form of the stage's contract.
//!
//! They run under the same [`shim`](crate::shim) as any other program. What
//! differs between them is a row of the [`table`]; this file ties the steps
//! together: prepare, start, listen, judge. All it knows of an attempt is in
//! the attempt's files and in its request.

mod arguments;
mod claude;
mod codex;
mod config;
mod grants;
mod listen;
mod modes;
mod order;
mod page;
mod plain;
mod program;
mod prompt;
mod reader;
mod schema;
mod session;
mod settings;
mod start;
mod table;
mod tally;
mod verdict;

use std::collections::BTreeMap;
use std::io;

use async_trait::async_trait;
use baton_model::plan::Speech;
use baton_model::{AttemptKey, AttemptReport, Failure, FailureLabel};
use tokio_util::sync::CancellationToken;

use crate::attempt_files::{AttemptDir, ExitRecord, ShimRequest, write_private};
use crate::command::{
    LOG_PATIENCE, Left, ProcessHost, SupervisedProgram, at_work_already, blocking, found_out,
    inherited, machine_failure, refuse_to_start_late, reported, start_files, vanished,
};
use crate::dispatcher::{AgentStream, AttemptControl, AttemptRequest, Recovery, StageDispatcher};
use crate::log::AttemptLog;
use crate::secrets::Part;
use listen::{Limits, Listener, Outputs};
use order::{Order, SCHEMA_FILE};
use reader::Heard;
use start::Start;
use table::Assistant;
use verdict::{Facts, Stopped, Verdict};

pub use config::{AssistantConfig, OutputForm};
pub(crate) use grants::{Place, granting};
pub use page::Shelves;
pub use session::{is_session_name, session_of_attempt};
pub use table::chosen_session;

/// Enough of standard error to know a failure by.
const STDERR_TAIL_BYTES: usize = 8 * 1024;
/// As much of standard error is logged.
const STDERR_LOGGED_BYTES: u64 = 256 * 1024;

/// Runs one such program for each attempt.
#[derive(Debug)]
pub struct AssistantDispatcher {
    config: AssistantConfig,
    host: ProcessHost,
    /// What agents inherit from this server, read once.
    inherited: BTreeMap<String, String>,
}

/// One start of a program.
struct Turn<'t> {
    dir: &'t AttemptDir,
    request: &'t AttemptRequest,
    control: &'t AttemptControl,
    /// The session, as far as it was known before.
    session: Option<&'t str>,
    is_resume: bool,
    is_fork: bool,
}

/// What is to be seen to when a program has ended.
enum Outcome {
    Report(AttemptReport),
    SessionLost,
}

impl AssistantDispatcher {
    /// An adapter for one program. Relative directories of the host are taken
    /// from the current directory once, here.
    pub fn new(config: AssistantConfig, host: ProcessHost) -> Self {
        Self {
            config,
            host: host.absolute(),
            inherited: inherited(),
        }
    }

    /// One that settles what the program with this adapter has left behind,
    /// whatever its settings were.
    pub(crate) fn of_adapter(adapter: &str, host: &ProcessHost) -> Option<Self> {
        let config = AssistantConfig::usual(adapter)?;
        Some(Self::new(config, host.clone()))
    }

    fn assistant(&self) -> &'static Assistant {
        self.config.assistant()
    }

    fn limits(&self) -> Limits {
        Limits {
            start: self.config.start_limit(),
            idle: self.config.idle_timeout,
            linger: self.config.linger,
        }
    }

    async fn work(
        &self,
        request: &AttemptRequest,
        control: &AttemptControl,
    ) -> Result<AttemptReport, Failure> {
        refuse_to_start_late(request, control)?;
        let dir = self.host.attempt_dir(&request.key);
        let mut log = AttemptLog::new(control.lines.clone(), 0);
        let mut ways = Start::ways(self.assistant(), request)?
            .into_iter()
            .peekable();
        let mut notes = Vec::new();
        while let Some(start) = ways.next() {
            let order = self.order(request, &dir, &start, notes)?;
            let mask = order.shim.mask();
            log.mask(mask.clone());
            let program = self.start(&dir, &order).await?;
            for note in order.shim.notes {
                log.note(note).await;
            }
            let turn = Turn {
                dir: &dir,
                request,
                control,
                session: start.session(),
                is_resume: start.is_resume(),
                is_fork: start.is_fork(),
            };
            let attended = self.attend(Some(program), &turn, &mut log).await;
            match attended.map_err(|error| machine_failure("cannot watch the agent", &error))? {
                Outcome::Report(report) => return Ok(mask.report(report)),
                Outcome::SessionLost if is_message(request) => {
                    let lost = start.session().unwrap_or_default();
                    let message = format!("No conversation found with session ID: {lost}");
                    return Err(Failure::new(FailureLabel::EXIT, message));
                }
                Outcome::SessionLost => {
                    let lost = start.session().unwrap_or_default();
                    let goes_on = ways.peek().is_some_and(Start::is_resume);
                    notes = vec![if start.is_resume() {
                        format!("session {lost} is gone; a new one begins")
                    } else if goes_on {
                        format!("session {lost} was begun before; it goes on")
                    } else {
                        format!("session {lost} is another's; a new one begins")
                    }];
                }
            }
        }
        let message = "no session could be gone on with, and none be begun";
        Err(Failure::new(FailureLabel::EXIT, message))
    }

    /// Starts the program of an order.
    async fn start(&self, dir: &AttemptDir, order: &Order) -> Result<SupervisedProgram, Failure> {
        let shim_argv = self.host.shim_argv.clone();
        let (dir, order) = (dir.clone(), order.clone());
        let started = blocking(move || {
            let files = [(SCHEMA_FILE, order.schema.as_deref().unwrap_or_default())];
            let is_wanted = order.schema.is_some();
            let files = if is_wanted { files.as_slice() } else { &[] };
            start_files(&shim_argv, &dir, &order.shim, &order.prompt, files)
        });
        started
            .await
            .map_err(|error| machine_failure("cannot start the agent", &error))?
            .ok_or_else(at_work_already)
    }

    /// Listens to a program until nothing of it runs any more, and judges what
    /// it has brought. Without a program, it has ended before.
    async fn attend(
        &self,
        program: Option<SupervisedProgram>,
        turn: &Turn<'_>,
        log: &mut AttemptLog,
    ) -> io::Result<Outcome> {
        let heard = self.listen(program, turn, log).await?;
        let is_known = turn.is_resume && turn.session == turn.request.session.as_deref();
        let before = turn.request.session_total.as_ref().filter(|_| is_known);
        if let Some(mut spent) = verdict::spent(self.assistant(), &heard, before) {
            if turn.is_fork {
                // The session itself has not taken it.
                spent.session_total = before.copied();
            }
            turn.control.spent.tell(spent);
        }
        let read = {
            let dir = turn.dir.clone();
            blocking(move || End::read(&dir)).await?
        };
        let Some(end) = read else {
            let failure = vanished(turn.dir, turn.control).await;
            return Ok(Outcome::Report(AttemptReport::Failed(failure)));
        };
        let verdict = verdict::judge(&Facts {
            assistant: self.assistant(),
            request: turn.request,
            heard,
            exit: &end.exit,
            stderr: &end.last_words(log),
            stopped: end.stopped,
            is_cancelled: turn.control.cancel.is_cancelled(),
            is_resume: turn.is_resume,
            session: turn.session.map(str::to_owned),
        });
        match verdict {
            Verdict::SessionLost => Ok(Outcome::SessionLost),
            Verdict::Report(report) => {
                end.log(log).await;
                Ok(Outcome::Report(report))
            }
        }
    }

    async fn listen(
        &self,
        program: Option<SupervisedProgram>,
        turn: &Turn<'_>,
        log: &mut AttemptLog,
    ) -> io::Result<Heard> {
        let mut listener = Listener::new((self.assistant().reader)(), log);
        let ended = CancellationToken::new();
        let stop = turn.control.cancel.child_token();
        let working = async {
            let end = match program {
                Some(mut program) => program.ended(&stop, turn.request.time_left).await,
                None => Ok(()),
            };
            ended.cancel();
            end
        };
        let (stdout, stderr) = (turn.dir.stdout(), turn.dir.stderr());
        let outputs = Outputs {
            stdout: &stdout,
            stderr: &stderr,
        };
        let on_limit = |stopped| {
            // Written down first: whoever settles the attempt has to know.
            let reason = serde_json::to_vec(&stopped).unwrap_or_default();
            if let Err(error) = write_private(&turn.dir.stopped(), &reason) {
                tracing::warn!(%error, "why an agent is ended could not be written down");
            }
            stop.cancel();
        };
        let listening = listener.follow(outputs, self.limits(), &ended, on_limit);
        let (end, followed) = tokio::join!(working, listening);
        end.and(followed)?;
        Ok(listener.finish())
    }

    async fn find_out(
        &self,
        request: &AttemptRequest,
        control: &AttemptControl,
        lines_known: u64,
    ) -> io::Result<Recovery> {
        let dir = self.host.attempt_dir(&request.key);
        let program = match Left::of(&dir).await? {
            Some(Left::Program(program)) => Some(program),
            Some(Left::Files) => None,
            None => return Ok(Recovery::Lost),
        };
        let order = ShimRequest::read(&dir)?;
        let mask = order.mask();
        let mut log = AttemptLog::masked(control.lines.clone(), lines_known, mask.clone());
        for note in order.notes {
            log.note(note).await;
        }
        let turn = Turn {
            dir: &dir,
            request,
            control,
            session: order.session.as_deref(),
            is_resume: order.is_resume,
            is_fork: order.is_fork,
        };
        Ok(match self.attend(program, &turn, &mut log).await? {
            Outcome::Report(report) => Recovery::Settled(mask.report(report)),
            // It did nothing, so nothing is lost but the start.
            Outcome::SessionLost => Recovery::Lost,
        })
    }
}

/// Whether a turn is a message to an earlier session, which says nothing to
/// whoever does not know that one.
fn is_message(request: &AttemptRequest) -> bool {
    request.speech == Speech::Skill && request.turn <= 1 && request.session.is_some()
}

/// What is left of an attempt whose program has ended.
struct End {
    exit: ExitRecord,
    stderr: Vec<u8>,
    stopped: Option<Stopped>,
}

impl End {
    /// None when its end was not written down.
    fn read(dir: &AttemptDir) -> io::Result<Option<Self>> {
        let Some(exit) = ExitRecord::read(dir)? else {
            return Ok(None);
        };
        let stderr = AttemptDir::tail_of(&dir.stderr(), STDERR_LOGGED_BYTES)?;
        let stopped = AttemptDir::tail_of(&dir.stopped(), 64)?;
        Ok(Some(Self {
            exit,
            stderr: from_a_line_on(stderr),
            stopped: serde_json::from_slice(&stopped).ok(),
        }))
    }

    /// The end of standard error, as it may be told.
    fn last_words(&self, log: &AttemptLog) -> String {
        let part = Part::of_tail(&self.stderr, STDERR_LOGGED_BYTES);
        let words = log.masked_part(&self.stderr, part);
        let words = String::from_utf8_lossy(&words);
        let start = words.len().saturating_sub(STDERR_TAIL_BYTES);
        let tail = words.get(words.ceil_char_boundary(start)..);
        tail.unwrap_or_default().to_owned()
    }

    /// Tells people what is not in the report.
    async fn log(&self, log: &mut AttemptLog) {
        let logging = async {
            let part = Part::of_tail(&self.stderr, STDERR_LOGGED_BYTES);
            let stderr = log.masked_part(&self.stderr, part).into_owned();
            log.text(AgentStream::Stderr, &stderr).await;
            for note in self.exit.notes() {
                log.note(note).await;
            }
            if self.stopped == Some(Stopped::Stayed) {
                log.note("the agent had answered and did not end, and was ended".to_owned())
                    .await;
            }
        };
        // A receiver that does not listen must not keep the report back.
        match tokio::time::timeout(LOG_PATIENCE, logging).await {
            Ok(()) | Err(_) => {}
        }
    }
}

/// The end of a file, without the line that it begins in the middle of, unless
/// that is all there is.
fn from_a_line_on(mut tail: Vec<u8>) -> Vec<u8> {
    let is_cut = tail.len() as u64 >= STDERR_LOGGED_BYTES;
    if is_cut && let Some(end) = tail.iter().position(|byte| *byte == b'\n') {
        tail.drain(..=end);
    }
    tail
}

#[async_trait]
impl StageDispatcher for AssistantDispatcher {
    fn adapter(&self) -> &'static str {
        self.config.name
    }

    fn needs_slot(&self) -> bool {
        true
    }

    async fn run(&self, request: AttemptRequest, control: AttemptControl) -> AttemptReport {
        reported(self.work(&request, &control).await)
    }

    async fn recover(
        &self,
        request: AttemptRequest,
        control: AttemptControl,
        lines_known: u64,
    ) -> Recovery {
        found_out(self.find_out(&request, &control, lines_known).await)
    }

    async fn forget(&self, key: &AttemptKey) {
        self.host.forget(key).await;
    }
}

#[cfg(test)]
mod tests {
    use baton_model::Timestamp;
    use tokio::sync::mpsc;

    use super::*;
    use crate::attempt_files::ExitReason;
    use crate::secrets::Mask;

    #[test]
    fn the_last_words_hold_no_piece_of_a_secret() {
        const SECRET: &str = "sk-0123456789abcdef";
        let (sender, _receiver) = mpsc::channel(1);
        let log = AttemptLog::masked(sender, 0, Mask::of([SECRET]));
        // The place of either cut lies in a secret.
        let room = STDERR_TAIL_BYTES - 10;
        let length = usize::try_from(STDERR_LOGGED_BYTES).unwrap();
        let end = format!("\n{SECRET}{}", "x".repeat(room));
        let start = format!("{}{end}", &SECRET[9..]);
        let middle = "y".repeat(length - start.len());
        let tail = format!("{}\n{middle}{end}", &SECRET[9..]);
        let tail = &tail[..length];
        let end = End {
            exit: ExitRecord::new(ExitReason::Exited, Timestamp::from_micros(0)),
            stderr: from_a_line_on(tail.as_bytes().to_vec()),
            stopped: None,
        };
        assert!(end.stderr.starts_with(b"y"));
        let words = end.last_words(&log);
        assert!(
            words.ends_with("xxx") && !words.contains("abcdef"),
            "{words}"
        );
        assert_eq!(words.len(), STDERR_TAIL_BYTES);
        let short = b"first\nsecond".to_vec();
        assert_eq!(from_a_line_on(short.clone()), short);
    }
}
