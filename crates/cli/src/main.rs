//! The binary `baton`: reads arguments, wires the parts together, shows what
//! comes back, and ends with an exit code that says how it went.

mod agent_hub;
mod args;
mod attempts;
mod client;
mod cmd;
mod confirm;
mod data;
mod database_url;
mod exit;
mod features;
mod form;
mod given_tokens;
mod input;
mod open_files;
mod project;
mod remote;
mod render;
mod resolver;
mod session;
mod sse;
mod telemetry;

use std::process::ExitCode;

use crate::args::{Cli, Command};

/// Runs are many small values on several threads: the system's allocator costs
/// half of their time, and more the more of them there are.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(error) => return exit::usage(&error),
    };
    // The shim has a process to itself: no threads, no runtime.
    if let Command::Shim { dir } = &cli.command {
        return baton_agents::shim::main(dir);
    }
    if let Err(error) = render::log::init(cli.options.verbose, cli.options.log_format) {
        return exit::report(&error);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return exit::report(&anyhow::Error::new(error).context("cannot start")),
    };
    let code = match runtime.block_on(Box::pin(cmd::run(cli))) {
        Ok(code) => code,
        Err(error) => exit::report(&error),
    };
    // A thread that still waits for a key press must not keep the program.
    runtime.shutdown_background();
    code
}
