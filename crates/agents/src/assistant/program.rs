//! Whether a program could be started, as far as that can be known before.

use super::AssistantConfig;
use crate::command::CommandConfig;

impl AssistantConfig {
    /// The program that is started.
    pub fn program(&self) -> String {
        self.command().into_iter().next().unwrap_or_default()
    }

    /// The program, if it is not there: under its path, or on the `PATH` it is
    /// given. Another server may have another one.
    pub fn missing_program(&self) -> Option<String> {
        self.as_command().missing_program().map(str::to_owned)
    }

    fn as_command(&self) -> CommandConfig {
        CommandConfig {
            argv: self.command(),
            env: self.env.clone(),
            directory: self.directory.clone(),
            ..CommandConfig::default()
        }
    }
}
