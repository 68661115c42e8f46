//! What a program is started with: its arguments and its whole environment.
//!
//! Agents inherit a short list of variables from the server and nothing else,
//! so that tokens in the server's environment do not reach them by accident.
//! Later sources win: inherited, inputs, the run's `env`, the `env` of
//! `baton.toml`, and last what identifies the attempt.

use std::collections::BTreeMap;
use std::path::Path;

use baton_model::{Failure, FailureLabel, Value};

use crate::attempt_files::DIRECTORY_MARKER;
use crate::dispatcher::AttemptRequest;
use crate::secrets::Secrets;

/// What agents inherit from the server.
const INHERITED: [&str; 10] = [
    "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "PATH", "SHELL", "TMPDIR", "TZ", "USER",
];
/// The kernel refuses a single text of 128 KiB or more.
const INPUT_BYTES_MAX: usize = 100 * 1024;
/// The kernel refuses a program whose arguments and environment together
/// pass a quarter of its stack limit, 2 MiB as a rule.
const INPUTS_BYTES_MAX: usize = 1024 * 1024;

/// What programs inherit from this process.
pub(crate) fn inherited() -> BTreeMap<String, String> {
    INHERITED
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)))
        .collect()
}

/// Variables with their secrets put in.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    /// Those of the run that name secrets.
    of_run: BTreeMap<String, String>,
    /// Those of `baton.toml`.
    of_config: BTreeMap<String, String>,
    /// What must not be told.
    pub(crate) secrets: Vec<String>,
}

/// Puts the secrets into the variables of the run and of `baton.toml`.
pub(crate) fn filled(
    request: &AttemptRequest,
    of_config: &BTreeMap<String, String>,
    secrets: &Secrets,
) -> Result<Filled, Failure> {
    let mut filled = Filled::default();
    for (name, pieces) in &request.secret_env {
        let with = secrets.put_into(pieces)?;
        filled.secrets.extend(with.secrets);
        filled.of_run.insert(name.clone(), with.text);
    }
    for (name, value) in of_config {
        let value = match secrets.fill(value)? {
            Some(with) => {
                filled.secrets.extend(with.secrets);
                with.text
            }
            None => value.clone(),
        };
        filled.of_config.insert(name.clone(), value);
    }
    Ok(filled)
}

/// The environment of one attempt.
pub(crate) fn build(
    request: &AttemptRequest,
    filled: &Filled,
    inherited: &BTreeMap<String, String>,
    dir: &Path,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut env = inherited.clone();
    env.extend(inputs(request));
    env.extend(request.env.clone());
    env.extend(filled.of_run.clone());
    env.extend(filled.of_config.clone());
    let key = &request.key;
    let identity = [
        ("BATON_RUN_ID", key.run.to_string()),
        ("BATON_STAGE_ID", key.stage.as_str().to_owned()),
        ("BATON_ATTEMPT", key.attempt.to_string()),
        ("BATON_IDEMPOTENCY_KEY", request.idempotency_key()),
        (DIRECTORY_MARKER, path_text(dir)?),
    ];
    env.extend(identity.map(|(name, value)| (name.to_owned(), value)));
    for (name, value) in &env {
        check_variable(name, value)?;
    }
    Ok(env)
}

/// The configured command with its files made absolute: the program if it is
/// given as a path, and every argument that names a file beside `baton.toml`.
/// Stages work in other directories, where those names would mean nothing.
pub(crate) fn absolute_argv(argv: &[String], directory: &Path) -> Result<Vec<String>, Failure> {
    let mut argv = argv.to_vec();
    for (index, argument) in argv.iter_mut().enumerate() {
        if argument.contains('\0') {
            return Err(refused("an argument of the command"));
        }
        let path = directory.join(&*argument);
        let is_program_path = index == 0 && argument.contains('/');
        let is_file_argument = index > 0 && path.is_file();
        if is_program_path || is_file_argument {
            *argument = path_text(&path)?;
        }
    }
    Ok(argv)
}

/// Inputs by name, as far as an environment can hold them. Those that are
/// too large are left out; standard input has them all.
fn inputs(request: &AttemptRequest) -> BTreeMap<String, String> {
    let mut room = INPUTS_BYTES_MAX;
    let mut env = BTreeMap::new();
    for (name, value) in &request.inputs {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if text.len() <= INPUT_BYTES_MAX.min(room) {
            room -= text.len();
            env.insert(variable_name(name), text);
        }
    }
    env
}

