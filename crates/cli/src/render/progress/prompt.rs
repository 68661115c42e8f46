//! Asks about gates on the terminal, one at a time.
//!
//! A thread reads the keyboard, so that the run goes on being followed while
//! nobody answers, and the question can be withdrawn when somebody else does.

use std::collections::VecDeque;
use std::io::{BufRead, Write};

use tokio::sync::mpsc;

use crate::render::style::{Target, Tone, harmless, paint};

/// Gates that wait for an answer; the first is being asked about.
#[derive(Default)]
pub(crate) struct Prompt {
    waiting: VecDeque<(String, String)>,
    keyboard: Option<mpsc::Receiver<String>>,
}

impl Prompt {
    pub(crate) fn is_asking(&self) -> bool {
        !self.waiting.is_empty()
    }

    pub(crate) fn ask(&mut self, stage: &str, message: &str) {
        if self.waiting.iter().any(|(known, _)| known == stage) {
            return;
        }
        self.waiting
            .push_back((stage.to_owned(), message.to_owned()));
        if self.waiting.len() == 1 {
            self.print();
        }
    }

    /// Somebody else decided, or time did.
    pub(crate) fn withdraw(&mut self, stage: &str) {
        let was_first = self
            .waiting
            .front()
            .is_some_and(|(first, _)| first == stage);
        self.waiting.retain(|(waiting, _)| waiting != stage);
        if was_first {
            say("\n");
            self.print();
        }
    }

    /// The next answer: the stage, and whether it was approved.
    pub(crate) async fn answer(&mut self) -> (String, bool) {
        if self.waiting.is_empty() {
            return std::future::pending().await;
        }
        let keyboard = self.keyboard.get_or_insert_with(read_keyboard);
        loop {
            let Some(line) = keyboard.recv().await else {
                // Standard input was closed: somebody else has to decide.
                return std::future::pending().await;
            };
            let approved = match line.trim().to_lowercase().as_str() {
                "a" | "y" | "yes" | "approve" => true,
                "r" | "n" | "no" | "reject" => false,
                _ => {
                    say("Please answer a (approve) or r (reject): ");
                    continue;
                }
            };
            if let Some((stage, _)) = self.waiting.pop_front() {
                self.print();
                return (stage, approved);
            }
        }
    }

    fn print(&self) {
        let Some((stage, message)) = self.waiting.front() else {
            return;
        };
        let sign = paint(Target::Err, Tone::Warn, "?");
        let name = paint(Target::Err, Tone::Strong, stage);
        say(&format!(
            "{sign} {name}  {}\n  [a]pprove or [r]eject? ",
            harmless(message)
        ));
    }
}

fn say(text: &str) {
    let mut stderr = std::io::stderr().lock();
    // The terminal may be gone; then there is nobody to ask.
    drop(
        stderr
            .write_all(text.as_bytes())
            .and_then(|()| stderr.flush()),
    );
}

fn read_keyboard() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}
