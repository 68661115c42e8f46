//! Reads server-sent events: `id:`, `event:` and `data:` lines, a blank line
//! after each message.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::Response;
use hyper::body::Incoming;
use serde_json::Value;

use crate::client::ApiError;

/// One message of a stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Message {
    /// Where a later stream goes on.
    pub(crate) id: String,
    pub(crate) event: String,
    pub(crate) data: Value,
}

/// How long a stream may be silent before nobody is believed to be there: a
/// mark on its response. Servers say something every 15 s.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SilenceMax(pub(crate) Duration);

/// A stream being read.
pub(crate) struct Stream {
    body: Incoming,
    buffer: Vec<u8>,
    silence_max: Option<SilenceMax>,
}

impl Stream {
    pub(crate) fn new(response: Response<Incoming>) -> Self {
        Self {
            silence_max: response.extensions().get().copied(),
            body: response.into_body(),
            buffer: Vec::new(),
        }
    }

    /// The next message; None at the end of the stream. May be dropped and
    /// called again without losing anything.
    pub(crate) async fn next(&mut self) -> Result<Option<Message>, ApiError> {
        loop {
            while let Some(end) = find(&self.buffer, b"\n\n") {
                let block: Vec<u8> = self.buffer.drain(..end + 2).collect();
                if let Some(message) = parse(&String::from_utf8_lossy(&block)) {
                    return Ok(Some(message));
                }
            }
            let frame = match self.silence_max {
                None => self.body.frame().await,
                Some(SilenceMax(max)) => match tokio::time::timeout(max, self.body.frame()).await {
                    Ok(frame) => frame,
                    Err(_elapsed) => {
                        let message = format!("nothing was heard for {} s", max.as_secs());
                        return Err(ApiError::Broken(message));
                    }
                },
            };
            match frame {
                None => return Ok(None),
                Some(Err(error)) => return Err(ApiError::Broken(error.to_string())),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.buffer.extend_from_slice(&data);
                    }
                }
            }
        }
    }
}

fn find(buffer: &[u8], end: &[u8]) -> Option<usize> {
    buffer.windows(end.len()).position(|window| window == end)
}

/// None for a block without data, such as a keep-alive.
fn parse(block: &str) -> Option<Message> {
    let mut message = Message::default();
    let mut data = String::new();
    for line in block.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => value.clone_into(&mut message.id),
            "event" => value.clone_into(&mut message.event),
            "data" => data.push_str(value),
            _ => {}
        }
    }
    message.data = serde_json::from_str(&data).ok()?;
    Some(message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn messages_are_read_and_keep_alives_passed_over() {
        let message = parse("event: x\nid: 3.4\ndata: {\"a\":1}\n\n").unwrap();
        assert_eq!((message.id.as_str(), message.event.as_str()), ("3.4", "x"));
        assert_eq!(message.data, json!({ "a": 1 }));
        assert_eq!(parse(": keep-alive\n\n"), None);
    }
}
