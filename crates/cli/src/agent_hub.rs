//! The agent hub that the environment names, as other orchestrators of this
//! kind have it.

use std::time::Duration;

use baton_agents::HubConfig;

use crate::exit::Failure;

const VARIABLE: &str = "AGENT_HUB_URL";
/// How many seconds an answer of that hub may take.
const TIME_VARIABLE: &str = "API_TIMEOUT";
/// A day: whoever wants more has mistaken the unit.
const SECONDS_MAX: f64 = 86_400.0;

/// The hub, if one is named.
pub(crate) fn of_environment() -> anyhow::Result<Option<HubConfig>> {
    let Some(url) = value(VARIABLE) else {
        return Ok(None);
    };
    let config = HubConfig::at(&url).map_err(|why| {
        Failure::usage(format!(
            "{VARIABLE} cannot be used: {why}; such as {VARIABLE}=http://127.0.0.1:8000"
        ))
    })?;
    let Some(seconds) = value(TIME_VARIABLE) else {
        return Ok(Some(config));
    };
    let time_max = time_of(&seconds).ok_or_else(|| {
        Failure::usage(format!(
            "{TIME_VARIABLE} must be seconds, more than 0 and at most {SECONDS_MAX}; \
             such as {TIME_VARIABLE}=300"
        ))
    })?;
    Ok(Some(config.within(time_max)))
}

fn value(variable: &str) -> Option<String> {
    let value = std::env::var(variable).ok()?;
    Some(value).filter(|value| !value.trim().is_empty())
}

fn time_of(seconds: &str) -> Option<Duration> {
    let seconds: f64 = seconds.trim().parse().ok()?;
    let is_usable = seconds > 0.0 && seconds <= SECONDS_MAX;
    let time = is_usable.then(|| Duration::try_from_secs_f64(seconds).ok());
    time.flatten().filter(|time| !time.is_zero())
}

/// What is to be said of the hub, if anything is set. Its address is left out but
/// for where it is, since the rest may be a secret.
pub(crate) fn announcement(hub: Option<&HubConfig>) -> Option<String> {
    let Some(hub) = hub else {
        let is_set = value(TIME_VARIABLE).is_some();
        let unused = || format!("{TIME_VARIABLE} is not used, since {VARIABLE} names no hub");
        return is_set.then(unused);
    };
    let limit = value(TIME_VARIABLE).map(|_seconds| {
        let time_max = hub.time_max();
        format!("; {TIME_VARIABLE} gives it {time_max:?} for an answer")
    });
    Some(format!(
        "{VARIABLE} has {}, for workflows of the SpecKit door{}",
        hub.origin(),
        limit.unwrap_or_default()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_seconds_with_or_without_a_fraction() {
        for (text, expected) in [
            ("300.0", Some(Duration::from_mins(5))),
            (" 1 ", Some(Duration::from_secs(1))),
            ("0.5", Some(Duration::from_millis(500))),
            ("0", None),
            ("1e-12", None),
            ("-1", None),
            ("nan", None),
            ("inf", None),
            ("86401", None),
            ("5m", None),
        ] {
            assert_eq!(time_of(text), expected, "{text}");
        }
    }
}
