//! TLS, from the settings to the first answer.

use std::fs;

use rcgen::{CertifiedKey, generate_simple_self_signed};

use super::configure;
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
