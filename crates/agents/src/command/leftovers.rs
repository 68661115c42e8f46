//! Ends processes of an attempt whose shim is gone, found by the marker that
//! each of them has in its environment.
//!
//! A process that cleared its environment escapes; the shim, while it lives,
//! finds that one too.

use std::io;
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::blocking;
use crate::process_table::marked_with;

const ROUND: Duration = Duration::from_millis(20);
/// Rounds until whatever is left must be beyond our power (5 s).
const ROUNDS_MAX: u32 = 250;

/// Kills whatever was started for the attempt in `dir`, until nothing is left.
pub(crate) async fn end_marked(dir: &Path) -> io::Result<()> {
    for _ in 0..ROUNDS_MAX {
        let dir = dir.to_owned();
        let is_any_left = blocking(move || kill_marked(&dir)).await?;
        if !is_any_left {
            return Ok(());
        }
        tokio::time::sleep(ROUND).await;
    }
    Err(io::Error::other("some of its processes cannot be killed"))
}

fn kill_marked(dir: &Path) -> io::Result<bool> {
    let marked = marked_with(dir)?;
    for process in &marked {
        process.signal(Signal::SIGKILL)?;
    }
    Ok(!marked.is_empty())
}
