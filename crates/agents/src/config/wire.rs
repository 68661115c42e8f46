//! The shape of `baton.toml`, and the way from it to checked settings.
//!
//! The file is read twice: loosely, to tell an adapter that this release does
//! not have from a key it would have, and then strictly.

mod json;
mod notify;
mod question;
mod server;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use baton_model::FailureLabel;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use super::error::UnplacedMistake;
use super::pattern::Patterns;
use super::{ADAPTERS, AdapterConfig, Limits, ServerSettings};
use crate::command::CommandConfig;
use crate::egress::Destination;
use crate::simulated::SimulatedConfig;
use notify::NotifyTable;
use question::QuestionTable;
use server::ServerTable;

/// Every key of the file, for "did you mean".
const KEYS: [&str; 29] = [
    "adapter",
    "agents",
    "allow_private",
    "auth",
    "cert",
    "command",
    "default_adapter",
    "delay",
    "description",
    "edits",
    "env",
    "fail",
    "header",
    "hosts",
    "key",
    "label",
    "limits",
    "multi_select",
    "notify",
    "options",
    "origins",
    "outputs",
    "processes",
    "question",
    "questions",
    "rate_limit",
    "server",
    "tls",
    "url",
];
/// More processes than any one machine is good for.
const PROCESSES_MAX: usize = 10_000;

/// What a file says.
pub(super) struct Parsed {
    pub(super) patterns: Patterns,
    pub(super) default: Option<AdapterConfig>,
    pub(super) notify: BTreeMap<String, Destination>,
    pub(super) limits: Limits,
    pub(super) server: ServerSettings,
}

/// Reads and checks the text of a file that lies in `directory`.
pub(super) fn parse(text: &str, directory: &Path) -> Result<Parsed, UnplacedMistake> {
    check_adapters(&read::<LooseFile>(text)?)?;
    let file: File = read(text)?;
    let mut patterns = Patterns::default();
    for (name, agent) in file.agents {
        let adapter = agent.check(directory)?;
        patterns.add(name.as_ref(), adapter).map_err(|error| {
            let message = format!("`{}` is no pattern: {}", name.as_ref(), error.kind());
            UnplacedMistake::new(name.span(), message)
        })?;
    }
    Ok(Parsed {
        patterns,
        default: file
            .default_adapter
            .map(|name| default_adapter(&name))
            .transpose()?,
        notify: notify::targets(file.notify)?,
        limits: limits(&file.limits)?,
        server: server::settings(file.server, directory)?,
    })
}

#[derive(Deserialize)]
struct LooseFile {
    default_adapter: Option<Spanned<String>>,
    #[serde(default)]
    agents: BTreeMap<String, LooseAgent>,
}

