//! The real program, serving a fresh directory, and a client of it.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Method, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Every agent answers at once, with 30 bytes; `agent:slow` takes its time.
const CONFIG: &str = r#"
default_adapter = "simulated"

[agents."agent:none"]
adapter = "simulated"
outputs = { result = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" }

[agents."agent:slow"]
adapter = "simulated"
delay = "200ms"
"#;

/// A server of its own, stopped when this is dropped.
pub(crate) struct Server {
    process: Child,
    url: String,
    /// Where its agents are named.
    pub(crate) config: String,
    client: Client,
    /// From the start of the process to its first answer.
    pub(crate) started_in: Duration,
    _directory: TempDir,
}

impl Server {
    pub(crate) async fn start(disk: &str) -> Outcome<Self> {
        Self::start_with(disk, &[]).await
    }

    /// The same with more in its environment.
    pub(crate) async fn start_with(disk: &str, more: &[(&str, &str)]) -> Outcome<Self> {
        let directory = tempfile::tempdir_in(disk)?;
        let config = directory.path().join("baton.toml");
        fs::write(&config, CONFIG)?;
        let begin = Instant::now();
        let mut process = Command::new(env!("CARGO_BIN_EXE_baton"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(directory.path().join("data"))
            .envs(more.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let url = url_of(&mut process)?;
        // Needed to make a client at all; a second one changes nothing.
        let _set_already = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build()?;
        let mut server = Self {
            process,
            url,
            config: config.display().to_string(),
            client,
            started_in: Duration::ZERO,
            _directory: directory,
        };
        server.ask(Method::GET, "/health", None).await?;
        server.started_in = begin.elapsed();
        Ok(server)
    }

    /// Sends a request under the server's address, and reads its answer; whatever
    /// is no success is an error.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Outcome<Value> {
        let bytes = self.fetch(method, path, body).await?;
        Ok(serde_json::from_slice(&bytes)?)
    }

    /// The same for whoever has no use for the answer.
    pub(crate) async fn fetch(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Outcome<Vec<u8>> {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let response = request.send().await?;
        let status = response.status();
        let bytes = response.bytes().await?;
        if !status.is_success() {
            let said: String = String::from_utf8_lossy(&bytes).chars().take(400).collect();
            return Err(format!("{path}: {status}: {said}").into());
        }
        Ok(bytes.into())
    }

    /// Starts a run of a text and says which.
    pub(crate) async fn submit(&self, definition: &str) -> Outcome<String> {
        let body = serde_json::json!({ "definition": definition, "config": self.config });
        let path = "/api/v1/workflow-executions";
        let answer = self.fetch(Method::POST, path, Some(body.to_string()));
        let started: Started = serde_json::from_slice(&answer.await?)?;
        Ok(started.id)
    }

    /// Opens a stream of server-sent events.
    pub(crate) async fn open(&self, path: &str) -> Outcome<Messages> {
        let response = self
            .client
            .get(format!("{}{path}", self.url))
            .send()
            .await?;
        if response.status() != StatusCode::OK {
            return Err(format!("{path}: {}", response.status()).into());
        }
        Ok(Messages {
            response,
            buffer: Vec::new(),
        })
    }

    /// Where the kernel tells about its process.
    pub(crate) fn proc_path(&self, file: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{file}", self.process.id()))
    }
}

impl Drop for Server {
    /// Ends it as an operator does; a bench that fails leaves nothing behind.
    fn drop(&mut self) {
        let pid = Pid::from_raw(self.process.id().cast_signed());
        if kill(pid, Signal::SIGTERM).is_ok() {
            let _ended = self.process.wait();
        }
    }
}

/// What the server says about its address. The rest of what it says is read and
/// dropped, so that it never waits for a reader.
fn url_of(process: &mut Child) -> Outcome<String> {
    let stderr = process.stderr.take().ok_or("stderr is piped")?;
    let (found, url) = sync_channel(1);
    thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            if let Some(url) = line.trim().strip_prefix("http ") {
                let _nobody_waits_any_more = found.try_send(url.trim().to_owned());
            }
        }
    });
    Ok(url
        .recv()
        .map_err(|_ended| "the server ended before it said where it listens")?)
}

/// What is wanted of the answer to a start. The rest is passed over: the client
/// has its share of the processors that the server is measured on.
#[derive(Deserialize)]
struct Started {
    id: String,
}

/// A text field of an answer.
pub(crate) fn text(answer: &Value, field: &str) -> Outcome<String> {
    let value = answer.get(field).and_then(Value::as_str);
    Ok(value
        .ok_or_else(|| format!("no `{field}` in {answer}"))?
        .to_owned())
}

/// One message of a stream.
pub(crate) struct Message {
    pub(crate) event: String,
    pub(crate) data: Value,
}

/// The messages of a stream, as they come.
pub(crate) struct Messages {
    response: reqwest::Response,
    buffer: Vec<u8>,
}

impl Messages {
    /// None at the end of the stream.
    pub(crate) async fn next(&mut self) -> Outcome<Option<Message>> {
        loop {
            while let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.buffer.drain(..end + 2).collect();
                if let Some(message) = read(std::str::from_utf8(&block)?)? {
                    return Ok(Some(message));
                }
            }
            match self.response.chunk().await? {
                Some(bytes) => self.buffer.extend_from_slice(&bytes),
                None => return Ok(None),
            }
        }
    }
}

/// None for a comment.
fn read(block: &str) -> Outcome<Option<Message>> {
    let field = |name: &str| {
        let mut lines = block.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    };
    let (Some(event), Some(data)) = (field("event"), field("data")) else {
        return Ok(None);
    };
    Ok(Some(Message {
        event: event.to_owned(),
        data: serde_json::from_str(data)?,
    }))
}
