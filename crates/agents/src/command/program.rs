//! Whether a program could be started, as far as that can be known before.

use std::env;
use std::ffi::OsStr;

use super::CommandConfig;

impl CommandConfig {
    /// The program, if it is not there: under its path, or on the `PATH` it is
    /// given. Another server may have another one, and so may a run whose own
    /// environment names it.
    pub fn missing_program(&self) -> Option<&str> {
        let path = match self.env.get("PATH") {
            Some(path) => Some(path.into()),
            None => env::var_os("PATH"),
        };
        self.missing_on(path.as_deref())
    }

    fn missing_on(&self, path: Option<&OsStr>) -> Option<&str> {
        let program = self.argv.first()?;
        let is_there = if program.contains('/') {
            self.directory.join(program).exists()
        } else {
            // Without a `PATH` the system looks where it likes.
            path.is_none_or(|path| {
                env::split_paths(path).any(|place| place.join(program).is_file())
            })
        };
        (!is_there).then_some(program)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_looked_for_beside_its_file_and_on_the_path() {
        let dir = tempfile::tempdir().unwrap();
        let places = ["one", "two"].map(|name| dir.path().join(name));
        for place in &places {
            std::fs::create_dir(place).unwrap();
        }
        std::fs::write(places[1].join("agent"), "").unwrap();
        let both = env::join_paths(&places).unwrap();
        let first = places[0].as_os_str();
        let rows = [
            ("agent", Some(both.as_os_str()), true),
            ("agent", Some(first), false),
            ("one", Some(dir.path().as_os_str()), false),
            ("agent", None, true),
            ("two/agent", Some(first), true),
            ("./agent", Some(both.as_os_str()), false),
        ];
        for (program, path, is_there) in rows {
            let config = CommandConfig {
                argv: vec![program.to_owned(), "argument".to_owned()],
                directory: dir.path().to_owned(),
                ..CommandConfig::default()
            };
            let expected = (!is_there).then_some(program);
            assert_eq!(config.missing_on(path), expected, "{program} on {path:?}");
        }
    }
}
