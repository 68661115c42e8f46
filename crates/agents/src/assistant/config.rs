//! What `baton.toml` says of a program that is an agent itself.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::table::{self, Assistant};
use crate::secrets::Secrets;

/// How long a program that tells what it does may take until it says anything.
const START_TIMEOUT: Duration = Duration::from_mins(2);
/// How long it may be silent after that. Long commands of agents are silent.
const IDLE_TIMEOUT: Duration = Duration::from_mins(30);
/// How long it may stay after it has answered.
const LINGER: Duration = Duration::from_secs(30);

/// A program such as Claude Code or Codex, and how it is called.
#[derive(Clone, Debug, PartialEq)]
pub struct AssistantConfig {
    /// Which, by its adapter.
    pub(crate) name: &'static str,
    /// The program and its first arguments; empty: the usual one.
    pub argv: Vec<String>,
    /// More arguments, at the end.
    pub args: Vec<String>,
    /// Environment for it, over the run's; may name secrets.
    pub env: BTreeMap<String, String>,
    /// The secrets that may be named.
    pub secrets: Secrets,
    /// The directory of `baton.toml`, against which a program given as a path is meant.
    pub directory: PathBuf,
    /// The model, whatever a stage asks for.
    pub model: Option<String>,
    /// What it may do without being asked, in its own words.
    pub permission_mode: Option<String>,
    /// Tools it may use without being asked.
    pub allowed_tools: Vec<String>,
    /// Tools it may not use.
    pub disallowed_tools: Vec<String>,
    /// How many rounds with its model one turn may take.
    pub turns_max: Option<u32>,
    /// How much one turn may cost, in US dollars.
    pub budget_usd: Option<f64>,
    /// In what form it is asked to tell what it does.
    pub output: OutputForm,
    /// How long it may take until it says anything; see [`Self::start_limit`].
    pub start_timeout: Option<Duration>,
    /// How long it may be silent after that.
    pub idle_timeout: Duration,
    /// How long it may stay after it has answered.
    pub linger: Duration,
}

/// In what form a program is asked to tell what it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OutputForm {
    /// Event by event.
    #[default]
    Stream,
    /// One document at its end; for programs that know no other.
    Document,
}

impl AssistantConfig {
    /// The usual settings of the program with this adapter, if there is one.
    pub fn usual(adapter: &str) -> Option<Self> {
        let assistant = table::assistant(adapter)?;
        Some(Self {
            name: assistant.name,
            argv: Vec::new(),
            args: Vec::new(),
            env: BTreeMap::new(),
            secrets: Secrets::default(),
            directory: PathBuf::new(),
            model: None,
            permission_mode: None,
            allowed_tools: Vec::new(),
            disallowed_tools: Vec::new(),
            turns_max: None,
            budget_usd: None,
            output: OutputForm::default(),
            start_timeout: None,
            idle_timeout: IDLE_TIMEOUT,
            linger: LINGER,
        })
    }

    /// The usual settings of the program that an agent is called after, such as
    /// `agent:claude`.
    pub fn of_reference(reference: &str) -> Option<Self> {
        Self::usual(reference.strip_prefix("agent:")?)
    }

    /// The adapters of all such programs.
    pub fn adapters() -> impl Iterator<Item = &'static str> {
        table::ASSISTANTS.iter().map(|assistant| assistant.name)
    }

    pub(crate) fn assistant(&self) -> &'static Assistant {
        table::assistant(self.name).expect("only names of the table become settings")
    }

    /// How long it may take until it says anything. One that says everything
    /// at its end may take as long as it works, unless the settings say else.
    pub(crate) fn start_limit(&self) -> Option<Duration> {
        let speaks_at_its_end =
            self.output == OutputForm::Document || self.assistant().speaks_at_its_end;
        let usual = (!speaks_at_its_end).then_some(START_TIMEOUT);
        self.start_timeout.or(usual)
    }

    /// The program with its first arguments.
    pub(crate) fn command(&self) -> Vec<String> {
        if self.argv.is_empty() {
            vec![self.assistant().program.to_owned()]
        } else {
            self.argv.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_programs_that_speak_while_they_work_must_begin_soon() {
        let rows = [
            ("claude", OutputForm::Stream, Some(START_TIMEOUT)),
            ("claude", OutputForm::Document, None),
            ("codex", OutputForm::Stream, Some(START_TIMEOUT)),
            ("gemini", OutputForm::Stream, None),
            ("aider", OutputForm::Stream, Some(START_TIMEOUT)),
        ];
        for (name, output, expected) in rows {
            let mut config = AssistantConfig::usual(name).unwrap();
            config.output = output;
            assert_eq!(config.start_limit(), expected, "{name} {output:?}");
            let chosen = Some(Duration::from_secs(7));
            config.start_timeout = chosen;
            assert_eq!(config.start_limit(), chosen, "{name} {output:?}");
        }
    }
}