/// `max-words` → `BATON_INPUT_MAX_WORDS`.
fn variable_name(input: &str) -> String {
    let upper = |character: char| match character {
        letter if letter.is_ascii_alphanumeric() => letter.to_ascii_uppercase(),
        _ => '_',
    };
    let name: String = input.chars().map(upper).collect();
    format!("BATON_INPUT_{name}")
}

fn check_variable(name: &str, value: &str) -> Result<(), Failure> {
    if name.is_empty() || name.contains(['=', '\0']) {
        let message = format!("{name:?} cannot be the name of an environment variable");
        return Err(Failure::new(FailureLabel::DENIED, message));
    }
    if value.contains('\0') {
        return Err(refused(&format!("the environment variable `{name}`")));
    }
    Ok(())
}

/// Trying again would change nothing, hence the label that is not retried.
pub(crate) fn refused(what: &str) -> Failure {
    let message = format!("{what} holds a NUL character, which no program can be given");
    Failure::new(FailureLabel::DENIED, message)
}

fn path_text(path: &Path) -> Result<String, Failure> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        let message = format!("the path {} is not valid UTF-8", path.display());
        Failure::new(FailureLabel::UNREACHABLE, message)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing;

    fn request(inputs: Value, env: &[(&str, &str)]) -> AttemptRequest {
        let Value::Object(inputs) = inputs else {
            panic!("inputs are a map")
        };
        let mut request = testing::request();
        request.key.attempt = 2;
        request.inputs = inputs;
        request.env = env
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        request
    }

    fn environment(
        inputs: Value,
        env: &[(&str, &str)],
    ) -> Result<BTreeMap<String, String>, Failure> {
        let inherited = BTreeMap::from([("LANG".to_owned(), "C".to_owned())]);
        let filled = Filled {
            of_config: BTreeMap::from([("COLOUR".to_owned(), "config".to_owned())]),
            ..Filled::default()
        };
        build(
            &request(inputs, env),
            &filled,
            &inherited,
            Path::new("/attempt"),
        )
    }

    #[test]
    fn inputs_become_variables_and_large_ones_stay_on_stdin() {
        let env = environment(
            json!({
                "max-words": 3, "text": "as \"is\"", "list": [1, {"a": null}],
                "large": "x".repeat(INPUT_BYTES_MAX + 1),
            }),
            &[],
        )
        .unwrap();
        assert_eq!(env["BATON_INPUT_MAX_WORDS"], "3");
        assert_eq!(env["BATON_INPUT_TEXT"], "as \"is\"");
        assert_eq!(env["BATON_INPUT_LIST"], r#"[1,{"a":null}]"#);
        assert!(!env.contains_key("BATON_INPUT_LARGE"));
    }

    #[test]
    fn later_sources_win_and_none_can_forge_the_identity() {
        let run_env = [("LANG", "run"), ("COLOUR", "run"), ("BATON_ATTEMPT", "9")];
        let env = environment(json!({}), &run_env).unwrap();
        assert_eq!(env["LANG"], "run");
        assert_eq!(env["COLOUR"], "config");
        assert_eq!(env["BATON_ATTEMPT"], "2");
        assert_eq!(env["BATON_ATTEMPT_DIR"], "/attempt");
    }

    #[test]
    fn what_no_environment_can_hold_is_refused() {
        for (inputs, env, expected) in [
            (
                json!({"a": "x\0y"}),
                vec![],
                "the environment variable `BATON_INPUT_A` holds a NUL character, \
                 which no program can be given (denied)",
            ),
            (
                json!({}),
                vec![("A=B", "c")],
                "\"A=B\" cannot be the name of an environment variable (denied)",
            ),
        ] {
            assert_eq!(environment(inputs, &env).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn only_files_beside_the_configuration_become_absolute() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("agent.py"), "").unwrap();
        let owned =
            |argv: &[&str]| -> Vec<String> { argv.iter().map(|it| (*it).to_owned()).collect() };
        let beside = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
        for (argv, expected) in [
            (
                owned(&["python3", "agent.py", "-v", "x"]),
                vec![
                    "python3".to_owned(),
                    beside("agent.py"),
                    "-v".to_owned(),
                    "x".to_owned(),
                ],
            ),
            (owned(&["bin/agent"]), vec![beside("bin/agent")]),
            (owned(&["/bin/sh"]), vec!["/bin/sh".to_owned()]),
        ] {
            assert_eq!(absolute_argv(&argv, dir.path()).unwrap(), expected);
        }
    }
}
