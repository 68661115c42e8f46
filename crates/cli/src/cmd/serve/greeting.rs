//! What a server says of itself when it starts.

use baton_app::access::Authentication;
use baton_server::listen::TcpDoor;

use super::{Doors, is_here};
use crate::agent_hub;
use crate::database_url::Place;
use crate::given_tokens;
use crate::render::document;
use crate::session::{Host, ServerConfig};

/// Says where it listens, what it has found, and who may come in.
pub(super) async fn print(
    host: &Host,
    place: &Place,
    (config, doors): (&ServerConfig, &Doors),
) -> anyhow::Result<()> {
    let data = &place.data;
    document::err(&format!("serving {}", data.path().display()));
    if let Some(words) = &place.announcement {
        document::err(&format!("  database  {words}"));
    }
    for door in &doors.api {
        document::err(&format!("  http      {}", door.url()));
    }
    for door in &doors.metrics {
        document::err(&format!("  metrics   {}/metrics", door.url()));
    }
    document::err(&format!("  socket    {}", data.socket().display()));
    document::err(&format!("  agents    {}", agents(config)));
    let hub = agent_hub::of_environment()?;
    if let Some(words) = agent_hub::announcement(hub.as_ref()) {
        document::err(&format!("            {words}"));
    }
    let has_tokens = host.app.has_tokens().await?;
    let tokens = tokens(host.app.authentication(), has_tokens);
    document::err(&format!("  tokens    {tokens}"));
    let is_overheard = |door: &TcpDoor| !door.is_encrypted() && !is_here(door.address());
    let mut all = doors.api.iter().chain(&doors.metrics);
    if all.any(is_overheard) {
        document::err(
            "            they cross the network unencrypted; [server.tls] in baton.toml changes that",
        );
    }
    for word in given_tokens::of_environment().announcement() {
        document::err(&format!("            {word}"));
    }
    Ok(())
}

fn agents(config: &ServerConfig) -> String {
    let n_entries = config.settings.agents.n_entries();
    match &config.file {
        Some(file) => format!("{n_entries} entries in {}", file.display()),
        None => "each run has its own baton.toml".to_owned(),
    }
}

const fn tokens(authentication: Authentication, has_tokens: bool) -> &'static str {
    match (authentication, has_tokens) {
        (Authentication::Auto, false) => "none, and none needed on this machine",
        (Authentication::Auto, true) => "needed from other machines, not on this one",
        (Authentication::Always, true) => "needed from everybody on the network",
        (Authentication::Always, false) => {
            "needed, and there is none; make one: baton token create NAME --scope admin"
        }
    }
}
