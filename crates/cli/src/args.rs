//! The command line: every command, argument and option with its help text.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
    pub(crate) options: Options,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Options {
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
    #[arg(long, short = 'o', alias = "format", global = true, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,

    /// Say more on standard error; twice for everything
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    Table,
    /// One JSON document
    Json,
    /// One YAML document
    Yaml,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Plain(WorkflowCommand),

    /// The same commands, spelled out
    #[command(subcommand, name = "workflow")]
    Workflow(WorkflowCommand),

    /// Work on runs in the background until stopped
    Serve,

    /// Supervises one agent process
    #[command(hide = true)]
    Shim {
        /// Directory of the attempt
        dir: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum WorkflowCommand {
    /// Check workflow files for mistakes
    Validate(Validate),
    /// Show what a workflow would do
    Plan(Plan),
    /// Start a workflow and follow it to its end
    Run(Run),
    /// Go on with runs that were parked or whose process died
    Resume(Resume),
    /// List runs, or show one
    Runs(Runs),
    /// Show a run, or a workflow file
    Show(Show),
    /// Show what the agents of a run wrote
    Logs(Logs),
    /// Let a gate pass
    Approve(Decide),
    /// Close a gate and stop the run
    Reject(Decide),
    /// End a run
    Cancel(Cancel),
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
pub(crate) struct Validate {
    /// Workflow files; - for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Treat warnings as errors
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// The workflow file; - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) parameters: Parameters,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The workflow file; - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) parameters: Parameters,

    /// Directory the stages work in [default: the current one when it has a
    /// baton.toml, else a scratch directory of the run]
    #[arg(long, value_name = "DIR")]
    pub(crate) project: Option<PathBuf>,

    /// Show the plan and start nothing
    #[arg(long = "dry-run")]
    pub(crate) plan_only: bool,

    /// Approve every gate without asking
    #[arg(long)]
    pub(crate) yes_gates: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// The run to go on with [default: all that have not ended]
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
    #[arg(long)]
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
    #[arg(long, value_name = "N")]
    pub(crate) tail: Option<u32>,

    /// Go on until the run ends
    #[arg(long, short)]
    pub(crate) follow: bool,
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