#[derive(Deserialize)]
struct LooseAgent {
    adapter: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    default_adapter: Option<Spanned<String>>,
    #[serde(default)]
    agents: BTreeMap<Spanned<String>, Agent>,
    #[serde(default)]
    notify: BTreeMap<String, NotifyTable>,
    #[serde(default)]
    limits: LimitsTable,
    #[serde(default)]
    server: ServerTable,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsTable {
    processes: Option<Spanned<i64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Agent {
    adapter: Spanned<String>,
    command: Option<Spanned<Vec<String>>>,
    env: Option<Spanned<BTreeMap<String, String>>>,
    delay: Option<Spanned<String>>,
    fail: Option<Spanned<Vec<Spanned<String>>>>,
    outputs: Option<Spanned<toml::Table>>,
    questions: Option<Spanned<Vec<QuestionTable>>>,
    edits: Option<Spanned<Vec<toml::Table>>>,
}

impl Agent {
    fn check(self, directory: &Path) -> Result<AdapterConfig, UnplacedMistake> {
        let is_command = self.adapter.as_ref() == "command";
        self.check_keys(is_command)?;
        if is_command {
            self.into_command(directory).map(AdapterConfig::Command)
        } else {
            self.into_simulated().map(AdapterConfig::Simulated)
        }
    }

    /// Every key belongs to one adapter.
    fn check_keys(&self, is_command: bool) -> Result<(), UnplacedMistake> {
        fn span<T>(value: Option<&Spanned<T>>) -> Option<std::ops::Range<usize>> {
            value.map(Spanned::span)
        }
        let keys = [
            ("command", true, span(self.command.as_ref())),
            ("env", true, span(self.env.as_ref())),
            ("delay", false, span(self.delay.as_ref())),
            ("fail", false, span(self.fail.as_ref())),
            ("outputs", false, span(self.outputs.as_ref())),
            ("questions", false, span(self.questions.as_ref())),
            ("edits", false, span(self.edits.as_ref())),
        ];
        for (key, is_commands, span) in keys {
            if let Some(span) = span
                && is_commands != is_command
            {
                let adapter = self.adapter.as_ref();
                let message = format!("adapter `{adapter}` has no setting `{key}`");
                return Err(UnplacedMistake::new(span, message));
            }
        }
        Ok(())
    }

    fn into_command(self, directory: &Path) -> Result<CommandConfig, UnplacedMistake> {
        let example = "such as command = [\"./agent.sh\"]";
        let Some(command) = self.command else {
            let message = "adapter `command` needs a setting `command`";
            return Err(UnplacedMistake::new(self.adapter.span(), message).help(example));
        };
        let span = command.span();
        let argv = command.into_inner();
        if argv.first().is_none_or(String::is_empty) {
            return Err(UnplacedMistake::new(span, "the command is empty").help(example));
        }
        if argv.iter().any(|argument| argument.contains('\0')) {
            let message = "the command holds a NUL character, which no program can be given";
            return Err(UnplacedMistake::new(span, message));
        }
        Ok(CommandConfig {
            argv,
            env: self.env.map(Spanned::into_inner).unwrap_or_default(),
            directory: directory.to_owned(),
        })
    }

    fn into_simulated(self) -> Result<SimulatedConfig, UnplacedMistake> {
        let delay = self.delay.map(|it| duration(&it)).transpose()?;
        let labels = self.fail.map(Spanned::into_inner).unwrap_or_default();
        let fail = labels.iter().map(label).collect::<Result<_, _>>()?;
        let outputs = self.outputs.map(|it| json::outputs(&it)).transpose()?;
        let questions = self.questions.map(question::questions).transpose()?;
        let edits = self.edits.map(|it| json::edits(&it)).transpose()?;
        Ok(SimulatedConfig {
            delay: delay.unwrap_or_default(),
            fail,
            outputs: outputs.unwrap_or_default(),
            questions: questions.unwrap_or_default(),
            edits: edits.unwrap_or_default(),
        })
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, UnplacedMistake> {
    toml::from_str(text).map_err(|error| {
        let mistake = UnplacedMistake::new(error.span().unwrap_or(0..0), error.message().trim());
        // The place of an unknown key is the key; of anything else it is not a name.
        let used = mistake.span_text(text);
        if error.message().starts_with("unknown field") {
            mistake.did_you_mean(used, &KEYS)
        } else {
            mistake
        }
    })
}

fn check_adapters(file: &LooseFile) -> Result<(), UnplacedMistake> {
    let of_agents = file.agents.values().filter_map(|it| it.adapter.as_ref());
    for adapter in file.default_adapter.iter().chain(of_agents) {
        let name = adapter.as_ref().as_str();
        if !ADAPTERS.contains(&name) {
            let message = format!(
                "adapter `{name}` is not available in this release; it has {}",
                ADAPTERS.map(|known| format!("`{known}`")).join(" and ")
            );
            let mistake = UnplacedMistake::new(adapter.span(), message);
            return Err(mistake.did_you_mean(name, &ADAPTERS));
        }
    }
    Ok(())
}

/// Only an adapter that works without settings can be the default.
fn default_adapter(name: &Spanned<String>) -> Result<AdapterConfig, UnplacedMistake> {
    if name.as_ref() == "simulated" {
        return Ok(AdapterConfig::Simulated(SimulatedConfig::default()));
    }
    let message = format!("adapter `{}` needs settings of its own", name.as_ref());
    let help = "give them in a section [agents.\"agent:*\"]";
    Err(UnplacedMistake::new(name.span(), message).help(help))
}

fn limits(table: &LimitsTable) -> Result<Limits, UnplacedMistake> {
    let Some(processes) = &table.processes else {
        return Ok(Limits::default());
    };
    let in_range = usize::try_from(*processes.as_ref())
        .ok()
        .filter(|count| *count <= PROCESSES_MAX)
        .and_then(NonZeroUsize::new);
    match in_range {
        Some(processes) => Ok(Limits { processes }),
        None => Err(UnplacedMistake::new(
            processes.span(),
            format!("`processes` must be from 1 to {PROCESSES_MAX}"),
        )),
    }
}

fn duration(text: &Spanned<String>) -> Result<Duration, UnplacedMistake> {
    let parsed = text.as_ref().parse::<jiff::SignedDuration>().ok();
    parsed
        .and_then(|signed| Duration::try_from(signed).ok())
        .ok_or_else(|| {
            let message = format!("`{}` is no duration", text.as_ref());
            UnplacedMistake::new(text.span(), message).help("such as \"500ms\", \"2s\" or \"1m\"")
        })
}

fn label(text: &Spanned<String>) -> Result<FailureLabel, UnplacedMistake> {
    let name = text.as_ref();
    let is_label = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.is_empty() && name.bytes().all(is_label) {
        return Ok(FailureLabel::new(name.as_str()));
    }
    let message = format!("`{name}` is no failure label");
    let known = FailureLabel::KNOWN;
    let known: Vec<&str> = known.iter().map(FailureLabel::as_str).collect();
    Err(UnplacedMistake::new(text.span(), message).did_you_mean(name, &known))
}
