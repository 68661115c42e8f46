//! Notices to a real listener, which answers as the test says.

use std::path::Path;
use std::pin::pin;

use baton_agents::{Config, HookError, HookRunner};
use baton_model::plan::HookAction;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::hooks::call;
use crate::support::World;

struct Listener {
    socket: TcpListener,
}

impl Listener {
    async fn open() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { socket }
    }

    fn port(&self) -> u16 {
        self.socket.local_addr().unwrap().port()
    }

    /// Sends a notice, answers it, and says what was asked; none when it did
    /// not come to that.
    async fn exchange(
        &self,
        runner: &HookRunner,
        action: &HookAction,
        answer: &str,
    ) -> (Result<(), HookError>, Option<(String, Value)>) {
        let call = call();
        let (mut sending, mut answering) =
            (pin!(runner.run(action, &call)), pin!(self.answer(answer)));
        tokio::select! {
            biased;
            request = &mut answering => (sending.await, Some(request)),
            done = &mut sending => (done, None),
        }
    }

    /// Takes one request, answers it, and says what it was.
    async fn answer(&self, answer: &str) -> (String, Value) {
        let (mut connection, _) = self.socket.accept().await.unwrap();
        let request = read_request(&mut connection).await;
        connection.write_all(answer.as_bytes()).await.unwrap();
        request
    }
}

/// The head and the JSON body of a request.
async fn read_request(connection: &mut TcpStream) -> (String, Value) {
    let mut text = String::new();
    loop {
        let mut chunk = [0; 4096];
        let length = connection.read(&mut chunk).await.unwrap();
        assert_ne!(length, 0, "{text}");
        text.push_str(str::from_utf8(&chunk[..length]).unwrap());
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && let Ok(document) = serde_json::from_str(body)
        {
            return (head.to_lowercase(), document);
        }
    }
}

fn runner(world: &World, url: &str, allow_private: bool) -> HookRunner {
    let text = format!("[notify.\"slack:#x\"]\nurl = \"{url}\"\nallow_private = {allow_private}");
    let config = Config::parse(&text, Path::new("baton.toml")).unwrap();
    HookRunner::new(config.notify, world.host())
}

fn notice(target: &str, message: Option<&str>) -> HookAction {
    HookAction::Notify {
        target: target.to_owned(),
        message: message.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_notice_is_one_json_document() {
    let (world, listener) = (World::new(), Listener::open().await);
    let url = format!("http://127.0.0.1:{}/T0?key=1", listener.port());
    let runner = runner(&world, &url, true);
    let id = call().run;
    for (message, text) in [
        (Some("it \"broke\""), "it \"broke\"".to_owned()),
        (
            None,
            format!("nightly has failed (run {id}): stage `build` failed"),
        ),
    ] {
        let answer = "HTTP/1.1 204 No Content\r\n\r\n";
        let action = notice("slack:#x", message);
        let (done, request) = listener.exchange(&runner, &action, answer).await;
        done.unwrap();
        let (head, document) = request.unwrap();
        assert!(head.starts_with("post /t0?key=1 http/1.1"), "{head}");
        assert!(head.contains("content-type: application/json"), "{head}");
        assert_eq!(
            document,
            json!({"text": text, "run_id": id, "workflow": "nightly",
                   "status": "failed", "hook": "on_failure"})
        );
    }
}

async fn refusal(answer: &str) -> String {
    let (world, listener) = (World::new(), Listener::open().await);
    let url = format!("http://localhost:{}/secret", listener.port());
    let runner = runner(&world, &url, true);
    let action = notice("slack:#x", None);
    let (done, _) = listener.exchange(&runner, &action, answer).await;
    done.unwrap_err().to_string()
}

#[tokio::test]
async fn an_answer_that_is_no_success_is_an_error_with_its_words() {
    let long = "x".repeat(5_000);
    for (answer, expected) in [
        (
            "HTTP/1.1 404 Not Found\r\ncontent-length: 7\r\n\r\nno_team".to_owned(),
            "cannot notify `slack:#x`: the answer was 404 Not Found: no_team".to_owned(),
        ),
        (
            "HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n".to_owned(),
            "cannot notify `slack:#x`: the answer was 500 Internal Server Error".to_owned(),
        ),
        // Followed, it would lead a server to where it must not go.
        (
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
                .to_owned(),
            "cannot notify `slack:#x`: the answer was 302 Found".to_owned(),
        ),
        (
            format!("HTTP/1.1 400 Bad\r\ncontent-length: 5000\r\n\r\n{long}"),
            format!(
                "cannot notify `slack:#x`: the answer was 400 Bad Request: {}",
                "x".repeat(512)
            ),
        ),
    ] {
        assert_eq!(refusal(&answer).await, expected);
    }
}

#[tokio::test]
async fn a_target_that_is_not_reached_is_an_error_without_its_url() {
    let world = World::new();
    let closed = Listener::open().await.port();
    let action = notice("slack:#x", None);
    let runner = runner(&world, &format!("http://127.0.0.1:{closed}/secret"), true);
    let error = runner.run(&action, &call()).await.unwrap_err().to_string();
    assert_eq!(
        error,
        "cannot notify `slack:#x`: Connection refused (os error 111)"
    );
}

#[tokio::test]
async fn a_target_that_is_not_mapped_is_an_error_that_says_what_to_add() {
    let world = World::new();
    let runner = runner(&world, "https://hooks.example/", false);
    let action = notice("slack:#y", None);
    let error = runner.run(&action, &call()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "baton.toml has no section [notify.\"slack:#y\"] that says where to send this"
    );
}

#[tokio::test(start_paused = true)]
async fn a_target_that_does_not_answer_is_given_up_after_ten_seconds() {
    let (world, listener) = (World::new(), Listener::open().await);
    let url = format!("http://127.0.0.1:{}/", listener.port());
    let runner = runner(&world, &url, true);
    let (action, call) = (notice("slack:#x", None), call());
    let started = tokio::time::Instant::now();
    let error = runner.run(&action, &call).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot notify `slack:#x`: no answer within 10 s"
    );
    assert_eq!(started.elapsed().as_secs(), 10);
}
