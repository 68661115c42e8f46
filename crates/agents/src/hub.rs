//! The adapter `hub`: hands an attempt to an agent behind an HTTP agent hub,
//! by `POST /invoke/{agent}`.
//!
//! One attempt is one request that was sent: where nothing was sent, because
//! nobody answered the call, it is tried again for a while, and never after.
//! A hub keeps nothing for us, so nothing is left to recover after a crash;
//! the same idempotency key is sent when the attempt is run again.

mod absent;
mod answer;
mod body;
mod local;

use std::time::Duration;

use async_trait::async_trait;
use baton_model::{AttemptReport, Failure, FailureLabel};
use tokio::time::{Instant, sleep};

use crate::dispatcher::{
    AgentLine, AgentStream, AttemptControl, AttemptRequest, Recovery, StageDispatcher,
};
use crate::egress::{Answer, Destination, Egress, Exchange, ExchangeError, Reach, RefusedUrl};

pub use absent::AbsentAgent;
pub use local::LocalAgent;

/// How long an answer may take when nothing else is said.
const TIME_MAX: Duration = Duration::from_mins(5);
/// Longest answer, that of a program's result.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;
/// How long a hub that nobody answers for is called again and again.
pub(crate) const PATIENCE: Duration = Duration::from_secs(6);
/// Time between the first two calls; it doubles from one to the next.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// The most it grows to.
const WAIT_MAX: Duration = Duration::from_secs(1);

/// Where an agent is, from `baton.toml` or the environment.
#[derive(Clone, Debug, PartialEq)]
pub struct HubConfig {
    /// The address of the hub.
    pub(crate) hub: Destination,
    /// What the agent is called there; none: as its reference calls it.
    pub(crate) agent: Option<String>,
    /// How long an answer may take.
    pub(crate) time_max: Duration,
}

impl HubConfig {
    /// A hub at an address that whoever runs this server has named, wherever
    /// it is. The error says why it is no address.
    pub fn at(url: &str) -> Result<Self, String> {
        Self::parse(url, Reach::Any).map_err(|refused| refused.to_string())
    }

    /// The same, whose answers may take so long.
    #[must_use]
    pub fn within(self, time_max: Duration) -> Self {
        Self { time_max, ..self }
    }

    /// How long an answer may take.
    pub const fn time_max(&self) -> Duration {
        self.time_max
    }

    /// Where the hub is, without what may be secret of its address.
    pub fn origin(&self) -> String {
        self.hub.origin()
    }

    pub(crate) fn parse(url: &str, reach: Reach) -> Result<Self, RefusedUrl> {
        Ok(Self {
            hub: Destination::parse(url, reach)?,
            agent: None,
            time_max: TIME_MAX,
        })
    }
}

/// Calls agents behind a hub.
#[derive(Debug)]
pub struct HubDispatcher {
    config: HubConfig,
    egress: Egress,
}

impl HubDispatcher {
    /// An adapter for one hub. Nothing is opened before the first attempt.
    pub fn new(config: HubConfig) -> Self {
        Self {
            config,
            egress: Egress::keeping_connections(),
        }
    }

    async fn work(&self, request: AttemptRequest, control: &AttemptControl) -> AttemptReport {
        let agent = self.agent(&request);
        match self.call(agent, &request, control).await {
            Ok(answer) => answer::report(&answer, &request),
            Err(failure) => AttemptReport::Failed(failure),
        }
    }

    /// What the agent is called at the hub.
    fn agent<'r>(&'r self, request: &'r AttemptRequest) -> &'r str {
        let of_reference = || match request.artifact.split_once(':') {
            Some((_, name)) => name,
            None => &request.artifact,
        };
        self.config.agent.as_deref().unwrap_or_else(of_reference)
    }

    /// Calls until somebody answers the call, and waits for the answer.
    async fn call(
        &self,
        agent: &str,
        request: &AttemptRequest,
        control: &AttemptControl,
    ) -> Result<Answer, Failure> {
        let document = body::of(request).map_err(|error| {
            let message = format!("the request cannot be written: {error}");
            Failure::new(FailureLabel::DENIED, message)
        })?;
        let to = self.config.hub.below(&["invoke", agent]);
        let time_max = request
            .time_left
            .map_or(self.config.time_max, |left| left.min(self.config.time_max));
        let (begin, mut wait) = (Instant::now(), FIRST_WAIT);
        loop {
            let exchange = Exchange {
                document: document.clone(),
                idempotency_key: request.idempotency_key(),
                time_max: time_max.saturating_sub(begin.elapsed()),
                bytes_max: ANSWER_BYTES_MAX,
            };
            match self.egress.exchange(&to, exchange).await {
                Ok(answer) => return Ok(answer),
                Err(ExchangeError::Unsent(why)) if begin.elapsed() + wait < PATIENCE => {
                    if wait == FIRST_WAIT {
                        say(
                            control,
                            format!(
                                "the hub cannot be reached, and is called again for a while: {why}"
                            ),
                        )
                        .await;
                    }
                }
                Err(error) => return Err(failure(&error, time_max)),
            }
            sleep(wait).await;
            wait = (wait * 2).min(WAIT_MAX);
        }
    }
}

/// Puts a line of ours into the log of the attempt.
async fn say(control: &AttemptControl, text: String) {
    let stream = AgentStream::System;
    // Nobody reads the log of an attempt that is about to end.
    drop(control.lines.send(AgentLine { stream, text }).await);
}

fn failure(error: &ExchangeError, time_max: Duration) -> Failure {
    let label = match error {
        ExchangeError::Unprepared(_) | ExchangeError::Unsent(_) => FailureLabel::UNREACHABLE,
        ExchangeError::Broken(_) | ExchangeError::TooLong(_) => FailureLabel::CUT_OFF,
        ExchangeError::Timeout => FailureLabel::TIMEOUT,
    };
    let message = match error {
        ExchangeError::Unsent(why) => format!("the hub cannot be reached: {why}"),
        ExchangeError::Broken(why) => {
            format!("the hub broke off before its answer was whole: {why}")
        }
        ExchangeError::TooLong(bytes_max) => {
            format!("the answer of the hub is longer than {bytes_max} bytes")
        }
        ExchangeError::Timeout => format!("the hub did not answer within {time_max:?}"),
        ExchangeError::Unprepared(_) => error.to_string(),
    };
    Failure::new(label, message)
}

#[async_trait]
impl StageDispatcher for HubDispatcher {
    fn adapter(&self) -> &'static str {
        "hub"
    }

    fn needs_slot(&self) -> bool {
        false
    }

    async fn run(&self, request: AttemptRequest, control: AttemptControl) -> AttemptReport {
        tokio::select! {
            biased;
            () = control.cancel.cancelled() => {
                let message = "the attempt was cancelled";
                AttemptReport::Failed(Failure::new(FailureLabel::CANCELLED, message))
            }
            report = self.work(request, &control) => report,
        }
    }

    async fn recover(
        &self,
        _request: AttemptRequest,
        _control: AttemptControl,
        _lines_known: u64,
    ) -> Recovery {
        Recovery::Lost
    }
}
