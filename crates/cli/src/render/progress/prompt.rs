//! Asks about gates and for answers on the terminal, one stage at a time.
//! At a gate a key chooses and Enter confirms; an answer is typed.
//!
//! A thread reads the keyboard, so that the run goes on being followed while
//! nobody answers, and the question can be withdrawn when somebody else does.
//! Keys are not echoed while the run is shown: the live tree stays as it is.

use std::collections::VecDeque;
use std::io::Read;

use baton_server::v1::dto::{Asked, Question};
use nix::sys::termios::{FlushArg, LocalFlags, SetArg, Termios, tcflush, tcgetattr, tcsetattr};
use serde_json::{Map, Value};
use tokio::sync::mpsc;

use super::typed::Typed;
use crate::form::Form;
use crate::render::question;
use crate::render::style::{Target, Tone, harmless, paint};

/// What the user has to say about a stage.
#[derive(Debug, PartialEq)]
pub(crate) enum Reply {
    /// Whether a gate is passed, in the iteration that was shown.
    Gate {
        stage: String,
        iteration: u32,
        approve: bool,
    },
    /// Answers to all that an agent asks, in the dispatch that was shown; older
    /// servers do not say which that was.
    Answers {
        stage: String,
        dispatch: Option<u32>,
        answers: Map<String, Value>,
    },
}

/// Stages that wait for a reply; the first is being asked about.
pub(crate) struct Prompt {
    waiting: VecDeque<Waiting>,
    keyboard: Option<mpsc::Receiver<u8>>,
    _quiet: Option<Quiet>,
}

struct Waiting {
    stage: String,
    what: What,
}

enum What {
    Gate {
        message: String,
        iteration: u32,
        /// What was chosen and is not confirmed yet: whether to approve.
        choice: Option<bool>,
    },
    Questions {
        asker: String,
        dispatch: Option<u32>,
        form: Form,
        typed: Typed,
        /// What was wrong with the last line.
        mistake: Option<String>,
    },
}

/// The terminal without echo; dropping it restores what was before.
struct Quiet(Termios);

impl Prompt {
    pub(crate) fn new() -> Self {
        Self {
            waiting: VecDeque::new(),
            keyboard: None,
            _quiet: Quiet::begin(),
        }
    }

    /// What to show in lines of the terminal; empty when nothing is asked.
    pub(crate) fn lines(&self, width: usize) -> Vec<String> {
        self.waiting
            .front()
            .map(|first| first.lines(width.saturating_sub(3).max(20)))
            .unwrap_or_default()
    }

    /// Asks whether a gate is passed.
    pub(crate) fn ask_about_gate(&mut self, stage: &str, iteration: u32, message: &str) {
        let message = harmless(message);
        self.add(
            stage,
            What::Gate {
                message,
                iteration,
                choice: None,
            },
        );
    }

    /// Asks what an agent asks, or Baton after a crash.
    pub(crate) fn ask_questions(&mut self, stage: &str, dispatch: Option<u32>, asked: Asked) {
        let asker = match asked.asker.as_str() {
            "crash" => format!("Baton, about {stage},"),
            _ => stage.to_owned(),
        };
        self.add(
            stage,
            What::Questions {
                asker,
                dispatch,
                form: Form::new(asked.questions),
                typed: Typed::default(),
                mistake: None,
            },
        );
    }

    fn add(&mut self, stage: &str, what: What) {
        if self.waiting.iter().any(|known| known.stage == stage) {
            return;
        }
        if self.waiting.is_empty() {
            self.forget_typed();
        }
        self.waiting.push_back(Waiting {
            stage: stage.to_owned(),
            what,
        });
    }

    /// What was typed before the question answers nothing.
    fn forget_typed(&mut self) {
        // A terminal that is gone has nothing typed.
        let _gone = tcflush(std::io::stdin(), FlushArg::TCIFLUSH);
        while self
            .keyboard
            .as_mut()
            .is_some_and(|keyboard| keyboard.try_recv().is_ok())
        {}
    }

    /// Somebody else replied, or time did.
    pub(crate) fn withdraw(&mut self, stage: &str) {
        self.waiting.retain(|waiting| waiting.stage != stage);
    }

    /// Waits for a key; the reply, if that key completed one.
    pub(crate) async fn key(&mut self) -> Option<Reply> {
        if self.waiting.is_empty() {
            return std::future::pending().await;
        }
        let keyboard = self.keyboard.get_or_insert_with(read_keyboard);
        let Some(key) = keyboard.recv().await else {
            // Standard input was closed: somebody else has to decide.
            return std::future::pending().await;
        };
        self.take(key)
    }

    fn take(&mut self, key: u8) -> Option<Reply> {
        if !self.waiting.front_mut()?.take(key) {
            return None;
        }
        self.waiting.pop_front()?.into_reply()
    }
}

impl Waiting {
    /// Takes a key; whether there is a reply now.
    fn take(&mut self, key: u8) -> bool {
        match &mut self.what {
            What::Gate { choice, .. } => {
                match (key, *choice) {
                    (b'\r' | b'\n', Some(_)) => return true,
                    (b'a' | b'y', _) => *choice = Some(true),
                    (b'r' | b'n', _) => *choice = Some(false),
                    _ => *choice = None,
                }
                false
            }
            What::Questions {
                form,
                typed,
                mistake,
                ..
            } => {
                let Some(line) = typed.key(key) else {
                    return false;
                };
                *mistake = form.answer(&line).err();
                form.current().is_none()
            }
        }
    }

