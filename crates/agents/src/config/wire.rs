//! The shape of `baton.toml`, and the way from it to checked settings.
//!
//! The file is read twice: loosely, to tell an adapter that this release does
//! not have from a key it would have, and then strictly.

mod assistant;
mod hub;
mod json;
mod notify;
mod question;
mod secret;
mod server;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::Path;
use std::time::Duration;

use baton_model::FailureLabel;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use super::error::UnplacedMistake;
use super::pattern::Patterns;
use super::{ADAPTERS, AdapterConfig, Limits, ServerSettings};
use crate::assistant::AssistantConfig;
use crate::command::CommandConfig;
use crate::egress::Destination;
use crate::secrets::Secrets;
use crate::simulated::SimulatedConfig;
use notify::NotifyTable;
use question::QuestionTable;
use secret::SecretTable;
use server::ServerTable;

/// Every key of the file, for "did you mean".
const KEYS: [&str; 45] = [
    "adapter",
    "agents",
    "allow_private",
    "allowed_tools",
    "args",
    "auth",
    "cert",
    "command",
    "default_adapter",
    "delay",
    "description",
    "disallowed_tools",
    "edits",
    "env",
    "fail",
    "file",
    "header",
    "hosts",
    "idle_timeout",
    "key",
    "label",
    "limits",
    "linger",
    "max_budget_usd",
    "max_turns",
    "model",
    "multi_select",
    "name",
    "notify",
    "options",
    "origins",
    "output",
    "outputs",
    "permission_mode",
    "processes",
    "question",
    "questions",
    "rate_limit",
    "runs_per_project",
    "secrets",
    "server",
    "start_timeout",
    "timeout",
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
    pub(super) secrets: Secrets,
}

