//! TLS, from the settings to the first answer.

use std::fs;

use rcgen::{CertifiedKey, generate_simple_self_signed};

use super::{configure, exchange, served, stop, token};
use crate::support::World;

/// A certificate and its key in the data directory.
fn certified(world: &World) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    configure(
        world,
        "[server]\nauth = \"always\"\n[server.tls]\ncert = \"cert.pem\"\nkey = \"key.pem\"\n",
    );
    fs::write(world.data().join("cert.pem"), cert.pem()).unwrap();
    fs::write(world.data().join("key.pem"), signing_key.serialize_pem()).unwrap();
}

#[test]
fn a_certificate_makes_it_https_and_nothing_else_is_spoken() {
    let world = World::new();
    certified(&world);
    let (serve, address) = served(&world, &[]);
    let token = token(&world, "ci", "read");
    let url = format!("https://{}", address.replace("127.0.0.1", "localhost"));
    let mut command = world.command(&["runs", "-o", "json", "--server", &url]);
    command
        .env("SSL_CERT_FILE", world.data().join("cert.pem"))
        .env("BATON_TOKEN", &token);
    let runs = crate::support::Answer::of(&mut command).exits(0).json();
    assert_eq!(runs["total_count"], 0);
    let plain = format!("GET /api/v1/workflows HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let answer = exchange(&address, plain.as_bytes());
    assert!(!answer.contains("HTTP/1.1 200"), "{answer}");
    let said = stop(serve);
    assert!(said.contains("https://127.0.0.1:"), "{said}");
}

#[test]
fn files_that_cannot_be_used_are_said_before_anything_is_started() {
    let world = World::new();
    certified(&world);
    let (cert, key) = (world.data().join("cert.pem"), world.data().join("key.pem"));
    let other = generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    for (file, content) in [
        (&key, other.signing_key.serialize_pem()),
        (&key, "no key".to_owned()),
        (&cert, "no certificate".to_owned()),
        (
            &cert,
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned(),
        ),
    ] {
        let before = fs::read(file).unwrap();
        fs::write(file, content).unwrap();
        world.baton(&["serve"]).exits(2).says(&["[server.tls]"]);
        fs::write(file, before).unwrap();
    }
    fs::remove_file(&key).unwrap();
    let refused = world.baton(&["serve"]).exits(2);
    refused.says(&["[server.tls]", "key.pem"]);
    assert!(!world.data().join("baton.sock").exists());
}