    fn into_reply(self) -> Option<Reply> {
        let stage = self.stage;
        Some(match self.what {
            What::Gate {
                choice, iteration, ..
            } => Reply::Gate {
                stage,
                iteration,
                approve: choice?,
            },
            What::Questions { form, dispatch, .. } => Reply::Answers {
                stage,
                dispatch,
                answers: form.into_answers(),
            },
        })
    }

    fn lines(&self, width: usize) -> Vec<String> {
        match &self.what {
            What::Gate {
                message, choice, ..
            } => {
                let text = format!("{}: {message}", self.stage);
                let wrapped = textwrap::wrap(&text, width);
                let lines = wrapped.into_iter().map(std::borrow::Cow::into_owned);
                marked(lines.collect(), &choose(*choice))
            }
            What::Questions {
                asker,
                form,
                typed,
                mistake,
                ..
            } => {
                let Some(asked) = form.current() else {
                    return Vec::new();
                };
                let mut lines = question::lines(asked, width);
                let count = match form.place() {
                    (_, 1) => String::new(),
                    (number, of) => format!(" ({number} of {of})"),
                };
                lines.insert(0, format!("{asker}{count} asks:"));
                marked(
                    lines,
                    &entry(asked, &typed.text(), mistake.as_deref(), width),
                )
            }
        }
    }
}

/// A sign before the first line, and below all of them how to reply.
fn marked(lines: Vec<String>, reply: &str) -> Vec<String> {
    let sign = paint(Target::Err, Tone::Warn, "?");
    let mut marked: Vec<String> = lines
        .into_iter()
        .enumerate()
        .map(|(place, line)| match place {
            0 => format!("{sign} {line}"),
            _ => format!("  {line}"),
        })
        .collect();
    marked.push(format!("  {reply}"));
    marked
}

fn choose(choice: Option<bool>) -> String {
    let (tone, verb) = match choice {
        None => return "[a]pprove or [r]eject".to_owned(),
        Some(true) => (Tone::Good, "approve"),
        Some(false) => (Tone::Bad, "reject"),
    };
    format!("{}? Enter to confirm", paint(Target::Err, tone, verb))
}

/// What is typed, or what may be.
fn entry(asked: &Question, typed: &str, mistake: Option<&str>, width: usize) -> String {
    if typed.is_empty() {
        let (tone, words) = match mistake {
            Some(mistake) => (Tone::Bad, mistake),
            None => (Tone::Dim, question::hint(asked)),
        };
        return format!("> {}", paint(Target::Err, tone, words));
    }
    // Of a long line, the end is what matters.
    let n_hidden = typed
        .chars()
        .count()
        .saturating_sub(width.saturating_sub(4));
    let shown: String = typed.chars().skip(n_hidden).collect();
    format!("> {shown}_")
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::form::tests::question;

    fn prompt() -> Prompt {
        Prompt {
            waiting: VecDeque::new(),
            keyboard: None,
            _quiet: None,
        }
    }

    fn type_in(prompt: &mut Prompt, keys: &str) -> Option<Reply> {
        let mut replies = keys.bytes().filter_map(|key| prompt.take(key));
        replies.next()
    }

    fn asked(questions: Vec<Question>) -> Asked {
        Asked {
            asker: "agent".to_owned(),
            questions,
            deadline: None,
            answers: None,
            answered_by: None,
        }
    }

    #[test]
    fn a_gate_is_decided_by_a_key_and_enter() {
        let rows = [
            ("a\n", Some(true)),
            ("ar\n", Some(false)),
            ("\n", None),
            ("ax\n", None),
        ];
        for (keys, decided) in rows {
            let mut prompt = prompt();
            prompt.ask_about_gate("check", 2, "Go on?");
            let reply = type_in(&mut prompt, keys);
            let expected = decided.map(|approve| Reply::Gate {
                stage: "check".to_owned(),
                iteration: 2,
                approve,
            });
            assert_eq!(reply, expected, "{keys:?}");
        }
    }

    #[test]
    fn questions_are_answered_one_by_one_and_mistakes_are_said() {
        let mut prompt = prompt();
        prompt.ask_questions(
            "draft",
            Some(7),
            asked(vec![
                question("Tone", &["dry", "warm"]),
                question("Why", &[]),
            ]),
        );
        assert_eq!(type_in(&mut prompt, "3\n"), None);
        let shown = prompt.lines(60).join("\n");
        assert!(shown.contains("draft (1 of 2) asks:"), "{shown}");
        assert!(shown.contains("choose 1 to 2"), "{shown}");
        assert_eq!(type_in(&mut prompt, "2\nbeca"), None);
        assert!(prompt.lines(60).join("\n").contains("> beca_"));
        let Some(Reply::Answers {
            stage,
            dispatch,
            answers,
        }) = type_in(&mut prompt, "use\n")
        else {
            panic!("no answers");
        };
        assert_eq!((stage.as_str(), dispatch), ("draft", Some(7)));
        assert_eq!(
            Value::Object(answers),
            json!({ "Tone": "warm", "Why": "because" })
        );
        assert!(prompt.lines(60).is_empty());
    }

    #[test]
    fn what_somebody_else_answered_is_asked_no_more() {
        let mut prompt = prompt();
        prompt.ask_about_gate("check", 1, "Go on?");
        prompt.ask_questions("draft", None, asked(vec![question("Why", &[])]));
        prompt.withdraw("check");
        assert!(prompt.lines(60)[0].contains("draft asks:"));
        prompt.withdraw("draft");
        assert!(prompt.lines(60).is_empty());
    }
}
