//! The section `[server]`.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::super::error::UnplacedMistake;
use super::super::server::{Auth, RateLimit, ServerSettings, TlsFiles};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServerTable {
    auth: Option<Spanned<String>>,
    #[serde(default)]
    hosts: Vec<Spanned<String>>,
    #[serde(default)]
    origins: Vec<Spanned<String>>,
    rate_limit: Option<Spanned<String>>,
    tls: Option<TlsTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TlsTable {
    cert: PathBuf,
    key: PathBuf,
}

/// Checks the section; its files are meant against `directory`.
pub(super) fn settings(
    table: ServerTable,
    directory: &Path,
) -> Result<ServerSettings, UnplacedMistake> {
    Ok(ServerSettings {
        auth: table
            .auth
            .as_ref()
            .map(auth)
            .transpose()?
            .unwrap_or_default(),
        hosts: table.hosts.iter().map(host).collect::<Result<_, _>>()?,
        origins: table.origins.iter().map(origin).collect::<Result<_, _>>()?,
        rate_limit: table.rate_limit.as_ref().map(rate_limit).transpose()?,
        tls: table.tls.map(|tls| TlsFiles {
            cert: directory.join(tls.cert),
            key: directory.join(tls.key),
        }),
    })
}

fn auth(word: &Spanned<String>) -> Result<Auth, UnplacedMistake> {
    match word.as_ref().as_str() {
        "auto" => Ok(Auth::Auto),
        "always" => Ok(Auth::Always),
        _ => Err(UnplacedMistake::new(
            word.span(),
            "`auth` must be \"auto\" or \"always\"",
        )),
    }
}

fn host(text: &Spanned<String>) -> Result<String, UnplacedMistake> {
    let host = text.as_ref().to_ascii_lowercase();
    let is_address = host.parse::<IpAddr>().is_ok();
    if is_address || is_name(&host) {
        return Ok(host);
    }
    let message = format!("`{}` is no name of a host", text.as_ref());
    let help = "such as \"baton.example.org\", without a scheme and without a port";
    Err(UnplacedMistake::new(text.span(), message).help(help))
}

fn is_name(host: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(is_letter);
    host.split('.').all(is_label)
}

/// Browsers write an origin in one way only, so it is compared as a text.
fn origin(text: &Spanned<String>) -> Result<String, UnplacedMistake> {
    let origin = text.as_ref().to_ascii_lowercase();
    let authority = ["https://", "http://"]
        .iter()
        .find_map(|scheme| origin.strip_prefix(scheme));
    if authority.is_some_and(is_authority) {
        return Ok(origin);
    }
    let message = format!("`{}` is no origin of a page", text.as_ref());
    let help = "such as \"https://ci.example.org\", without a path; there is no word for all";
    Err(UnplacedMistake::new(text.span(), message).help(help))
}

/// A host, perhaps with a port.
fn is_authority(authority: &str) -> bool {
    let in_brackets = authority
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'));
    let (is_host, port) = if let Some((address, port)) = in_brackets {
        (address.parse::<IpAddr>().is_ok(), port)
    } else {
        let end = authority.find(':').unwrap_or(authority.len());
        let (host, port) = authority.split_at(end);
        (is_name(host), port)
    };
    let is_port = |port: &str| {
        port.strip_prefix(':')
            .is_some_and(|port| port.parse::<u16>().is_ok())
    };
    is_host && (port.is_empty() || is_port(port))
}

fn rate_limit(text: &Spanned<String>) -> Result<RateLimit, UnplacedMistake> {
    let parsed = text.as_ref().split_once('/').and_then(|(requests, unit)| {
        let seconds = match unit.trim() {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            _ => return None,
        };
        let requests: NonZeroU32 = requests.trim().parse().ok()?;
        let per = Duration::from_secs(seconds);
        Some(RateLimit { requests, per })
    });
    parsed.ok_or_else(|| {
        let message = format!("`{}` is no rate", text.as_ref());
        UnplacedMistake::new(text.span(), message)
            .help("such as \"100/s\", \"600/m\" or \"5000/h\"")
    })
}
