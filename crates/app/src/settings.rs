//! What the settings of this process are, for those who ask it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::App;

/// Settings that whoever starts this process has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Where everything is kept.
    pub data_dir: Option<PathBuf>,
    /// The file the settings come from.
    pub config: Option<PathBuf>,
    /// Agent processes at once.
    pub processes_max: usize,
    /// Runs of one project that have not ended; none: any number.
    pub runs_per_project: Option<u32>,
    /// Whether connections are encrypted.
    pub is_encrypted: bool,
    /// Names the server has besides `localhost` and its addresses.
    pub hosts: Vec<String>,
    /// Sites whose pages may use the server.
    pub origins: Vec<String>,
    /// So many requests of one caller in so much time; none: any number.
    pub rate_limit: Option<(u32, Duration)>,
}

/// The settings, and where callers are let in.
#[derive(Debug, Default)]
pub(crate) struct Effective {
    settings: Settings,
    listening: Mutex<Vec<String>>,
}

impl App {
    /// The same with these settings to tell of.
    #[must_use]
    pub fn with_settings(self, settings: Settings) -> Self {
        let effective = Arc::new(Effective {
            settings,
            listening: Mutex::default(),
        });
        Self { effective, ..self }
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.effective.settings
    }

    /// Notes an address at which callers are let in.
    pub fn note_listening(&self, url: String) {
        let listening = &self.effective.listening;
        let mut listening = listening.lock().unwrap_or_else(PoisonError::into_inner);
        listening.push(url);
    }

    /// The addresses at which callers are let in over the network.
    pub fn listening(&self) -> Vec<String> {
        let listening = &self.effective.listening;
        let listening = listening.lock().unwrap_or_else(PoisonError::into_inner);
        listening.clone()
    }
}
