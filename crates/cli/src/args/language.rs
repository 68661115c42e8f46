//! Commands about workflows that need no run: check, plan, explain.

use std::path::PathBuf;

use baton_lang::{GraphForm, SchemaDraft};
use clap::{Args, ValueEnum};

use super::Parameters;

#[derive(Debug, Args)]
#[command(
    after_help = "Two more formats are for other programs: --format sarif for code scanners, \
                  --format github for annotations of pull requests."
)]
pub(crate) struct Validate {
    /// Files, folders with workflows somewhere in them, patterns in quotes such
    /// as 'flows/**/*.yaml', or the names of stored workflows; - for standard
    /// input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Treat warnings as errors [default: they are only said]
    #[arg(long)]
    pub(crate) strict: bool,

    /// Check again whenever a file changes, until Ctrl+C
    #[arg(long)]
    pub(crate) watch: bool,

    #[command(flatten)]
    pub(crate) project: Project,
}

/// The project that a workflow belongs to.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Project {
    /// The project, with its overrides, its agents and its baton.toml; with
    /// --server, a directory of the server [default: the current directory when
    /// it has a baton.toml, overrides or a .baton; with --server, none]
    #[arg(long, value_name = "DIR")]
    pub(crate) project: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// A workflow file, or a stored workflow by its name, its id or an end of
    /// it; - for standard input
    #[arg(value_name = "WORKFLOW")]
    pub(crate) workflow: PathBuf,

    #[command(flatten)]
    pub(crate) parameters: Parameters,

    #[command(flatten)]
    pub(crate) project: Project,

    #[command(flatten)]
    pub(crate) overrides: RunOverrides,

    /// Show the stages as a graph instead, as a text that other programs draw
    /// [default: the plan]
    #[arg(long, value_name = "FORM", value_enum)]
    pub(crate) graph: Option<Graph>,

    /// Show the workflow instead, with all defaults and overrides filled in
    #[arg(long, conflicts_with = "graph")]
    pub(crate) definition: bool,
}

/// What is set for one run only.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct RunOverrides {
    /// A YAML or JSON file with what is different for this run, such as
    /// `stages: { draft: { roles: { primary: { model: haiku } } } }` [default:
    /// nothing]
    #[arg(id = "override", long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

/// A form of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Graph {
    /// A Mermaid flowchart, for Markdown
    Mermaid,
    /// A Graphviz graph
    Dot,
    /// A picture
    Svg,
}

impl From<Graph> for GraphForm {
    fn from(graph: Graph) -> Self {
        match graph {
            Graph::Mermaid => Self::Mermaid,
            Graph::Dot => Self::Dot,
            Graph::Svg => Self::Svg,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A code such as SWDL-E0301 [default: lists all]
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Eval {
    /// An expression, bare or in ${{ }}, or a text with several of them
    #[arg(value_name = "EXPR", allow_hyphen_values = true)]
    pub(crate) expression: String,

    /// A JSON or YAML file with what it can read: a map with parameters, stages
    /// and so on; - for standard input [default: nothing]
    #[arg(long, value_name = "FILE")]
    pub(crate) context: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// The dialect of JSON Schema; many editors know only 7
    #[arg(long, value_enum, default_value_t = Draft::Draft2020)]
    pub(crate) draft: Draft,

    /// The schema of files of overrides instead of workflows
    #[arg(long)]
    pub(crate) overrides: bool,
}

/// A dialect of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Draft {
    /// Draft 7
    #[value(name = "7")]
    Draft7,
    /// Draft 2020-12
    #[value(name = "2020-12")]
    Draft2020,
}

impl From<Draft> for SchemaDraft {
    fn from(draft: Draft) -> Self {
        match draft {
            Draft::Draft7 => Self::Draft7,
            Draft::Draft2020 => Self::Draft2020,
        }
    }
}
