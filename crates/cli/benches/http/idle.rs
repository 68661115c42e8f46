//! What a server costs that nobody asks for anything.

use std::fs;
use std::time::Duration;

use crate::server::{Outcome, Server};
use crate::{milliseconds, percentile, say};

/// Starts whose median is reported.
const STARTS: usize = 5;
/// After a start, until it has settled.
const SETTLES: Duration = Duration::from_secs(2);
const WATCHED_FOR: Duration = Duration::from_secs(10);

pub(crate) async fn measure(disk: &str) -> Outcome<()> {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let server = Server::start(disk).await?;
        starts.push(milliseconds(server.started_in));
    }
    say("http_started_in", percentile(starts, 50.0), "ms");

    let server = Server::start(disk).await?;
    tokio::time::sleep(SETTLES).await;
    let before = wake_ups(&server)?;
    tokio::time::sleep(WATCHED_FOR).await;
    let woken = wake_ups(&server)?.saturating_sub(before);
    let a_second = f64::from(u32::try_from(woken)?) / WATCHED_FOR.as_secs_f64();
    // A figure has to be above zero.
    say("http_idle_wake_ups", a_second.max(0.001), "/s");
    say("http_idle_rss", resident_mib(&server)?, "MiB");
    let program = fs::metadata(env!("CARGO_BIN_EXE_baton"))?.len();
    let program_mib = f64::from(u32::try_from(program / 1024)?) / 1024.0;
    say("http_program", program_mib, "MiB");
    Ok(())
}

/// How often its threads have gone to sleep so far.
fn wake_ups(server: &Server) -> Outcome<u64> {
    let mut sum = 0;
    for thread in fs::read_dir(server.proc_path("task"))? {
        let status = fs::read_to_string(thread?.path().join("status"))?;
        sum += number(&status, "voluntary_ctxt_switches:")?;
    }
    Ok(sum)
}

/// What it keeps in memory, in MiB.
pub(crate) fn resident_mib(server: &Server) -> Outcome<f64> {
    let status = fs::read_to_string(server.proc_path("status"))?;
    let kib = number(&status, "VmRSS:")?;
    Ok(f64::from(u32::try_from(kib)?) / 1024.0)
}

fn number(status: &str, name: &str) -> Outcome<u64> {
    let value = status.lines().find_map(|line| line.strip_prefix(name));
    let digits = value.and_then(|value| value.split_whitespace().next());
    Ok(digits
        .ok_or_else(|| format!("no {name} in the status"))?
        .parse()?)
}
