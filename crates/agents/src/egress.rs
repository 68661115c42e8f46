//! The one way out: requests to addresses that a configuration names.
//!
//! A server must not become a door into the network it stands in, so an
//! address that is not public is refused unless the configuration allows it
//! beside that very URL. What is looked up is what is connected to: the
//! addresses of a name are filtered where the connection is made. Nothing is
//! redirected, and no proxy of the environment is used. Clients are made when
//! they are needed first, for that reads the system's certificates.

mod address;
mod exchange;

use std::error::Error;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use tokio::sync::OnceCell;

use address::is_public;
pub(crate) use exchange::{Answer, Exchange, ExchangeError};

/// How long a notice may take, from the look-up to the last byte.
const TIME_MAX: Duration = Duration::from_secs(10);
/// How long it may take until a connection is there.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
/// How long a connection is kept for the next request: less than servers that
/// are known to be in a hurry keep theirs, so that none is used which its other
/// end is just closing.
const KEPT_FOR: Duration = Duration::from_secs(4);
/// How many connections are kept for one destination.
const KEPT_MAX: usize = 32;
/// How much of an answer is quoted when it is a refusal.
const WORDS_BYTES_MAX: usize = 512;

/// How far a request may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Public addresses, encrypted.
    Public,
    /// These, and this very machine, to which nothing need be encrypted.
    PublicOrHere,
    /// Any address, with or without encryption.
    Any,
}

/// Where requests may go: a URL that was checked.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Destination {
    url: Url,
    route: Route,
}

/// How a destination is gone to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    /// Encrypted, to public addresses only.
    Public,
    /// Encrypted, to any address.
    Private,
    /// Not encrypted, to any address.
    Plain,
    /// Not encrypted, to this machine only.
    Here,
}

/// Why a URL is no destination. The URL is left out, for it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RefusedUrl {
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    #[error("it is neither https nor http")]
    Scheme,
    #[error("it is not encrypted")]
    Unencrypted,
    #[error("its address is not public")]
    NotPublic,
}

impl Destination {
    pub(crate) fn parse(text: &str, reach: Reach) -> Result<Self, RefusedUrl> {
        let url = Url::parse(text).map_err(|error| RefusedUrl::Unreadable(error.to_string()))?;
        let route = match (url.scheme(), reach) {
            ("http", Reach::PublicOrHere) if is_here(&url) => Route::Here,
            ("https", Reach::Public | Reach::PublicOrHere) => Route::Public,
            ("https", Reach::Any) => Route::Private,
            ("http", Reach::Any) => Route::Plain,
            ("http", Reach::Public | Reach::PublicOrHere) => return Err(RefusedUrl::Unencrypted),
            _ => return Err(RefusedUrl::Scheme),
        };
        // A literal address is never looked up, so this is where it is seen.
        if route == Route::Public && literal_address(&url).is_some_and(|it| !is_public(it)) {
            return Err(RefusedUrl::NotPublic);
        }
        Ok(Self { url, route })
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// A place below it. Nothing in a segment can lead elsewhere.
    pub(crate) fn below(&self, segments: &[&str]) -> Self {
        let mut below = self.clone();
        below.url.set_query(None);
        below.url.set_fragment(None);
        // Both schemes have paths that can be added to.
        if let Ok(mut path) = below.url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        below
    }
}

impl fmt::Debug for Destination {
    /// Without path and query: those of a web hook are its password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Destination({}, {:?})", self.origin(), self.route)
    }
}

/// The address a URL holds instead of a name, in whatever way it is written:
/// reading the URL has made `0x7f.1` and `2130706433` the same.
fn literal_address(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .ok()
}

/// Whether a URL says by itself that it leads to this machine.
fn is_here(url: &Url) -> bool {
    let is_loopback = |address: IpAddr| address.to_canonical().is_loopback();
    url.host_str() == Some("localhost") || literal_address(url).is_some_and(is_loopback)
}

/// Why a request came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EgressError {
    /// This machine cannot make requests at all.
    #[error("cannot prepare requests: {0}")]
    Unprepared(String),
    /// Nobody was reached, or the conversation broke off.
    #[error("{0}")]
    Unreachable(String),
    #[error("no answer within {} s", TIME_MAX.as_secs())]
    Timeout,
    #[error("the answer was {status}{words}")]
    Answered { status: StatusCode, words: String },
}

