//! Does a request come from a page of another site? Browsers say so, and no
//! page can make them say something else.

use axum::http::uri::{Authority, Uri};
use axum::http::{HeaderMap, header};
use baton_model::ErrorCode;

use crate::http::error::Problem;

/// Refuses what a browser sends for a page that is neither ours nor one of
/// `origins`.
pub(super) fn check(headers: &HeaderMap, host: &str, origins: &[String]) -> Result<(), Problem> {
    let mut named = headers.get_all(header::ORIGIN).iter();
    let origin = match (named.next(), named.next()) {
        (None, _) => None,
        (Some(origin), None) => Some(origin.to_str().unwrap_or("null")),
        (Some(_), Some(_)) => Some("null"),
    };
    if origin.is_some_and(|origin| origins.iter().any(|known| known == origin)) {
        return Ok(());
    }
    let is_foreign_page = origin.is_some_and(|origin| !is_of_host(origin, host));
    let mut sites = headers.get_all("sec-fetch-site").iter();
    let is_foreign_fetch = sites.any(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"));
    if is_foreign_page || is_foreign_fetch {
        let message = "pages of other sites may not use this server; \
                       name them in `origins` of [server] in baton.toml";
        return Err(Problem::new(ErrorCode::Forbidden, message));
    }
    Ok(())
}

/// Whether a browser shows the answer in a tab of its own, because somebody has
/// followed a link or typed an address.
pub(super) fn is_followed_link(headers: &HeaderMap) -> bool {
    let says = |name: &str, word: &[u8]| {
        let mut values = headers.get_all(name).iter();
        values.next().is_some_and(|value| value.as_bytes() == word) && values.next().is_none()
    };
    says("sec-fetch-mode", b"navigate")
        && says("sec-fetch-dest", b"document")
        && !headers.contains_key(header::ORIGIN)
}

/// Whether pages of an origin came from this host, port included. Whether they
/// were encrypted on the way is not known here: a proxy may have done that.
fn is_of_host(origin: &str, host: &str) -> bool {
    let Ok(origin) = origin.parse::<Uri>() else {
        return false;
    };
    let is_web = matches!(origin.scheme_str(), Some("http" | "https"));
    let authority = origin.authority().map(Authority::as_str);
    is_web && authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is_let_in(named: &[(&'static str, &str)]) -> bool {
        let headers = named
            .iter()
            .map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap()));
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: axum::http::HeaderName = name;
            map.append(name, value);
        }
        let origins = ["https://ci.example.org".to_owned()];
        check(&map, "localhost:7878", &origins).is_ok()
    }

    #[test]
    fn programs_and_our_own_pages_are_let_in() {
        for headers in [
            &[][..],
            &[("origin", "http://localhost:7878")],
            &[
                ("origin", "https://LOCALHOST:7878"),
                ("sec-fetch-site", "same-origin"),
            ],
            &[("sec-fetch-site", "none")],
            &[
                ("origin", "https://ci.example.org"),
                ("sec-fetch-site", "cross-site"),
            ],
        ] {
            assert!(is_let_in(headers), "{headers:?}");
        }
    }

    #[test]
    fn pages_of_others_are_not() {
        for headers in [
            &[("origin", "null")][..],
            &[("origin", "")],
            &[("origin", "http://localhost")],
            &[
                ("origin", "http://localhost:3000"),
                ("sec-fetch-site", "same-site"),
            ],
            &[("origin", "http://evil.example")],
            &[("origin", "ftp://localhost:7878")],
            &[("origin", "localhost:7878")],
            &[
                ("origin", "http://localhost:7878"),
                ("origin", "http://evil.example"),
            ],
            &[
                ("origin", "http://localhost:7878"),
                ("sec-fetch-site", "cross-site"),
            ],
            &[("origin", "https://ci.example.org.evil.example")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "something new")],
            &[("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")],
        ] {
            assert!(!is_let_in(headers), "{headers:?}");
        }
    }
}
