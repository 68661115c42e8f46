//! Stands in for a collector of traces, a good one or one of several bad ones.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};

use super::protobuf::{self, Span};
use crate::support::PATIENCE;

/// How it answers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Manner {
    /// Takes everything.
    Good,
    /// Is busy for the first requests, and then takes everything.
    BusyAtFirst(usize),
    /// Never answers.
    Silent,
    /// Answers with something that is no HTTP.
    Garbage,
    /// Answers at once and never comes to an end.
    Endless,
    /// Refuses everything.
    Refusing,
}

/// A request as it came.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) headers: Vec<String>,
    pub(crate) spans: Vec<Span>,
}

pub(crate) struct Collector {
    pub(crate) url: String,
    requests: Receiver<Request>,
}

impl Collector {
    pub(crate) fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, requests) = channel();
        // Ends with the test.
        std::thread::spawn(move || {
            let mut n_before = 0;
            let mut kept = Vec::new();
            for stream in listener.incoming().map_while(Result::ok) {
                match manner {
                    Manner::Silent => kept.push(stream),
                    _ => serve(&stream, manner, &mut n_before, &sender),
                }
            }
        });
        Self { url, requests }
    }

    /// The next request.
    #[track_caller]
    pub(crate) fn request(&self) -> Request {
        self.requests.recv_timeout(PATIENCE).expect("a request")
    }

    /// All spans until there is one of this name.
    #[track_caller]
    pub(crate) fn spans_until(&self, name: &str) -> Vec<Span> {
        let mut spans = Vec::new();
        while !spans.iter().any(|span: &Span| span.name == name) {
            spans.extend(self.request().spans);
        }
        spans
    }
}

fn serve(stream: &TcpStream, manner: Manner, n_before: &mut usize, sender: &Sender<Request>) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        let answer = match manner {
            Manner::BusyAtFirst(n_busy) if *n_before < n_busy => {
                *n_before += 1;
                "HTTP/1.1 503 Busy\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n"
            }
            Manner::Good | Manner::BusyAtFirst(_) => {
                if sender.send(request).is_err() {
                    return;
                }
                "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
            }
            Manner::Refusing => "HTTP/1.1 400 No\r\ncontent-length: 2\r\n\r\nno",
            Manner::Garbage => "\u{1}\u{2} what do you want?\r\n\r\n",
            Manner::Endless => "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            Manner::Silent => return,
        };
        let mut stream = stream;
        if stream.write_all(answer.as_bytes()).is_err() || matches!(manner, Manner::Garbage) {
            return;
        }
        if matches!(manner, Manner::Endless) {
            while stream.write_all(b"4\r\nmore\r\n").is_ok() {}
            return;
        }
    }
}

/// None when there will be no more.
fn read(reader: &mut BufReader<&TcpStream>) -> Option<Request> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        match header.trim() {
            "" => break,
            header => headers.push(header.to_lowercase()),
        }
    }
    let length = headers
        .iter()
        .find_map(|header| header.strip_prefix("content-length: "));
    let mut body = vec![0; length.unwrap().parse().unwrap()];
    reader.read_exact(&mut body).ok()?;
    Some(Request {
        line: line.trim().to_owned(),
        headers,
        spans: protobuf::spans(&body),
    })
}