/// Makes requests.
#[derive(Debug, Default)]
pub(crate) struct Egress {
    keeps_connections: bool,
    public: OnceCell<Client>,
    private: OnceCell<Client>,
    plain: OnceCell<Client>,
    here: OnceCell<Client>,
}

impl Egress {
    /// One whose connections serve several requests, while they are fresh.
    pub(crate) fn keeping_connections() -> Self {
        Self {
            keeps_connections: true,
            ..Self::default()
        }
    }

    /// Posts a JSON document; anything but a 2xx answer is an error.
    pub(crate) async fn post_json(
        &self,
        to: &Destination,
        document: Vec<u8>,
    ) -> Result<(), EgressError> {
        let client = self.client(to.route).await?;
        let request = client
            .post(to.url.clone())
            .timeout(TIME_MAX)
            .header(CONTENT_TYPE, "application/json")
            .body(document);
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let words = words_of(response).await;
        Err(EgressError::Answered { status, words })
    }

    async fn client(&self, route: Route) -> Result<&Client, EgressError> {
        let cell = match route {
            Route::Public => &self.public,
            Route::Private => &self.private,
            Route::Plain => &self.plain,
            Route::Here => &self.here,
        };
        let keeps_connections = self.keeps_connections;
        let make = || async move {
            tokio::task::spawn_blocking(move || client(route, keeps_connections))
                .await
                .map_err(|error| EgressError::Unprepared(error.to_string()))?
                .map_err(|error| EgressError::Unprepared(root_cause(&error)))
        };
        cell.get_or_try_init(make).await
    }
}

/// Makes a client. Reads files, so it may block.
fn client(route: Route, keeps_connections: bool) -> reqwest::Result<Client> {
    match rustls::crypto::ring::default_provider().install_default() {
        // Whoever was first has chosen; here nobody chooses anything else.
        Ok(()) | Err(_) => {}
    }
    let builder = Client::builder()
        .user_agent(concat!("baton/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIME_MAX)
        .redirect(Policy::none())
        .no_proxy()
        .pool_idle_timeout(KEPT_FOR)
        .pool_max_idle_per_host(if keeps_connections { KEPT_MAX } else { 0 });
    let builder = match route {
        Route::Public => builder.dns_resolver(Only {
            is_let_in: is_public,
            what: "public",
        }),
        Route::Here => builder.tls_certs_only([]).dns_resolver(Only {
            is_let_in: |address| address.to_canonical().is_loopback(),
            what: "loopback",
        }),
        Route::Private => builder,
        // Needs no certificates, so a machine without any can do it.
        Route::Plain => builder.tls_certs_only([]),
    };
    builder.build()
}

/// Looks names up and keeps the addresses that are let in.
struct Only {
    is_let_in: fn(IpAddr) -> bool,
    what: &'static str,
}

/// A name that leads nowhere it may lead.
#[derive(Debug, thiserror::Error)]
#[error("`{name}` has no {what} address")]
struct NoSuchAddress {
    name: String,
    what: &'static str,
}

impl Resolve for Only {
    fn resolve(&self, name: Name) -> Resolving {
        let Self { is_let_in, what } = *self;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let let_in: Vec<SocketAddr> = found.filter(|it| is_let_in(it.ip())).collect();
            if let_in.is_empty() {
                let name = name.as_str().to_owned();
                return Err(NoSuchAddress { name, what }.into());
            }
            Ok(Box::new(let_in.into_iter()) as Addrs)
        })
    }
}

fn unreachable(error: reqwest::Error) -> EgressError {
    if error.is_timeout() {
        EgressError::Timeout
    } else {
        EgressError::Unreachable(root_cause(&error.without_url()))
    }
}

