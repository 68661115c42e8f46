//! How many files this process may have open: each connection is one, and so is
//! each end of what agents read and write.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Enough for every place at two doors and the agents of a large server. Agents
/// inherit it; programs that were written for 1,024 files open no more of them.
const WANTED: u64 = 8_192;

/// Takes as many as wanted, where the system lets us. Otherwise those of the
/// system have to do: who comes when there are no more waits to be accepted.
pub(crate) fn allow() {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return;
    };
    let wanted = WANTED.min(hard);
    if soft < wanted
        && let Err(error) = setrlimit(Resource::RLIMIT_NOFILE, wanted, hard)
    {
        tracing::warn!(%error, soft, "no more files can be open at once");
    }
}
