//! `baton.toml`: which adapter works for which agent, where notices go, the
//! server's limits, and who may come in over the network.
//!
//! Everything is checked when the file is read, and every mistake is told
//! with its line, so that nothing about the file can fail once runs go on.

mod error;
mod pattern;
mod server;
mod wire;

use std::collections::BTreeMap;
use std::fs;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};

use crate::assistant::AssistantConfig;
use crate::command::CommandConfig;
use crate::egress::Destination;
use crate::hub::HubConfig;
use crate::secrets::Secrets;
use crate::simulated::SimulatedConfig;
use pattern::Patterns;

pub use error::{ConfigError, Mistake};
pub use pattern::{Resolved, Unresolved};
pub use server::{Auth, RateLimit, ServerSettings, TlsFiles};

/// The adapters of this release, by the names used in `baton.toml`.
pub(crate) const ADAPTERS: [&str; 8] = [
    "aider",
    "claude",
    "codex",
    "command",
    "gemini",
    "hub",
    "opencode",
    "simulated",
];

/// A `baton.toml` that has been read and checked.
#[derive(Debug, Default)]
pub struct Config {
    /// Who works on what.
    pub agents: Agents,
    /// Where notices go.
    pub notify: NotifyTargets,
    /// What the server may use.
    pub limits: Limits,
    /// How the server is reached over the network.
    pub server: ServerSettings,
    /// Where secrets are kept.
    pub(crate) secrets: Secrets,
}

/// Where the targets of notices are. URLs are kept to this crate, for they
/// are often secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotifyTargets {
    by_name: BTreeMap<String, Destination>,
}

impl NotifyTargets {
    /// Whether a target such as `slack:#releases` is known.
    pub fn contains(&self, target: &str) -> bool {
        self.by_name.contains_key(target)
    }

    /// The known targets in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    pub(crate) fn get(&self, target: &str) -> Option<&Destination> {
        self.by_name.get(target)
    }
}

/// What the server may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Agent processes at once.
    pub processes: NonZeroUsize,
    /// Runs of one project that have not ended; none: any number.
    pub runs_per_project: Option<NonZeroU32>,
}

impl Default for Limits {
    fn default() -> Self {
        const PROCESSES: NonZeroUsize = NonZeroUsize::new(8).unwrap();
        Self {
            processes: PROCESSES,
            runs_per_project: None,
        }
    }
}

/// An adapter and its settings.
#[derive(Clone, Debug, PartialEq)]
pub enum AdapterConfig {
    /// Any program.
    Command(CommandConfig),
    /// An agent behind an HTTP hub.
    Hub(HubConfig),
    /// A program that is an agent itself, such as Claude Code.
    Assistant(AssistantConfig),
    /// Made-up outputs.
    Simulated(SimulatedConfig),
}

impl AdapterConfig {
    /// The adapter's name in `baton.toml`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Command(_) => "command",
            Self::Hub(_) => "hub",
            Self::Assistant(config) => config.name,
            Self::Simulated(_) => "simulated",
        }
    }

    /// The variables that its programs are given besides those of the run.
    pub(crate) fn env(&self) -> Option<&BTreeMap<String, String>> {
        match self {
            Self::Command(config) => Some(&config.env),
            Self::Assistant(config) => Some(&config.env),
            Self::Hub(_) | Self::Simulated(_) => None,
        }
    }
}

/// Maps agent references to adapters.
#[derive(Debug, Default)]
pub struct Agents {
    /// The file this came from; none when there is none.
    file: Option<PathBuf>,
    patterns: Patterns,
    default: Option<AdapterConfig>,
}

impl Config {
    /// Reads and checks a file.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(file).map_err(|source| ConfigError::Unreadable {
            file: file.to_owned(),
            source,
        })?;
        Self::parse(&text, file)
    }

    /// Checks the text of a file; `file` is named in mistakes, and its
    /// directory is what relative commands are meant against.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
        let absolute = std::path::absolute(file).map_err(|source| ConfigError::Unreadable {
            file: file.to_owned(),
            source,
        })?;
        let directory = absolute.parent().unwrap_or(Path::new("/"));
        let parsed = wire::parse(text, directory)
            .map_err(|mistake| ConfigError::Invalid(Box::new(mistake.place(text, file))))?;
        Ok(Self {
            agents: Agents {
                file: Some(file.to_owned()),
                patterns: parsed.patterns,
                default: parsed.default,
            },
            notify: NotifyTargets {
                by_name: parsed.notify,
            },
            limits: parsed.limits,
            server: parsed.server,
            secrets: parsed.secrets,
        })
    }
}

impl Agents {
    /// Who works for `reference`: an entry of exactly that name, else the most
    /// specific pattern (longest text before its first wildcard), else the
    /// default adapter.
    pub fn resolve(&self, reference: &str) -> Result<Resolved<'_>, Unresolved> {
        self.patterns
            .resolve(reference)
            .or_else(|| self.default.as_ref().map(Resolved::by_default))
            .ok_or_else(|| Unresolved::new(reference, self.file.as_deref(), &self.patterns))
    }

    /// The file that the entries are from.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The entries by their names, exact ones before patterns.
    pub fn named(&self) -> impl Iterator<Item = (&str, &AdapterConfig)> {
        self.patterns.named()
    }

    /// How many entries there are.
    pub fn n_entries(&self) -> usize {
        self.entries().count()
    }

    /// The adapters of all entries, in the order of [`Resolved::entry`].
    pub(crate) fn entries(&self) -> impl Iterator<Item = &AdapterConfig> {
        self.patterns.entries()
    }

    pub(crate) fn default_adapter(&self) -> Option<&AdapterConfig> {
        self.default.as_ref()
    }
}

#[cfg(test)]
mod tests;
