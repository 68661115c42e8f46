//! A hub on loopback. What it is asked comes to the test, and nothing is
//! answered before the test says so.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpSocket;
use tokio::runtime::{Builder, Runtime};

use crate::support::PATIENCE;

/// A hub that listens.
pub(super) struct Hub {
    address: SocketAddr,
    asked: Receiver<Asked>,
    n_connections: Arc<AtomicUsize>,
}

/// Somebody waits for an answer.
pub(super) struct Asked {
    /// Method and path, and all headers, in lower case.
    pub(super) head: String,
    pub(super) body: Value,
    reply: Sender<Reply>,
}

/// What becomes of a request.
enum Reply {
    /// These bytes, and the connection is kept.
    Bytes(Vec<u8>),
    /// These bytes, and an end.
    Cut(Vec<u8>),
}

impl Hub {
    pub(super) fn open() -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    /// One where nobody has listened before.
    pub(super) fn open_at(vacant: Vacant) -> Self {
        Self::at(vacant.listen())
    }

    fn at(listener: TcpListener) -> Self {
        let address = listener.local_addr().unwrap();
        let (sender, asked) = channel();
        let n_connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&n_connections);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                let sender = sender.clone();
                std::thread::spawn(move || serve(&stream.unwrap(), &sender));
            }
        });
        Self {
            address,
            asked,
            n_connections,
        }
    }

    /// An address at which nobody listens.
    pub(super) fn nowhere() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How often somebody has connected so far.
    pub(super) fn n_connections(&self) -> usize {
        self.n_connections.load(Ordering::SeqCst)
    }

    /// Waits for the next request.
    #[track_caller]
    pub(super) fn next(&self) -> Asked {
        self.asked.recv_timeout(PATIENCE).expect("a request")
    }

    /// Waits for a request that is about this feature; others are left alone.
    #[track_caller]
    pub(super) fn next_of(&self, feature_id: &Value) -> Asked {
        loop {
            let asked = self.next();
            if asked.body["context"]["feature_id"] == *feature_id {
                return asked;
            }
        }
    }

    /// Whether nothing is asked any more that was not taken yet.
    #[track_caller]
    pub(super) fn is_quiet(&self) -> bool {
        match self.asked.recv_timeout(Duration::ZERO) {
            Ok(_) => false,
            Err(RecvTimeoutError::Timeout) => true,
            Err(RecvTimeoutError::Disconnected) => panic!("the hub has gone"),
        }
    }
}

/// An address at which nobody listens, and nobody else can.
pub(super) struct Vacant {
    socket: TcpSocket,
    runtime: Runtime,
}

impl Vacant {
    pub(super) fn take() -> Self {
        let runtime = Builder::new_current_thread().enable_io().build().unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        Self { socket, runtime }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.socket.local_addr().unwrap())
    }

    fn listen(self) -> TcpListener {
        let _entered = self.runtime.enter();
        let listener = self.socket.listen(128).unwrap().into_std().unwrap();
        listener.set_nonblocking(false).unwrap();
        listener
    }
}

impl Asked {
    /// An agent has done it.
    pub(super) fn succeed(self, output: &str) {
        let result = json!({ "output": output, "files_created": [format!("{output}.md")] });
        self.answer(200, &success(&result).to_string());
    }

    pub(super) fn answer(self, status: u16, body: &str) {
        self.answer_as(status, "application/json", body);
    }

    pub(super) fn answer_as(self, status: u16, kind: &str, body: &str) {
        let length = body.len();
        let bytes = format!(
            "HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\nlocation: http://127.0.0.1:1/\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        self.send(Reply::Bytes(bytes.into_bytes()));
    }

    /// Ends the conversation after these bytes.
    pub(super) fn cut(self, bytes: &str) {
        self.send(Reply::Cut(bytes.as_bytes().to_vec()));
    }

    fn send(self, reply: Reply) {
        // Whoever asked may have gone.
        drop(self.reply.send(reply));
    }
}

/// The answer of a hub whose agent has succeeded.
pub(super) fn success(result: &Value) -> Value {
    json!({
        "success": true,
        "result": result,
        "confidence": 85,
        "metadata": { "duration_ms": 12, "model_used": "test" },
        "error": null,
        "escalation_id": null,
    })
}

fn serve(stream: &TcpStream, sender: &Sender<Asked>) {
    let mut reader = BufReader::new(stream);
    while let Some((head, body)) = request(&mut reader) {
        let (reply, replies) = channel();
        if sender.send(Asked { head, body, reply }).is_err() {
            return;
        }
        let mut stream = stream;
        match replies.recv() {
            // Whoever asked may have gone.
            Ok(Reply::Bytes(bytes)) => drop(stream.write_all(&bytes)),
            Ok(Reply::Cut(bytes)) => {
                drop(stream.write_all(&bytes));
                return;
            }
            Err(_dropped) => return,
        }
    }
}

/// The head and the document of a request; none at the end of a connection.
fn request(reader: &mut impl BufRead) -> Option<(String, Value)> {
    let mut head = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.to_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((head, serde_json::from_slice(&body).unwrap()))
}
