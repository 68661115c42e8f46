//! What a program does besides talking: it hangs, it forks, it does not obey.

use std::io;
use std::os::fd::RawFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, close, pause};
use signal_hook::consts::SIGTERM;

/// Waits for a signal that ends it.
pub(crate) fn hang() -> ! {
    loop {
        pause();
    }
}

/// Lets time pass.
pub(crate) fn take_time(ms: u64) {
    let until = Instant::now() + Duration::from_millis(ms);
    while let Some(left) = until.checked_duration_since(Instant::now()) {
        thread::park_timeout(left);
    }
}

/// Lets SIGTERM pass by.
pub(crate) fn ignore_term() -> io::Result<()> {
    signal_hook::flag::register(SIGTERM, Arc::default())?;
    Ok(())
}

/// Ends like something the kernel has ended.
pub(crate) fn be_killed() -> ! {
    match kill(Pid::this(), Signal::SIGKILL) {
        Ok(()) | Err(_) => hang(),
    }
}

/// Starts processes in a group and a session of their own, and goes on.
pub(crate) fn fork() -> io::Result<()> {
    for arguments in [["setsid", "sleep", "1000"], ["nohup", "sleep", "1000"]] {
        let [program, rest @ ..] = arguments;
        Command::new(program)
            .args(rest)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
    }
    Ok(())
}

/// Closes standard output, so that nothing more can come.
pub(crate) fn close_stdout() -> io::Result<()> {
    const STDOUT: RawFd = 1;
    Ok(close(STDOUT)?)
}