/// Reads and checks the text of a file that lies in `directory`.
pub(super) fn parse(text: &str, directory: &Path) -> Result<Parsed, UnplacedMistake> {
    check_adapters(&read::<LooseFile>(text)?)?;
    let file: File = read(text)?;
    let secrets = secret::sources(file.secrets, directory)?;
    let mut patterns = Patterns::default();
    for (name, agent) in file.agents {
        let adapter = agent.check(directory, &secrets)?;
        patterns.add(name.as_ref(), adapter).map_err(|error| {
            let message = format!("`{}` is no pattern: {}", name.as_ref(), error.kind());
            UnplacedMistake::new(name.span(), message)
        })?;
    }
    Ok(Parsed {
        patterns,
        default: file
            .default_adapter
            .map(|name| default_adapter(&name, &secrets))
            .transpose()?,
        notify: notify::targets(file.notify)?,
        limits: limits(&file.limits)?,
        server: server::settings(file.server, directory)?,
        secrets,
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
    #[serde(default)]
    secrets: BTreeMap<Spanned<String>, SecretTable>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsTable {
    processes: Option<Spanned<i64>>,
    runs_per_project: Option<Spanned<i64>>,
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
    url: Option<Spanned<String>>,
    name: Option<Spanned<String>>,
    timeout: Option<Spanned<String>>,
    allow_private: Option<Spanned<bool>>,
    model: Option<Spanned<String>>,
    permission_mode: Option<Spanned<String>>,
    allowed_tools: Option<Spanned<Vec<String>>>,
    disallowed_tools: Option<Spanned<Vec<String>>>,
    max_turns: Option<Spanned<i64>>,
    max_budget_usd: Option<Spanned<f64>>,
    args: Option<Spanned<Vec<String>>>,
    output: Option<Spanned<String>>,
    start_timeout: Option<Spanned<String>>,
    idle_timeout: Option<Spanned<String>>,
    linger: Option<Spanned<String>>,
}

impl Agent {
    fn check(self, directory: &Path, secrets: &Secrets) -> Result<AdapterConfig, UnplacedMistake> {
        self.check_keys()?;
        secret::check(self.env.as_ref(), secrets)?;
        match self.adapter.as_ref().as_str() {
            "command" => self.into_command(directory).map(|config| {
                AdapterConfig::Command(CommandConfig {
                    secrets: secrets.clone(),
                    ..config
                })
            }),
            "hub" => self.into_hub().map(AdapterConfig::Hub),
            "simulated" => self.into_simulated().map(AdapterConfig::Simulated),
            _ => self.into_assistant(directory).map(|config| {
                AdapterConfig::Assistant(AssistantConfig {
                    secrets: secrets.clone(),
                    ..config
                })
            }),
        }
    }

    /// Every key belongs to one adapter.
    fn check_keys(&self) -> Result<(), UnplacedMistake> {
        fn span<T>(value: Option<&Spanned<T>>) -> Option<std::ops::Range<usize>> {
            value.map(Spanned::span)
        }
        let adapter = self.adapter.as_ref().as_str();
        let is_assistant = AssistantConfig::adapters().any(|name| name == adapter);
        let keys = [
            (
                "command",
                is_assistant || adapter == "command",
                span(self.command.as_ref()),
            ),
            (
                "env",
                is_assistant || adapter == "command",
                span(self.env.as_ref()),
            ),
            ("delay", adapter == "simulated", span(self.delay.as_ref())),
            ("fail", adapter == "simulated", span(self.fail.as_ref())),
            (
                "outputs",
                adapter == "simulated",
                span(self.outputs.as_ref()),
            ),
            (
                "questions",
                adapter == "simulated",
                span(self.questions.as_ref()),
            ),
            ("edits", adapter == "simulated", span(self.edits.as_ref())),
            ("url", adapter == "hub", span(self.url.as_ref())),
            ("name", adapter == "hub", span(self.name.as_ref())),
            ("timeout", adapter == "hub", span(self.timeout.as_ref())),
            (
                "allow_private",
                adapter == "hub",
                span(self.allow_private.as_ref()),
            ),
        ];
        let of_assistants = self
            .assistant_keys()
            .into_iter()
            .map(|(key, is_its_own, span)| (key, is_assistant && is_its_own, span));
        for (key, is_its_own, span) in keys.into_iter().chain(of_assistants) {
            if let Some(span) = span
                && !is_its_own
            {
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
            ..CommandConfig::default()
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
                ADAPTERS.map(|known| format!("`{known}`")).join(", ")
            );
            let mistake = UnplacedMistake::new(adapter.span(), message);
            return Err(mistake.did_you_mean(name, &ADAPTERS));
        }
    }
    Ok(())
}

/// Only an adapter that works without settings can be the default.
fn default_adapter(
    name: &Spanned<String>,
    secrets: &Secrets,
) -> Result<AdapterConfig, UnplacedMistake> {
    if name.as_ref() == "simulated" {
        return Ok(AdapterConfig::Simulated(SimulatedConfig::default()));
    }
    if let Some(usual) = AssistantConfig::usual(name.as_ref()) {
        return Ok(AdapterConfig::Assistant(AssistantConfig {
            secrets: secrets.clone(),
            ..usual
        }));
    }
    let message = format!("adapter `{}` needs settings of its own", name.as_ref());
    let help = "give them in a section [agents.\"agent:*\"]";
    Err(UnplacedMistake::new(name.span(), message).help(help))
}

fn limits(table: &LimitsTable) -> Result<Limits, UnplacedMistake> {
    let mut limits = Limits::default();
    if let Some(processes) = &table.processes {
        limits.processes = usize::try_from(*processes.as_ref())
            .ok()
            .filter(|count| *count <= PROCESSES_MAX)
            .and_then(NonZeroUsize::new)
            .ok_or_else(|| out_of_range("processes", processes, PROCESSES_MAX))?;
    }
    if let Some(runs) = &table.runs_per_project {
        let in_range = u32::try_from(*runs.as_ref()).ok();
        let in_range = in_range.and_then(NonZeroU32::new);
        let in_range = in_range.ok_or_else(|| out_of_range("runs_per_project", runs, u32::MAX))?;
        limits.runs_per_project = Some(in_range);
    }
    Ok(limits)
}

fn out_of_range(key: &str, value: &Spanned<i64>, max: impl Display) -> UnplacedMistake {
    UnplacedMistake::new(value.span(), format!("`{key}` must be from 1 to {max}"))
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
