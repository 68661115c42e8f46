//! The agent hub that the environment names, as other orchestrators of this
//! kind have it.

use baton_agents::HubConfig;

use crate::exit::Failure;

const VARIABLE: &str = "AGENT_HUB_URL";

/// The hub, if one is named.
pub(crate) fn of_environment() -> anyhow::Result<Option<HubConfig>> {
    let Some(url) = url() else {
        return Ok(None);
    };
    let config = HubConfig::at(&url).map_err(|why| {
        Failure::usage(format!(
            "{VARIABLE} cannot be used: {why}; such as {VARIABLE}=http://127.0.0.1:8000"
        ))
    })?;
    Ok(Some(config))
}

fn url() -> Option<String> {
    let url = std::env::var(VARIABLE).ok()?;
    Some(url).filter(|url| !url.trim().is_empty())
}

/// What is to be said of it. Its address is left out but for where it is, since
/// the rest may be a secret.
pub(crate) fn announcement(hub: &HubConfig) -> String {
    format!(
        "{VARIABLE} has {}, for workflows of the SpecKit door",
        hub.origin()
    )
}
