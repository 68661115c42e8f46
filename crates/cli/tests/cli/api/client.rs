//! HTTP as bytes on a TCP connection: nothing between a test and the server.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::support::{Live, PATIENCE, World};

/// A server on a port of its own.
pub(crate) struct Server {
    serve: Live,
    pub(crate) address: SocketAddr,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) text: String,
}

impl Answer {
    /// Its body as JSON; null where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }
}

impl Server {
    pub(crate) fn start(world: &World) -> Self {
        let mut serve = world.start(&["serve", "--listen", "127.0.0.1:0"]);
        let line = serve.until("http://");
        serve.until("took up");
        let (_, address) = line.split_once("http://").unwrap();
        let address = address.trim().parse().unwrap();
        Self { serve, address }
    }

    pub(crate) fn stop(self) {
        self.serve.signal(Signal::SIGTERM);
        self.serve.end().exits(0);
    }

    /// Ends it without a chance to do anything more.
    pub(crate) fn kill(self) {
        self.serve.kill();
    }

    pub(crate) fn connect(&self) -> TcpStream {
        connect(self.address)
    }

    /// Sends a request and reads the answer to its end.
    pub(crate) fn ask(&self, line: &str, headers: &[(&str, &str)], body: Option<&str>) -> Answer {
        let mut stream = self.connect();
        let mut request = format!(
            "{line} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
            self.address
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some(body) = body {
            let length = body.len();
            request.push_str(&format!(
                "content-type: application/json\r\ncontent-length: {length}\r\n"
            ));
        }
        request.push_str("\r\n");
        request.push_str(body.unwrap_or_default());
        stream.write_all(request.as_bytes()).unwrap();
        read_answer(&mut BufReader::new(stream))
    }

    /// Follows a stream of events until it ends or one has this name; what was
    /// read of it.
    pub(crate) fn follow(&self, path: &str, headers: &[(&str, &str)], until: &str) -> Answer {
        let mut stream = self.connect();
        let mut request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n", self.address);
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        stream
            .write_all(format!("{request}\r\n").as_bytes())
            .unwrap();
        let mut reader = BufReader::new(stream);
        let (status, head) = read_head(&mut reader);
        let name = format!("event: {until}");
        let mut text = String::new();
        let mut is_last = false;
        while let Some(chunk) = read_chunk(&mut reader) {
            let chunk = String::from_utf8(chunk).unwrap();
            is_last |= chunk.lines().any(|line| line == name);
            text.push_str(&chunk);
            if is_last && text.ends_with("\n\n") {
                break;
            }
        }
        Answer {
            status,
            kind: value_of(&head, "content-type"),
            text,
        }
    }
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Reads an answer whose length is said, or that ends with its connection.
pub(crate) fn read_answer(reader: &mut impl BufRead) -> Answer {
    let (status, head) = read_head(reader);
    let mut bytes = Vec::new();
    if value_of(&head, "transfer-encoding") == "chunked" {
        while let Some(chunk) = read_chunk(reader) {
            bytes.extend(chunk);
        }
    } else if let Ok(length) = value_of(&head, "content-length").parse() {
        bytes.resize(length, 0);
        reader.read_exact(&mut bytes).unwrap();
    }
    Answer {
        status,
        kind: value_of(&head, "content-type"),
        text: String::from_utf8(bytes).unwrap(),
    }
}

pub(crate) fn read_head(reader: &mut impl BufRead) -> (u16, Vec<String>) {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        lines.push(line.to_owned());
    }
    let status = lines.first().and_then(|line| line.split(' ').nth(1));
    let status = status.unwrap_or_else(|| panic!("no answer: {lines:?}"));
    (status.parse().unwrap(), lines)
}

fn value_of(head: &[String], name: &str) -> String {
    let mut headers = head.iter().filter_map(|line| line.split_once(':'));
    let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map_or(String::new(), |(_, value)| value.trim().to_owned())
}

/// The next chunk; none at the end.
pub(crate) fn read_chunk(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut size = String::new();
    reader.read_line(&mut size).unwrap();
    let size = usize::from_str_radix(size.trim(), 16).ok()?;
    let mut chunk = vec![0; size + 2];
    reader.read_exact(&mut chunk).unwrap();
    chunk.truncate(size);
    (size > 0).then_some(chunk)
}
