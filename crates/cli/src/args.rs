//! The command line: every command, argument and option with its help text.

mod access;
mod language;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::exit::Failure;

pub(crate) use access::{CreateToken, RevokeToken, Serve, Token};
pub(crate) use language::{Eval, Explain, Plan, Project, RunOverrides, Schema, Validate};

/// Runs multi-stage work of AI agents and other programs, durably.
#[derive(Debug, Parser)]
#[command(
    name = "baton",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
#[command(after_help = "Start with: baton run FILE --param name=value")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) options: GivenOptions,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes, as it was given.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct GivenOptions {
    #[arg(
        long,
        global = true,
        env = "BATON_DATA_DIR",
        hide_env_values = true,
        value_name = "DIR",
        help = "Where runs are kept [default: $XDG_DATA_HOME/baton]"
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

    /// How to print the answer
    #[arg(long, short = 'o', alias = "format", global = true, value_enum, default_value_t = Format::Table)]
    pub(crate) output: Format,

    /// Say more on standard error; twice for everything
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
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

impl GivenOptions {
    /// The options of a command, which may not give answers in every form.
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
        Ok(Options {
            data_dir: self.data_dir,
            config: self.config,
            output,
            format: self.output,
        })
    }
}

/// What every command takes.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) config: Option<PathBuf>,
    pub(crate) output: Output,
    /// What was asked for, for the command that has more forms.
    pub(crate) format: Format,
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

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Plain(WorkflowCommand),

    /// The same commands, spelled out
    #[command(subcommand, name = "workflow")]
    Workflow(WorkflowCommand),

    /// Say what a code of a finding means, and how to mend it
    Explain(Explain),
    /// Compute an expression
    Eval(Eval),
    /// Print the JSON Schema of workflow files, for editors
    Schema(Schema),

    /// Work on runs in the background, and answer over the network, until stopped
    Serve(Serve),
    /// Make, list and revoke tokens for callers on the network
    #[command(subcommand)]
    Token(Token),

    /// Look for damage in the data directory, and mend it
    Doctor(Doctor),
    /// Copy all runs into one file, also while they are worked on
    Backup(Backup),
    /// Make a backup the data directory's runs
    Restore(Restore),

    /// Supervises one agent process
    #[command(hide = true)]
    Shim {
        /// Directory of the attempt
        dir: PathBuf,
    },
}

impl Command {
    fn is_validate(&self) -> bool {
        matches!(
            self,
            Self::Plain(WorkflowCommand::Validate(_))
                | Self::Workflow(WorkflowCommand::Validate(_))
        )
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum WorkflowCommand {
    /// Check workflow files for mistakes
    Validate(Validate),
    /// Show what a workflow would do
    Plan(Plan),
    /// Start a workflow and follow it to its end
    Run(Run),
    /// Repeat a run that has ended, all of it or from a stage on
    Rerun(Rerun),
    /// Go on with runs that were paused or parked, or whose process died
    Resume(Resume),
    /// List runs, or show one
    Runs(Runs),
    /// Show a run, or a workflow file
    Show(Show),
    /// Show what the agents of a run wrote
    Logs(Logs),
    /// Show what happened to a run, one event a line
    Events(Events),
    /// Let a gate pass
    Approve(Decide),
    /// Close a gate and stop the run
    Reject(Decide),
    /// Answer what the agent of a stage asks
    Answer(Answer),
    /// Have a stage that has ended run again, with what should be different
    Reopen(Reopen),
    /// Insert, change or delete stages of a run while it goes on
    Edit(Edit),
    /// Let nothing of a run start until it is resumed
    Pause(Pause),
    /// End a run
    Cancel(Cancel),
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Save what can be saved of a damaged database into a new one
    #[arg(long)]
    pub(crate) repair: bool,

    /// With --repair: do not ask
    #[arg(long, short, requires = "repair")]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to write
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Replace the file when it is there already
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Also when there are runs already; they are kept in a file beside
    #[arg(long)]
    pub(crate) force: bool,
}

/// Parameters of a workflow.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Parameters {
    /// A parameter, read by its declared type; may be given several times
    #[arg(long = "param", short = 'p', value_name = "KEY=VALUE")]
    pub(crate) param: Vec<String>,

    /// A JSON or YAML file with parameters; --param goes first
    #[arg(long, value_name = "FILE")]
    pub(crate) params_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The workflow file; - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) parameters: Parameters,

