//! What the operating system knows of this process. Where it does not tell,
//! the metric has no value.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use baton_metrics::{Page, Source};
use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage};
use nix::sys::time::TimeValLike;

/// The metrics of this process.
pub(super) struct Process {
    started: SystemTime,
}

impl Process {
    pub(super) fn new() -> Self {
        Self {
            started: SystemTime::now(),
        }
    }
}

impl Source for Process {
    fn write(&self, page: &mut Page) {
        page.gauge("baton_build_info", "1, with the release that runs.")
            .value(&[("version", env!("CARGO_PKG_VERSION"))], 1);
        let started = self.started.duration_since(UNIX_EPOCH).unwrap_or_default();
        page.gauge(
            "baton_process_start_time_seconds",
            "When the server started, in seconds since 1970.",
        )
        .value(&[], started.as_secs_f64());
        let mut cpu = page.counter(
            "baton_process_cpu_seconds_total",
            "CPU time of the server, without its agents.",
        );
        if let Some(seconds) = cpu_seconds() {
            cpu.value(&[], seconds);
        }
        let mut memory = page.gauge(
            "baton_process_resident_memory_bytes",
            "Memory of the server, without its agents.",
        );
        if let Some(bytes) = resident_bytes() {
            memory.value(&[], bytes);
        }
        let mut open = page.gauge("baton_process_open_fds", "Open files and connections.");
        if let Some(count) = open_files() {
            open.value(&[], count);
        }
        let mut most = page.gauge(
            "baton_process_max_fds",
            "Most files and connections that may be open.",
        );
        if let Ok((soft, _hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
            most.value(&[], soft);
        }
    }
}

fn cpu_seconds() -> Option<f64> {
    let usage = getrusage(UsageWho::RUSAGE_SELF).ok()?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    let micros = u64::try_from(micros).ok()?;
    Some(std::time::Duration::from_micros(micros).as_secs_f64())
}

/// As Linux tells it, in kibibytes.
fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// The directory that is read is one of them, and closed again.
fn open_files() -> Option<usize> {
    let found = fs::read_dir("/proc/self/fd").ok()?;
    Some(found.count().saturating_sub(1))
}