/// What is at the bottom of an error; the layers above only say that
/// something went wrong.
fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// The beginning of an answer, ready to be appended to a message. It is a
/// courtesy, so a broken one is as good as none.
async fn words_of(mut response: Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < WORDS_BYTES_MAX
        && let Ok(Some(chunk)) = response.chunk().await
    {
        bytes.extend_from_slice(&chunk);
    }
    bytes.truncate(WORDS_BYTES_MAX);
    let words = String::from_utf8_lossy(bytes.trim_ascii());
    if words.is_empty() {
        String::new()
    } else {
        format!(": {words}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_not_public_are_refused_however_they_are_written() {
        let rows = [
            ("https://hooks.example/T0/B0", Ok(())),
            ("https://93.184.215.14/", Ok(())),
            ("https://[2606:4700::1111]/", Ok(())),
            // A name is judged by the addresses it has when it is used.
            ("https://localhost/", Ok(())),
            ("https://bücher.example/", Ok(())),
            ("http://hooks.example/", Err(RefusedUrl::Unencrypted)),
            ("file:///etc/passwd", Err(RefusedUrl::Scheme)),
            ("gopher://hooks.example/", Err(RefusedUrl::Scheme)),
            ("https://127.0.0.1/", Err(RefusedUrl::NotPublic)),
            ("https://127.1/", Err(RefusedUrl::NotPublic)),
            ("https://2130706433/", Err(RefusedUrl::NotPublic)),
            ("https://0x7f.0.0.1/", Err(RefusedUrl::NotPublic)),
            ("https://0177.0.0.1/", Err(RefusedUrl::NotPublic)),
            (
                "https://user:pass@169.254.169.254/",
                Err(RefusedUrl::NotPublic),
            ),
            (
                "https://hooks.example@10.0.0.1/",
                Err(RefusedUrl::NotPublic),
            ),
            ("https://１２７.0.0.1/", Err(RefusedUrl::NotPublic)),
            ("https://[::1]/", Err(RefusedUrl::NotPublic)),
            ("https://[::ffff:8.8.8.8]/", Err(RefusedUrl::NotPublic)),
            ("https://[64:ff9b::808:808]/", Err(RefusedUrl::NotPublic)),
        ];
        for (text, expected) in rows {
            let parsed = Destination::parse(text, Reach::Public).map(|_| ());
            assert_eq!(parsed, expected, "{text}");
        }
        for text in ["http://127.0.0.1:8080/", "https://[::1]/"] {
            assert!(Destination::parse(text, Reach::Any).is_ok(), "{text}");
        }
        let error = Destination::parse("hooks.example/T0", Reach::Any).unwrap_err();
        assert!(!error.to_string().contains("T0"), "{error}");
    }

    #[test]
    fn this_machine_may_be_reached_unencrypted_where_that_is_meant() {
        let rows = [
            ("http://127.0.0.1:8000", Ok(())),
            ("http://localhost:8000/hub/", Ok(())),
            ("http://[::1]:8000", Ok(())),
            ("https://hub.example", Ok(())),
            ("http://localhost.example", Err(RefusedUrl::Unencrypted)),
            ("http://10.0.0.1", Err(RefusedUrl::Unencrypted)),
            ("https://10.0.0.1", Err(RefusedUrl::NotPublic)),
            ("unix:/run/hub.sock", Err(RefusedUrl::Scheme)),
        ];
        for (text, expected) in rows {
            let parsed = Destination::parse(text, Reach::PublicOrHere).map(|_| ());
            assert_eq!(parsed, expected, "{text}");
        }
    }

    #[test]
    fn what_lies_below_a_destination_cannot_lead_elsewhere() {
        let rows = [
            (
                "http://localhost:8000",
                "baron",
                "http://localhost:8000/invoke/baron",
            ),
            (
                "http://localhost/hub/?key=1#x",
                "baron",
                "http://localhost/hub/invoke/baron",
            ),
            (
                "http://localhost",
                "a/../b?c",
                "http://localhost/invoke/a%2F..%2Fb%3Fc",
            ),
        ];
        for (text, name, expected) in rows {
            let hub = Destination::parse(text, Reach::Any).unwrap();
            assert_eq!(hub.below(&["invoke", name]).url.as_str(), expected);
        }
    }

    #[test]
    fn the_secret_part_of_a_destination_is_not_shown() {
        let text = "https://me:pass@hooks.example/T0/secret?key=secret";
        let destination = Destination::parse(text, Reach::Public).unwrap();
        assert_eq!(
            format!("{destination:?}"),
            "Destination(https://hooks.example, Public)"
        );
    }
}
