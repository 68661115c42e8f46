//! What happened in a simulation, line by line, and its fingerprint.

use std::fmt::{self, Write};
use std::sync::{Mutex, PoisonError};

use crate::time::TrueTime;

/// Whether the lines are kept, or only their fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// For one seed that is to be understood.
    Lines,
    /// For many seeds.
    Fingerprint,
}

/// The lines of a simulation.
#[derive(Debug)]
pub(crate) struct Trace {
    time: TrueTime,
    written: Mutex<Written>,
}

#[derive(Debug)]
struct Written {
    hash: u64,
    lines: Option<String>,
}

impl Trace {
    /// An empty trace.
    pub(crate) fn new(time: TrueTime, keep: Keep) -> Self {
        Self {
            time,
            written: Mutex::new(Written {
                // The offset of FNV-1a.
                hash: 0xCBF2_9CE4_8422_2325,
                lines: (keep == Keep::Lines).then(String::new),
            }),
        }
    }

    /// Adds a line with the time before it.
    pub(crate) fn line(&self, who: &dyn fmt::Display, what: fmt::Arguments<'_>) {
        let now = self.time.elapsed();
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let (seconds, micros) = (now.as_secs(), now.subsec_micros());
        // Neither a hash nor a text ever refuses to be written to.
        let wrote = writeln!(written, "{seconds:5}.{micros:06} {who} {what}");
        debug_assert!(wrote.is_ok());
    }

    /// The fingerprint, and the lines where they were kept.
    pub(crate) fn finish(&self) -> (u64, Option<String>) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        (written.hash, written.lines.take())
    }
}

impl Write for Written {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
        if let Some(lines) = &mut self.lines {
            lines.push_str(text);
        }
        Ok(())
    }
}
