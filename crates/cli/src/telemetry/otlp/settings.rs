//! Where spans go, by the variables that OpenTelemetry has for that.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// How long a collector may take to answer, unless it is said otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Where spans go, and what is said beside them.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(super) url: Url,
    /// Marked as secret, so that they are never shown.
    pub(super) headers: HeaderMap,
    pub(super) timeout: Duration,
    /// What the process is.
    pub(super) resource: Vec<(String, String)>,
}

impl Settings {
    /// What the environment says; none when it names no collector. The text
    /// says why spans are not sent although it does.
    pub(crate) fn of_environment() -> Result<Option<Self>, String> {
        Self::read(|name| std::env::var(name).ok().filter(|text| !text.is_empty()))
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, String> {
        let is_off =
            variable("OTEL_SDK_DISABLED").is_some_and(|it| it.eq_ignore_ascii_case("true"));
        let of_traces = |name: &str| {
            let of_traces = variable(&format!("OTEL_EXPORTER_OTLP_TRACES_{name}"));
            of_traces.or_else(|| variable(&format!("OTEL_EXPORTER_OTLP_{name}")))
        };
        let whole = variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
        let base = variable("OTEL_EXPORTER_OTLP_ENDPOINT");
        let address = match (is_off, whole, base) {
            (true, ..) | (_, None, None) => return Ok(None),
            (_, Some(whole), _) => whole,
            (_, None, Some(base)) => format!("{}/v1/traces", base.trim_end_matches('/')),
        };
        if variable("OTEL_TRACES_EXPORTER").is_some_and(|word| word == "none") {
            return Ok(None);
        }
        if let Some(protocol) = of_traces("PROTOCOL").filter(|it| it != "http/protobuf") {
            return Err(format!(
                "OTEL_EXPORTER_OTLP_PROTOCOL is `{protocol}`, and only `http/protobuf` is spoken"
            ));
        }
        let timeout = of_traces("TIMEOUT").map(|text| {
            let millis = text.parse().map(Duration::from_millis);
            millis.map_err(|_error| {
                format!("OTEL_EXPORTER_OTLP_TIMEOUT is no number of milliseconds: `{text}`")
            })
        });
        Ok(Some(Self {
            url: url(&address)?,
            headers: headers(&of_traces("HEADERS").unwrap_or_default())?,
            timeout: timeout.transpose()?.unwrap_or(TIMEOUT),
            resource: resource(
                variable("OTEL_SERVICE_NAME"),
                &variable("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default(),
            ),
        }))
    }
}

/// The address is left out of mistakes, for it may hold a password.
fn url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("the OTLP endpoint is no URL: {error}"))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err("the OTLP endpoint is neither http nor https".to_owned()),
    }
}

/// `name=value,name=value`, with values escaped as in URLs.
fn headers(text: &str) -> Result<HeaderMap, String> {
    let wrong = "OTEL_EXPORTER_OTLP_HEADERS is not: name=value,name=value";
    let mut headers = HeaderMap::new();
    for (name, value) in pairs(text) {
        let name = HeaderName::try_from(name).map_err(|_error| wrong)?;
        let mut value = HeaderValue::try_from(value).map_err(|_error| wrong)?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

fn resource(name: Option<String>, attributes: &str) -> Vec<(String, String)> {
    let mut resource = BTreeMap::from([
        ("service.name".to_owned(), "baton".to_owned()),
        (
            "service.version".to_owned(),
            env!("CARGO_PKG_VERSION").to_owned(),
        ),
    ]);
    resource.extend(pairs(attributes));
    if let Some(name) = name {
        resource.insert("service.name".to_owned(), name);
    }
    resource.into_iter().collect()
}

fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    text.split(',').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((name.trim().to_owned(), unescaped(value.trim())))
    })
}

/// `%20` and the like as what they stand for.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        let code = match rest {
            [b'%', high, low, ..] => hex(*high, *low),
            _ => None,
        };
        bytes.push(code.unwrap_or(*byte));
        rest = match (code, after) {
            (Some(_), [_, _, after @ ..]) => after,
            _ => after,
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Option<Settings>, String> {
        Settings::read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    const BASE: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318/");

    #[test]
    fn the_general_endpoint_is_completed_and_that_of_traces_is_not() {
        let url = |variables: &[_]| read(variables).unwrap().unwrap().url.to_string();
        assert_eq!(url(&[BASE]), "http://127.0.0.1:4318/v1/traces");
        let own = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://a.example/t");
        assert_eq!(url(&[BASE, own]), "https://a.example/t");
    }

    #[test]
    fn nothing_is_sent_where_nobody_is_named_or_it_is_switched_off() {
        assert!(read(&[]).unwrap().is_none());
        for off in [
            ("OTEL_SDK_DISABLED", "true"),
            ("OTEL_TRACES_EXPORTER", "none"),
        ] {
            assert!(read(&[BASE, off]).unwrap().is_none(), "{off:?}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_said_without_what_is_secret() {
        for wrong in [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "swordfish"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://me:swordfish@a/"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a b=swordfish"),
        ] {
            let error = read(&[wrong, BASE]).unwrap_err();
            assert!(!error.contains("swordfish"), "{error}");
        }
    }

    #[test]
    fn headers_are_kept_out_of_sight_and_values_are_unescaped() {
        let headers = (
            "OTEL_EXPORTER_OTLP_HEADERS",
            "authorization=Basic%20c3dvcmRmaXNo, x-a=1%2",
        );
        let settings = read(&[BASE, headers]).unwrap().unwrap();
        assert_eq!(settings.headers["authorization"], "Basic c3dvcmRmaXNo");
        assert_eq!(settings.headers["x-a"], "1%2");
        assert!(!format!("{settings:?}").contains("c3dvcmRmaXNo"));
    }

    #[test]
    fn a_service_has_the_name_it_is_given() {
        let rows = [
            (&[BASE][..], "baton"),
            (
                &[BASE, ("OTEL_RESOURCE_ATTRIBUTES", "service.name=a,b=c")],
                "a",
            ),
            (
                &[
                    BASE,
                    ("OTEL_RESOURCE_ATTRIBUTES", "service.name=a"),
                    ("OTEL_SERVICE_NAME", "d"),
                ],
                "d",
            ),
        ];
        for (variables, name) in rows {
            let settings = read(variables).unwrap().unwrap();
            let expected = ("service.name".to_owned(), name.to_owned());
            assert!(settings.resource.contains(&expected), "{settings:?}");
        }
    }
}
