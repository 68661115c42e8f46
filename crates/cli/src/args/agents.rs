//! Commands about who works for which reference.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum AgentsCommand {
    /// List agents, and who works for each
    List,
    /// Show who works for a reference, and how it is called
    Show(ShowAgent),
    /// Look whether the programs of agents are there, and ask for their versions
    Check(CheckAgents),
}

#[derive(Debug, Args)]
pub(crate) struct ShowAgent {
    /// The reference, such as agent:reviewer
    #[arg(value_name = "REFERENCE")]
    pub(crate) reference: String,
}

#[derive(Debug, Args)]
pub(crate) struct CheckAgents {
    /// References to look at [default: all that are listed]
    #[arg(value_name = "REFERENCE")]
    pub(crate) references: Vec<String>,
}
