//! Encrypted notices. A process of its own sends them, with certificates of the
//! test's choice as its system's, so that the machine's do not matter.

use std::cell::Cell;
use std::convert::Infallible;
use std::fs;
use std::net::Ipv4Addr;
use std::process::Stdio;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::{ServerConfig, crypto};

use crate::support::{TEST_PROCESS, World};

/// A server at `localhost` with a certificate nobody else knows.
struct Server {
    socket: TcpListener,
    acceptor: TlsAcceptor,
    /// What a client has to trust.
    certificate: String,
    /// How many notices have come.
    n_notices: Cell<u32>,
}

impl Server {
    async fn open() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
        let provider = Arc::new(crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key.into())
            .unwrap();
        Self {
            socket: TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap(),
            acceptor: TlsAcceptor::from(Arc::new(config)),
            certificate: cert.pem(),
            n_notices: Cell::new(0),
        }
    }

    fn url(&self, host: &str) -> String {
        let port = self.socket.local_addr().unwrap().port();
        format!("https://{host}:{port}/secret")
    }

    /// Answers whoever comes with success.
    async fn serve(&self) -> Infallible {
        loop {
            let (connection, _) = self.socket.accept().await.unwrap();
            if self.answer(connection).await.is_ok() {
                self.n_notices.set(self.n_notices.get() + 1);
            }
        }
    }

    async fn answer(&self, connection: TcpStream) -> std::io::Result<()> {
        let mut connection = self.acceptor.accept(connection).await?;
        let mut request = Vec::new();
        while !request.ends_with(b"}") {
            let length = connection.read_buf(&mut request).await?;
            assert_ne!(length, 0);
        }
        connection
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            .await?;
        connection.shutdown().await
    }
}

/// Sends a notice to a server, from a process that trusts the certificates in
/// a file. Nothing is said when it arrived.
async fn send(server: &Server, host: &str, reach: &str, trusted: &str) -> String {
    let world = World::new();
    let file = world.root().join("trusted.pem");
    fs::write(&file, trusted).unwrap();
    let sending = Command::new(TEST_PROCESS)
        .args(["notify".as_ref(), world.root().as_os_str()])
        .args([&server.url(host), reach])
        .env("SSL_CERT_FILE", file)
        .env_remove("SSL_CERT_DIR")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let sent = tokio::select! {
        sent = sending => sent.unwrap(),
        never = server.serve() => match never {},
    };
    let said = String::from_utf8(sent.stderr).unwrap();
    assert!(!said.contains("secret"), "{said}");
    said
}

#[tokio::test]
async fn a_receiver_with_a_trusted_certificate_gets_the_notice() {
    let server = Server::open().await;
    let said = send(&server, "localhost", "any", &server.certificate).await;
    assert_eq!((said.as_str(), server.n_notices.get()), ("", 1));
}

#[tokio::test]
async fn a_receiver_that_is_not_who_it_says_it_is_gets_nothing() {
    let (server, other) = (Server::open().await, Server::open().await);
    for (host, trusted) in [
        ("localhost", &other.certificate),
        ("127.0.0.1", &server.certificate),
    ] {
        let said = send(&server, host, "any", trusted).await;
        assert!(
            said.starts_with("cannot notify `x`: invalid peer certificate"),
            "{said}"
        );
        assert_eq!(server.n_notices.get(), 0);
    }
}

#[tokio::test]
async fn a_name_that_leads_into_the_own_network_is_not_connected_to() {
    let server = Server::open().await;
    let said = send(&server, "localhost", "public", &server.certificate).await;
    assert_eq!(
        said.trim_end(),
        "cannot notify `x`: `localhost` has no public address"
    );
}

#[tokio::test]
async fn a_machine_without_certificates_says_so() {
    let server = Server::open().await;
    let said = send(&server, "localhost", "any", "").await;
    assert_eq!(
        said.trim_end(),
        "cannot notify `x`: cannot prepare requests: unexpected error: \
         No CA certificates were loaded from the system"
    );
}
