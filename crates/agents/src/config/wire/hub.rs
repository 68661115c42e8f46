//! The settings of the adapter `hub`.

use std::time::Duration;

use toml::Spanned;

use super::notify::refused_url;
use super::{Agent, UnplacedMistake, duration};
use crate::egress::Reach;
use crate::hub::HubConfig;

/// Nobody waits longer for an answer over HTTP.
const TIMEOUT_MAX: Duration = Duration::from_hours(24);

impl Agent {
    pub(super) fn into_hub(self) -> Result<HubConfig, UnplacedMistake> {
        let Some(url) = &self.url else {
            let message = "adapter `hub` needs a setting `url`";
            let mistake = UnplacedMistake::new(self.adapter.span(), message);
            return Err(mistake.help("such as url = \"http://127.0.0.1:8000\""));
        };
        let reach = if self.allow_private.is_some_and(Spanned::into_inner) {
            Reach::Any
        } else {
            Reach::PublicOrHere
        };
        let mut config = HubConfig::parse(url.as_ref(), reach)
            .map_err(|refused| refused_url(url.span(), &refused, "https://hub.example.com"))?;
        if let Some(name) = self.name {
            config.agent = Some(agent(name)?);
        }
        if let Some(timeout) = &self.timeout {
            config.time_max = time_max(timeout)?;
        }
        Ok(config)
    }
}

/// A name that can be part of a path.
fn agent(name: Spanned<String>) -> Result<String, UnplacedMistake> {
    let is_good = |name: &str| {
        let is_plain = |letter: char| !letter.is_control() && letter != '/';
        !["", ".", ".."].contains(&name) && name.chars().all(is_plain)
    };
    if is_good(name.as_ref()) {
        return Ok(name.into_inner());
    }
    let message = format!("`{}` is no name of an agent", name.as_ref());
    Err(UnplacedMistake::new(name.span(), message))
}

fn time_max(text: &Spanned<String>) -> Result<Duration, UnplacedMistake> {
    let time = duration(text)?;
    if time.is_zero() || time > TIMEOUT_MAX {
        let message = "`timeout` must be more than nothing, and a day at most";
        return Err(UnplacedMistake::new(text.span(), message));
    }
    Ok(time)
}
