//! The options of every command, and where their values come from.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, ValueEnum};

use super::Command;
use crate::exit::Failure;
use crate::remote::{self, Server};

/// What every command takes, as it was given.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct GivenOptions {
    /// Ask the server at this address, such as `https://baton.example.org`, instead
    /// of this machine's data directory [default: none]
    #[arg(
        long,
        global = true,
        env = "BATON_SERVER",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) server: Option<String>,

    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help = "With --server: a file that holds the token to say who asks [default: the token \
                in BATON_TOKEN, else none]"
    )]
    pub(crate) token_file: Option<PathBuf>,

    #[arg(
        long,
        global = true,
        env = "BATON_DATA_DIR",
        hide_env_values = true,
        value_name = "DIR",
        help = "Where workflows and runs are kept [default: $XDG_DATA_HOME/baton]"
    )]
    pub(crate) data_dir: Option<PathBuf>,

    /// The baton.toml that says who the agents are [default: in the project, beside
    /// the workflow, or config.toml in the data directory]
    #[arg(
        long,
        global = true,
        env = "BATON_CONFIG",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub(crate) config: Option<PathBuf>,

    /// How to print the answer; only the answer goes to standard output
    #[arg(long, short = 'o', alias = "format", global = true, value_enum, default_value_t = Format::Table)]
    pub(crate) output: Format,

    /// Say more on standard error; twice for everything [default: warnings]
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    /// How to write the log, which is on standard error
    #[arg(
        long,
        global = true,
        env = "BATON_LOG_FORMAT",
        hide_env_values = true,
        value_enum,
        default_value_t = LogFormat::Pretty
    )]
    pub(crate) log_format: LogFormat,

    #[arg(skip)]
    origins: BTreeMap<&'static str, Origin>,
}

/// Everything that can be asked for as the form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[value(alias = "human")]
    Table,
    /// One JSON document
    Json,
    /// One YAML document
    Yaml,
    /// Findings for code scanners
    #[value(hide = true)]
    Sarif,
    /// Findings as annotations of pull requests
    #[value(hide = true)]
    Github,
}

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Pretty,
    /// One JSON object a line
    Json,
}

impl LogFormat {
    /// The word on the command line.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pretty => "pretty",
            Self::Json => "json",
        }
    }
}

/// Where the value of an option comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It stands on the command line.
    Typed,
    /// It is in the environment.
    Environment,
}

impl GivenOptions {
    /// Notes which of the options were typed, and which the environment sets.
    pub(super) fn note_origins(&mut self, matches: &ArgMatches) {
        for name in [
            "server",
            "token_file",
            "data_dir",
            "config",
            "output",
            "log_format",
        ] {
            let origin = match matches.value_source(name) {
                Some(ValueSource::CommandLine) => Origin::Typed,
                Some(ValueSource::EnvVariable) => Origin::Environment,
                _ => continue,
            };
            self.origins.insert(name, origin);
        }
    }

    fn is_typed(&self, name: &str) -> bool {
        self.origins.get(name) == Some(&Origin::Typed)
    }

    /// The options of a command, which may not give answers in every form, and
    /// may not be for servers.
    pub(crate) fn settle(self, command: &Command) -> anyhow::Result<Options> {
        let output = match self.output {
            Format::Json => Output::Json,
            Format::Yaml => Output::Yaml,
            Format::Table => Output::Table,
            Format::Sarif | Format::Github if command.is_validate() => Output::Table,
            Format::Sarif | Format::Github => {
                let message = "this format is one of baton validate only; \
                               give table, json or yaml";
                return Err(Failure::usage(message));
            }
        };
        let server = self.server(command)?;
        Ok(Options {
            server,
            data_dir: self.data_dir,
            config: self.config,
            output,
            format: self.output,
            log_format: self.log_format,
            origins: self.origins,
        })
    }

    /// The server that is asked; none for this machine. What was typed wins
    /// over the environment.
    fn server(&self, command: &Command) -> anyhow::Result<Option<Server>> {
        let is_typed = self.is_typed("server");
        if self.is_typed("token_file") && self.server.is_none() {
            return Err(Failure::usage("--token-file goes with --server"));
        }
        let Some(url) = &self.server else {
            return Ok(None);
        };
        if is_typed && self.is_typed("data_dir") {
            let message = "--server and --data-dir name two places; give one of them";
            return Err(Failure::usage(message));
        }
        if let Some(name) = command.local_only() {
            if !is_typed {
                return Ok(None);
            }
            let message = format!("baton {name} is about this machine; leave out --server");
            return Err(Failure::usage(message));
        }
        if self.is_typed("data_dir") {
            return Ok(None);
        }
        if self.is_typed("config") {
            let message = "a server has a baton.toml of its own; leave out --config";
            return Err(Failure::usage(message));
        }
        let token = remote::token(self.token_file.as_deref())?;
        Server::parse(url, token.as_deref()).map(Some)
    }
}

/// What every command takes.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Whom to ask; none: whoever holds the data directory.
    pub(crate) server: Option<Server>,
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) config: Option<PathBuf>,
    pub(crate) output: Output,
    /// What was asked for, for the command that has more forms.
    pub(crate) format: Format,
    pub(crate) log_format: LogFormat,
    origins: BTreeMap<&'static str, Origin>,
}

impl Options {
    /// Where the value of an option comes from; none for its default.
    pub(crate) fn origin(&self, name: &str) -> Option<Origin> {
        self.origins.get(name).copied()
    }
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// For people.
    Table,
    /// One JSON document.
    Json,
    /// One YAML document.
    Yaml,
}
