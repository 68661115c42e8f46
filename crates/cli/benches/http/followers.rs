//! A thousand clients that follow a run.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::JoinSet;

use crate::idle::resident_mib;
use crate::server::{Outcome, Server, text};
use crate::{percentile, say, workflows};

const FOLLOWERS: usize = 1_000;
/// Each takes 200 ms and two events, so there are ten events a second.
const STAGES: u32 = 50;

pub(crate) async fn measure(disk: &str) -> Outcome<()> {
    let server = Arc::new(Server::start(disk).await?);
    let run = server.submit(&workflows::chain("slow", STAGES)).await?;
    let path = format!("/api/v1/workflow-executions/{run}/stream");
    let mut followers = JoinSet::new();
    for _ in 0..FOLLOWERS {
        let messages = server.open(&path).await?;
        followers.spawn(follow(messages));
    }
    let all_open = Timestamp::now();
    let (mut heard, mut delays_ms) = (BTreeSet::new(), Vec::new());
    let mut resident: f64 = 0.0;
    while let Some(follower) = followers.join_next().await {
        let follower = follower??;
        heard.insert(follower.heard);
        let live = follower.messages.iter().filter(|(at, _)| *at > all_open);
        delays_ms.extend(live.map(|(_, delay_ms)| *delay_ms));
        resident = resident.max(resident_mib(&server)?);
    }
    let ends = |heard: &Vec<String>| heard.iter().filter(|it| *it == "stage_completed").count();
    if heard.len() != 1 || heard.iter().map(ends).sum::<usize>() != STAGES as usize {
        return Err("followers have heard different things, or not all".into());
    }
    say("http_followers_p99", percentile(delays_ms, 99.0), "ms");
    say("http_followers_rss", resident, "MiB");
    Ok(())
}

/// What a follower has heard.
struct Follower {
    heard: Vec<String>,
    /// When it was said, and how many milliseconds later it was heard.
    messages: Vec<(Timestamp, f64)>,
}

async fn follow(mut stream: crate::server::Messages) -> Outcome<Follower> {
    let mut follower = Follower {
        heard: Vec::new(),
        messages: Vec::new(),
    };
    while let Some(message) = stream.next().await? {
        let heard = Timestamp::now();
        let said: Timestamp = text(&message.data, "at")?.parse()?;
        let delay_ms = heard.duration_since(said).as_secs_f64() * 1_000.0;
        follower.messages.push((said, delay_ms));
        let is_last = message.event == "execution_completed";
        follower.heard.push(message.event);
        if is_last {
            return Ok(follower);
        }
    }
    Err("a stream ended before the run".into())
}
