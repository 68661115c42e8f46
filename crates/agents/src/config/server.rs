//! What `[server]` says: who may come in over the network.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

/// How the server is reached over the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerSettings {
    /// Who needs a token.
    pub auth: Auth,
    /// Names and addresses the server has besides those it listens on.
    pub hosts: Vec<String>,
    /// Sites whose pages may use the server, such as `https://ci.example.org`.
    pub origins: Vec<String>,
    /// How much one caller may ask; none: as much as they like.
    pub rate_limit: Option<RateLimit>,
    /// What encrypts connections; none: nothing does.
    pub tls: Option<TlsFiles>,
}

/// Who needs a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Auth {
    /// Callers on other machines.
    #[default]
    Auto,
    /// Everybody on the network, this machine included.
    Always,
}

/// So many requests in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many.
    pub requests: NonZeroU32,
    /// In how much time.
    pub per: Duration,
}

/// A certificate and its key, both as PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and those it rests on.
    pub cert: PathBuf,
    /// The private key.
    pub key: PathBuf,
}
