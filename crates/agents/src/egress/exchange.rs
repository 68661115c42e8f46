//! A request whose answer matters: what came back, whatever its status, and if
//! nothing did, whether anything was sent.

use std::fmt::Write as _;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, StatusCode};

use super::{Destination, Egress, EgressError, root_cause};

/// A document to be posted, and what its answer may take.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) document: Vec<u8>,
    /// By which a server may recognise a request it has had already.
    pub(crate) idempotency_key: String,
    /// From the look-up to the last byte.
    pub(crate) time_max: Duration,
    /// Of the answer.
    pub(crate) bytes_max: usize,
}

/// Whatever came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
}

/// Why nothing came back, or not all of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeError {
    /// This machine cannot make requests at all.
    #[error("{0}")]
    Unprepared(String),
    /// Nobody was reached, so nobody has had the request.
    #[error("{0}")]
    Unsent(String),
    /// The request may have been had; the conversation broke off.
    #[error("{0}")]
    Broken(String),
    /// The answer has more bytes than so many.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    #[error("no answer in time")]
    Timeout,
}

impl Egress {
    /// Posts a JSON document and brings back the answer.
    pub(crate) async fn exchange(
        &self,
        to: &Destination,
        exchange: Exchange,
    ) -> Result<Answer, ExchangeError> {
        let client = self
            .client(to.route)
            .await
            .map_err(|error| unprepared(&error))?;
        let request = client
            .post(to.url.clone())
            .timeout(exchange.time_max)
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", in_ascii(&exchange.idempotency_key))
            .body(exchange.document);
        let response = request.send().await.map_err(broken)?;
        let status = response.status();
        let body = body(response, exchange.bytes_max).await?;
        Ok(Answer { status, body })
    }
}

/// A text as headers can hold it: whatever else is in it, with percent signs.
fn in_ascii(text: &str) -> String {
    let mut ascii = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && byte != b'%' {
            ascii.push(char::from(byte));
        } else {
            write!(ascii, "%{byte:02X}").expect("writing into a String cannot fail");
        }
    }
    ascii
}

/// The whole body; one that says to be too long is not begun.
async fn body(mut response: Response, bytes_max: usize) -> Result<Vec<u8>, ExchangeError> {
    if response
        .content_length()
        .is_some_and(|length| length > bytes_max as u64)
    {
        return Err(ExchangeError::TooLong(bytes_max));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > bytes_max {
            return Err(ExchangeError::TooLong(bytes_max));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn unprepared(error: &EgressError) -> ExchangeError {
    ExchangeError::Unprepared(error.to_string())
}

fn broken(error: reqwest::Error) -> ExchangeError {
    let is_unsent = error.is_connect();
    let is_late = error.is_timeout();
    let why = root_cause(&error.without_url());
    match (is_unsent, is_late) {
        (true, _) => ExchangeError::Unsent(why),
        (false, true) => ExchangeError::Timeout,
        (false, false) => ExchangeError::Broken(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_holds_any_text() {
        for (text, expected) in [
            ("01a1/phase_1/1/1", "01a1/phase_1/1/1"),
            ("01a1/über alles/1/1", "01a1/%C3%BCber%20alles/1/1"),
            ("100%\r\nx: y", "100%25%0D%0Ax:%20y"),
        ] {
            assert_eq!(in_ascii(text), expected);
        }
    }
}
