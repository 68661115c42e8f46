//! Asks about gates on the terminal, one at a time: a key chooses, Enter
//! confirms.
//!
//! A thread reads the keyboard, so that the run goes on being followed while
//! nobody answers, and the question can be withdrawn when somebody else does.
//! Keys are not echoed while the run is shown: the live tree stays as it is.

use std::collections::VecDeque;
use std::io::Read;

use nix::sys::termios::{FlushArg, LocalFlags, SetArg, Termios, tcflush, tcgetattr, tcsetattr};
use tokio::sync::mpsc;

use crate::render::style::{Target, Tone, harmless, paint};

/// Gates that wait for an answer; the first is being asked about.
pub(crate) struct Prompt {
    waiting: VecDeque<(String, String)>,
    /// What was chosen and is not confirmed yet: whether to approve.
    choice: Option<bool>,
    keyboard: Option<mpsc::Receiver<u8>>,
    _quiet: Option<Quiet>,
}

/// What is asked at the moment.
pub(crate) struct Question {
    text: String,
    choice: Option<bool>,
}

impl Question {
    /// The question in lines of the terminal, and the keys that answer it.
    pub(crate) fn lines(&self, width: usize) -> Vec<String> {
        let width = width.saturating_sub(3).max(20);
        let mut lines: Vec<String> = textwrap::wrap(&self.text, width)
            .iter()
            .map(|line| format!("  {line}"))
            .collect();
        if let Some(first) = lines.first_mut() {
            *first = format!(
                "{} {}",
                paint(Target::Err, Tone::Warn, "?"),
                first.trim_start()
            );
        }
        lines.push(match self.choice {
            None => "  [a]pprove or [r]eject".to_owned(),
            Some(true) => format!(
                "  {}? Enter to confirm",
                paint(Target::Err, Tone::Good, "approve")
            ),
            Some(false) => format!(
                "  {}? Enter to confirm",
                paint(Target::Err, Tone::Bad, "reject")
            ),
        });
        lines
    }
}

/// The terminal without echo; dropping it restores what was before.
struct Quiet(Termios);

impl Prompt {
    pub(crate) fn new() -> Self {
        let waiting = VecDeque::new();
        Self {
            waiting,
            choice: None,
            keyboard: None,
            _quiet: Quiet::begin(),
        }
    }

    /// What to show; None when nothing is asked.
    pub(crate) fn question(&self) -> Option<Question> {
        let (stage, message) = self.waiting.front()?;
        let text = format!("{stage}: {}", harmless(message));
        Some(Question {
            text,
            choice: self.choice,
        })
    }

    pub(crate) fn ask(&mut self, stage: &str, message: &str) {
        if self.waiting.iter().any(|(known, _)| known == stage) {
            return;
        }
        if self.waiting.is_empty() {
            self.forget_typed();
        }
        self.waiting
            .push_back((stage.to_owned(), message.to_owned()));
    }

    /// What was typed before the question answers nothing.
    fn forget_typed(&mut self) {
        self.choice = None;
        // A terminal that is gone has nothing typed.
        let _gone = tcflush(std::io::stdin(), FlushArg::TCIFLUSH);
        while self
            .keyboard
            .as_mut()
            .is_some_and(|keyboard| keyboard.try_recv().is_ok())
        {}
    }

    /// Somebody else decided, or time did.
    pub(crate) fn withdraw(&mut self, stage: &str) {
        if self
            .waiting
            .front()
            .is_some_and(|(first, _)| first == stage)
        {
            self.choice = None;
        }
        self.waiting.retain(|(waiting, _)| waiting != stage);
    }

    /// Waits for a key; the answer, if that key gave one: the stage, and
    /// whether it is approved.
    pub(crate) async fn key(&mut self) -> Option<(String, bool)> {
        if self.waiting.is_empty() {
            return std::future::pending().await;
        }
        let keyboard = self.keyboard.get_or_insert_with(read_keyboard);
        let Some(key) = keyboard.recv().await else {
            // Standard input was closed: somebody else has to decide.
            return std::future::pending().await;
        };
        match (key, self.choice) {
            (b'a' | b'y', _) => self.choice = Some(true),
            (b'r' | b'n', _) => self.choice = Some(false),
            (b'\r' | b'\n', Some(approve)) => {
                self.choice = None;
                let answered = self.waiting.pop_front();
                return answered.map(|(stage, _)| (stage, approve));
            }
            _ => self.choice = None,
        }
        None
    }
}

impl Quiet {
    /// None when standard input is no terminal that can be told so.
    fn begin() -> Option<Self> {
        let before = tcgetattr(std::io::stdin()).ok()?;
        let mut quiet = before.clone();
        quiet
            .local_flags
            .remove(LocalFlags::ICANON | LocalFlags::ECHO);
        tcsetattr(std::io::stdin(), SetArg::TCSANOW, &quiet).ok()?;
        Some(Self(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // A terminal that is gone needs no echo.
        let _gone = tcsetattr(std::io::stdin(), SetArg::TCSANOW, &self.0);
    }
}

fn read_keyboard() -> mpsc::Receiver<u8> {
    let (sender, keys) = mpsc::channel(16);
    std::thread::spawn(move || {
        for key in std::io::stdin().lock().bytes() {
            let Ok(key) = key else { return };
            if sender.blocking_send(key).is_err() {
                return;
            }
        }
    });
    keys
}
