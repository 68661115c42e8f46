//! Answers that are long are sent shorter to those who can read that: lists and
//! details while they are asked for, files of the web interface beforehand.

use axum::http::{HeaderMap, header};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// Below it, the work is longer than the way.
const BYTES_MIN: u64 = 16 * 1024;

/// Compresses what is long, but no events, each of which must leave at once, nor
/// pictures and fonts, which are short as they are.
pub(super) fn layer() -> CompressionLayer<impl Predicate> {
    let predicate = SizeAbove::new(BYTES_MIN)
        .and(NotForContentType::SSE)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("font/"));
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(predicate)
}

/// A form that a file lies in.
pub(super) struct Coding {
    /// Its name between client and server.
    pub(super) name: &'static str,
    /// What the name of the file has at its end.
    pub(super) suffix: &'static str,
}

/// The shortest first.
const CODINGS: [Coding; 2] = [
    Coding {
        name: "br",
        suffix: ".br",
    },
    Coding {
        name: "gzip",
        suffix: ".gz",
    },
];

/// What somebody can read, the shortest first.
pub(super) fn accepted(asked: &HeaderMap) -> impl Iterator<Item = &'static Coding> + '_ {
    let values = asked.get_all(header::ACCEPT_ENCODING).iter();
    let texts: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    CODINGS.iter().filter(move |coding| {
        let mut parts = texts.iter().flat_map(|text| text.split(','));
        parts.any(|part| is_accepted(part, coding.name))
    })
}

/// Whether one part of the header names the coding, and does not say "not that".
fn is_accepted(part: &str, name: &str) -> bool {
    let mut parts = part.split(';').map(str::trim);
    let is_named = parts
        .next()
        .is_some_and(|word| word.eq_ignore_ascii_case(name));
    let is_refused = parts
        .filter_map(|parameter| parameter.strip_prefix("q="))
        .any(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0));
    is_named && !is_refused
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn names(asked: &'static str) -> Vec<&'static str> {
        let value = (header::ACCEPT_ENCODING, HeaderValue::from_static(asked));
        let asked = HeaderMap::from_iter([value]);
        accepted(&asked).map(|coding| coding.name).collect()
    }

    #[test]
    fn the_shortest_form_that_can_be_read_comes_first() {
        assert_eq!(names("gzip, deflate, br, zstd"), ["br", "gzip"]);
        assert_eq!(names("GZIP;q=0.5"), ["gzip"]);
        assert_eq!(names("br;q=0, gzip;q=0.000"), Vec::<&str>::new());
        assert_eq!(names("brotli"), Vec::<&str>::new());
        assert_eq!(names("identity"), Vec::<&str>::new());
    }
}
