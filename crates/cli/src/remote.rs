//! A server somewhere else: its address, the token it is asked with, and the
//! way there.

use std::fmt;
use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hyper::Uri;
use hyper::header::HeaderValue;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::exit::Failure;

/// How long a connection may take.
const CONNECT_MAX: Duration = Duration::from_secs(10);
/// Nobody has a token that is longer.
const TOKEN_BYTES_MAX: usize = 4096;

/// A server that is asked over the network.
#[derive(Clone)]
pub(crate) struct Server(Arc<Address>);

struct Address {
    /// The URL as people know it.
    url: String,
    host: String,
    port: u16,
    /// Host and port, as requests name them.
    authority: HeaderValue,
    /// What comes before the paths of the API, where a proxy puts it somewhere.
    base: String,
    is_encrypted: bool,
    /// The whole `Authorization` header.
    authorization: Option<HeaderValue>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({})", self.0.url)
    }
}

/// Anything that bytes go through.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

impl Server {
    /// Reads the address of a server.
    pub(crate) fn parse(url: &str, token: Option<&str>) -> anyhow::Result<Self> {
        let wrong = |what: &str| {
            let example = "https://baton.example.org or http://127.0.0.1:7878";
            Failure::usage(format!(
                "`{url}` is not the address of a server: {what}; write it like {example}"
            ))
        };
        let uri: Uri = url.parse().map_err(|error| wrong(&format!("{error}")))?;
        let is_encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong("it begins with neither http:// nor https://")),
        };
        let authority = uri.authority().ok_or_else(|| wrong("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(wrong("tokens do not belong in addresses"));
        }
        if uri.query().is_some() {
            return Err(wrong("there is something behind a ?"));
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let port = authority.port_u16();
        let is_trusted = is_encrypted || is_this_machine(&host);
        if token.is_some() && !is_trusted {
            let message =
                format!("the token goes to {url} for everybody on the way to read; use https");
            crate::render::document::err(&format!("warning: {message}"));
        }
        Ok(Self(Arc::new(Address {
            url: url.trim_end_matches('/').to_owned(),
            host,
            port: port.unwrap_or(if is_encrypted { 443 } else { 80 }),
            authority: HeaderValue::from_str(authority.as_str())?,
            base: uri.path().trim_end_matches('/').to_owned(),
            is_encrypted,
            authorization: token.map(authorization).transpose()?,
        })))
    }

    /// Its address, for people.
    pub(crate) fn url(&self) -> &str {
        &self.0.url
    }

    /// What requests call it.
    pub(crate) fn authority(&self) -> &HeaderValue {
        &self.0.authority
    }

    /// What comes before the paths of the API.
    pub(crate) fn base(&self) -> &str {
        &self.0.base
    }

    /// What says who asks.
    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        self.0.authorization.as_ref()
    }

    /// A new connection.
    pub(crate) async fn connect(&self) -> io::Result<Box<dyn Wire>> {
        let connected = tokio::time::timeout(CONNECT_MAX, self.dial()).await;
        connected.unwrap_or_else(|_elapsed| Err(io::ErrorKind::TimedOut.into()))
    }

    async fn dial(&self) -> io::Result<Box<dyn Wire>> {
        let address = &*self.0;
        let stream = TcpStream::connect((address.host.as_str(), address.port)).await?;
        stream.set_nodelay(true)?;
        if !address.is_encrypted {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(address.host.clone()).map_err(io::Error::other)?;
        let connector = TlsConnector::from(trust()?);
        Ok(Box::new(connector.connect(name, stream).await?))
    }
}

/// Whether a host is this machine, so that nobody is on the way.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

fn authorization(token: &str) -> anyhow::Result<HeaderValue> {
    let value = HeaderValue::from_str(&format!("Bearer {token}"));
    let mut value =
        value.map_err(|_invalid| Failure::usage("the token holds signs that no token has"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The token to ask with: the one in the file, else the one in `BATON_TOKEN`.
pub(crate) fn token(file: Option<&Path>) -> anyhow::Result<Option<String>> {
    let (text, from) = match file {
        Some(file) => {
            let text = fs::read_to_string(file).map_err(|error| {
                Failure::files(format!(
                    "cannot read the token in {}: {error}",
                    file.display()
                ))
            })?;
            (text, file.display().to_string())
        }
        None => match std::env::var("BATON_TOKEN") {
            Ok(text) if !text.is_empty() => (text, "BATON_TOKEN".to_owned()),
            Ok(_) | Err(_) => return Ok(None),
        },
    };
    let token = text.trim();
    if token.is_empty() || token.len() > TOKEN_BYTES_MAX || token.contains(char::is_whitespace) {
        return Err(Failure::usage(format!("there is no token in {from}")));
    }
    Ok(Some(token.to_owned()))
}

/// Whom this machine trusts to say who a server is: its own certificates, or
/// those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
fn trust() -> io::Result<Arc<ClientConfig>> {
    static TRUST: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(config) = TRUST.get() {
        return Ok(Arc::clone(config));
    }
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::debug!(%error, "a certificate could not be read");
    }
    let mut roots = RootCertStore::empty();
    let (n_taken, _n_unfit) = roots.add_parsable_certificates(found.certs);
    if n_taken == 0 {
        let message = "this machine trusts no certificates; name a file with SSL_CERT_FILE";
        return Err(io::Error::other(message));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::clone(TRUST.get_or_init(|| Arc::new(config))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_what_is_none_is_refused() {
        let cases = [
            ("http://127.0.0.1:7878", "127.0.0.1", 7878, ""),
            ("https://baton.example.org/", "baton.example.org", 443, ""),
            (
                "http://[::1]:8080/tools/baton/",
                "::1",
                8080,
                "/tools/baton",
            ),
            ("http://localhost", "localhost", 80, ""),
        ];
        for (url, host, port, base) in cases {
            let server = Server::parse(url, None).unwrap();
            let address = &*server.0;
            assert_eq!((address.host.as_str(), address.port), (host, port), "{url}");
            assert_eq!(address.base, base, "{url}");
        }
        for wrong in [
            "",
            "baton.example.org",
            "127.0.0.1:7878",
            "ftp://a",
            "http://",
            "https://token@a",
            "https://a/?token=b",
        ] {
            assert!(Server::parse(wrong, None).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_token_is_never_shown() {
        let server = Server::parse("https://a", Some("secret-words")).unwrap();
        let header = server.authorization().unwrap();
        assert_eq!(header, "Bearer secret-words");
        assert!(!format!("{server:?} {header:?}").contains("secret"));
        assert!(Server::parse("https://a", Some("a\nb")).is_err());
    }
}
