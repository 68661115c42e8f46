//! Commands about who may come in over the network.

use std::net::SocketAddr;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Address and port to listen on, several separated by commas; port 0 takes
    /// any that is free
    #[arg(
        long,
        env = "BATON_LISTEN",
        hide_env_values = true,
        value_name = "ADDRESS:PORT",
        value_delimiter = ',',
        value_parser = address,
        default_value = "127.0.0.1:7878"
    )]
    pub(crate) listen: Vec<SocketAddr>,

    /// Address and port for metrics and health alone, besides those above; without
    /// an address it is this machine [default: none]
    #[arg(
        long,
        env = "METRICS_ADDR",
        hide_env_values = true,
        value_name = "ADDRESS:PORT",
        value_parser = address
    )]
    pub(crate) metrics_listen: Option<SocketAddr>,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let here = text
        .strip_prefix("localhost:")
        .or_else(|| text.strip_prefix(':'));
    let numeric = match here {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    let example =
        "write an address with a port, such as 127.0.0.1:7878, [::1]:7878 or 0.0.0.0:7878";
    numeric.parse().map_err(|_error| example.to_owned())
}

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token and print it, once
    Create(CreateToken),
    /// List tokens, without what they are
    List,
    /// Make a token worthless
    Revoke(RevokeToken),
}

#[derive(Debug, Args)]
pub(crate) struct CreateToken {
    /// What its bearer is called; recorded with what they do, and compared with
    /// the approvers of gates
    #[arg(value_name = "NAME")]
    pub(crate) name: String,

    /// What its bearer may do; each may do what those before it may
    #[arg(long, value_enum)]
    pub(crate) scope: ScopeWord,

    /// How long it is good, such as 12h or 30d [default: until it is revoked]
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<String>,
}

/// What the bearer of a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScopeWord {
    /// See workflows, runs and logs
    Read,
    /// Store workflows, start and steer runs
    Run,
    /// Make and revoke tokens
    Admin,
}

impl ScopeWord {
    /// The word of the API.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Run => "run",
            Self::Admin => "admin",
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct RevokeToken {
    /// The name of the token
    #[arg(value_name = "NAME")]
    pub(crate) name: String,

    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}