    /// Directory the stages work in, with its overrides and agents [default:
    /// the current one when it has a baton.toml, overrides or a .baton, else a
    /// scratch directory of the run]
    #[arg(long, value_name = "DIR")]
    pub(crate) project: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) overrides: RunOverrides,

    /// Show the plan and start nothing
    #[arg(long = "dry-run")]
    pub(crate) plan_only: bool,

    /// Approve every gate without asking
    #[arg(long)]
    pub(crate) yes_gates: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Rerun {
    /// The run to repeat
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// Run only this stage again, what depends on it, and what did not end
    /// well; results of the other stages are reused
    #[arg(long, value_name = "STAGE")]
    pub(crate) from: Option<String>,

    /// Approve every gate without asking
    #[arg(long)]
    pub(crate) yes_gates: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// The run to go on with [default: all that have not ended and are not
    /// paused]
    #[arg(value_name = "RUN")]
    pub(crate) run: Option<String>,

    /// Approve every gate without asking
    #[arg(long)]
    pub(crate) yes_gates: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Runs {
    /// Show this run instead of a list
    #[arg(value_name = "RUN")]
    pub(crate) run: Option<String>,

    /// Only runs of this workflow (its id or its name)
    #[arg(long, value_name = "NAME")]
    pub(crate) workflow: Option<String>,

    /// Only runs in this state; several separated by commas
    #[arg(long, value_name = "STATUS")]
    pub(crate) status: Option<String>,

    /// How many to list
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(crate) limit: u32,

    /// With RUN: what its agents wrote, too
    #[arg(long, requires = "run")]
    pub(crate) logs: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// A run (part of its id is enough) or a workflow file
    #[arg(value_name = "RUN|FILE")]
    pub(crate) what: String,
}

#[derive(Debug, Args)]
pub(crate) struct Logs {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// Only of this stage
    #[arg(value_name = "STAGE")]
    pub(crate) stage: Option<String>,

    /// Only the last lines
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub(crate) tail: Option<u32>,

    /// Only lines after this one, by its number in the JSON form
    #[arg(long, value_name = "SEQ", default_value_t = 0, conflicts_with = "tail")]
    pub(crate) after: u64,

    /// With STAGE: only of its start with this number, as events and the JSON
    /// form have it
    #[arg(long, value_name = "N", requires = "stage")]
    pub(crate) dispatch: Option<u32>,

    /// Go on until the run ends
    #[arg(long, short)]
    pub(crate) follow: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Events {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// Only events after this one, by its number
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    pub(crate) after: u64,

    /// Go on until the run ends
    #[arg(long, short)]
    pub(crate) follow: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Answer {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// The stage that asks [default: the one that does]
    #[arg(value_name = "STAGE")]
    pub(crate) stage: Option<String>,

    /// An answer by the name of its question; the same name several times
    /// where several options may be chosen [default: asks on the terminal]
    #[arg(long = "answer", short, value_name = "NAME=VALUE")]
    pub(crate) answers: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Reopen {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// The stage; stages that depend on it start over
    #[arg(value_name = "STAGE")]
    pub(crate) stage: String,

    /// What should be different, for the stage's agent
    #[arg(long, short, value_name = "TEXT")]
    pub(crate) feedback: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// A YAML or JSON file with a list of edits, each an insert or update with
    /// its stage, or a delete with a `stage_id`; - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Pause {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Decide {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// The gate [default: the one that is open]
    #[arg(value_name = "STAGE")]
    pub(crate) stage: Option<String>,

    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,

    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}
