//! Somebody who holds a data directory and answers as a test wants it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::mpsc::{Receiver, Sender, channel};

use super::{PATIENCE, World};

/// What becomes of a request.
pub(crate) enum Reply {
    /// A status and a document.
    Document(u16, String),
    /// A stream of news without any.
    Stream,
    /// No answer, ever.
    Silence,
    /// The holder goes away without a word.
    Departure,
}

/// A holder; what it is asked can be waited for.
pub(crate) struct Holder {
    asked: Receiver<String>,
}

impl Holder {
    /// Listens on the socket of a world's data directory, whose process has
    /// ended.
    pub(crate) fn start(world: &World, reply: impl FnMut(&str) -> Reply + Send + 'static) -> Self {
        let socket = world.data().join("baton.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let (sender, asked) = channel();
        std::thread::spawn(move || {
            answer_all(&listener, &sender, reply);
            fs::remove_file(socket).unwrap();
        });
        Self { asked }
    }

    /// Waits until something is asked for whose first line holds `part`.
    #[track_caller]
    pub(crate) fn until(&self, part: &str) {
        loop {
            let asked = self.asked.recv_timeout(PATIENCE);
            if asked.unwrap().contains(part) {
                return;
            }
        }
    }

    /// How often something like this has been asked for since.
    pub(crate) fn n_asked(&self, part: &str) -> usize {
        self.asked
            .try_iter()
            .filter(|asked| asked.contains(part))
            .count()
    }
}

/// Answers until it is to depart.
fn answer_all(
    listener: &UnixListener,
    asked: &Sender<String>,
    mut reply: impl FnMut(&str) -> Reply,
) {
    let mut kept = Vec::new();
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let Some(line) = request(&stream) else {
            // Somebody only wanted to know whether anybody is here.
            continue;
        };
        let reply = reply(&line);
        // A test that has seen enough does not wait for more.
        drop(asked.send(line));
        let sent = match reply {
            Reply::Document(status, document) => write!(
                stream,
                "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\n\
                 content-length: {}\r\n\r\n{document}",
                document.len()
            ),
            Reply::Stream => {
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
                )
            }
            Reply::Silence => Ok(()),
            Reply::Departure => return,
        };
        // Whoever asked may have gone.
        drop(sent);
        kept.push(stream);
    }
}

/// The first line of a request that was read to its end; none without one.
fn request(stream: &UnixStream) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
        if first.is_empty() {
            first = line;
        }
    }
    reader.read_exact(&mut vec![0; length]).ok()?;
    Some(first)
}
