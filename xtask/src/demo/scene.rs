//! What is there to be seen in the browser: the examples as stored workflows,
//! a run that is over, one that waits for somebody, and one at work.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::Stage;
use crate::repository::Repository;
use crate::server::Server;

/// Where a server listens when nobody says otherwise.
const USUAL: &str = "127.0.0.1:7878";
const WHEN_TAKEN: &str = "127.0.0.1:0";

const EXAMPLES: [&str; 4] = [
    "minimal.yaml",
    "full.yaml",
    "review-loop.yaml",
    "repo-checkup.yaml",
];
/// For the run that is still at work: its author takes the night.
const AT_NIGHT: &str = "{stages: {outline: {roles: {primary: {artifact: \"agent:night-owl\"}}}}}\n";

/// Longer than any answer of a server on this machine takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// Starts a server, and has it look as if somebody had worked with it.
pub(super) fn set(repository: &Repository, stage: &Stage) -> Result<Server> {
    let examples = repository.root().join("examples");
    let mut baton = Command::new(&stage.baton);
    baton.arg("--config").arg(examples.join("baton.toml"));
    let server = Server::start(baton, free_place(), &stage.data_dir)?;
    expect_interface(&server.url)?;

    let files = EXAMPLES.map(|name| examples.join(name));
    baton_quietly(stage, "import", files)?;
    baton_quietly(
        stage,
        "run",
        ["First Steps", "--param", "topic=migrating birds"],
    )?;
    let waiting = [
        "Review Loop",
        "--param",
        "topic=migrating birds",
        "--detach",
    ];
    baton_quietly(stage, "run", waiting)?;
    let at_night = stage.place.join("at-night.yaml");
    std::fs::write(&at_night, AT_NIGHT)?;
    let running = [
        "First Steps",
        "--param",
        "topic=owls",
        "--detach",
        "--override",
    ];
    let running = running.map(OsStr::new).into_iter();
    baton_quietly(stage, "run", running.chain([at_night.as_os_str()]))?;
    Ok(server)
}

fn free_place() -> &'static str {
    match TcpListener::bind(USUAL) {
        Ok(_free) => USUAL,
        Err(_taken) => WHEN_TAKEN,
    }
}

/// A command of the program, of whose answer only a failure is of interest.
fn baton_quietly<A: AsRef<OsStr>>(
    stage: &Stage,
    command: &str,
    arguments: impl IntoIterator<Item = A>,
) -> Result<()> {
    let mut baton = Command::new(&stage.baton);
    baton
        .args([command, "--data-dir"])
        .arg(&stage.data_dir)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let output = baton.output().context("the program cannot be started")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`baton {command}` ended with {}: {said}", output.status);
    }
    Ok(())
}

/// The program has to have the web interface inside.
fn expect_interface(url: &str) -> Result<()> {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let request = format!("GET /ui/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.lines().next().unwrap_or_default();
    if !status.ends_with("200 OK") || !answer.contains("<script") {
        bail!("{url}/ui/ is not the web interface: {status}");
    }
    Ok(())
}

/// Shows a page in the browser of whoever sits here; where there is none, its
/// address is all there is.
pub(super) fn open(url: &str) {
    let has_screen = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some());
    if has_screen {
        let mut opener = Command::new("xdg-open");
        opener.arg(url).stdout(Stdio::null()).stderr(Stdio::null());
        // It is a courtesy: the address is printed.
        drop(opener.spawn());
    }
}

/// The interface of a server, as people ask for it.
pub(super) fn page(server: &Server) -> String {
    format!("{}/ui/", server.url)
}
