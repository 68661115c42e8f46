//! Who can say what became of an attempt by its files alone, whatever
//! `baton.toml` says of its agent by now.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_model::AttemptKey;

use crate::assistant::{AssistantConfig, AssistantDispatcher};
use crate::attempt_files::ShimRequest;
use crate::command::{CommandDispatcher, ProcessHost};
use crate::dispatcher::SharedDispatcher;

/// Finds the dispatcher that can read what an attempt has left on this host.
pub struct AttemptFinder {
    host: ProcessHost,
    command: SharedDispatcher,
    /// By adapter.
    assistants: BTreeMap<&'static str, SharedDispatcher>,
}

impl AttemptFinder {
    /// One for everything that any adapter of this host has started.
    pub fn new(host: ProcessHost) -> Self {
        let host = host.absolute();
        let assistants = AssistantConfig::adapters().filter_map(|adapter| {
            let dispatcher = AssistantDispatcher::of_adapter(adapter, &host)?;
            Some((adapter, Arc::new(dispatcher) as SharedDispatcher))
        });
        Self {
            command: Arc::new(CommandDispatcher::without_program(host.clone())),
            assistants: assistants.collect(),
            host,
        }
    }

    /// Who can say what became of an attempt; none when it has left nothing.
    pub fn find(&self, key: &AttemptKey) -> Option<SharedDispatcher> {
        let dir = self.host.attempt_dir(key);
        if !dir.path().exists() {
            return None;
        }
        // Without a request it never began; anybody sees that.
        let adapter = ShimRequest::read(&dir)
            .ok()
            .and_then(|request| request.adapter);
        let by_adapter = adapter.and_then(|adapter| self.assistants.get(adapter.as_str()));
        Some(Arc::clone(by_adapter.unwrap_or(&self.command)))
    }
}
