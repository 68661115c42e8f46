//! What the tests start and kill: the shim, and a server that runs one
//! attempt. Not part of the product.

use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use baton_agents::{
    AttemptControl, AttemptRequest, CommandConfig, CommandDispatcher, OnOrphan, ProcessHost,
    StageDispatcher, shim,
};
use baton_model::{AttemptKey, Object};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    match arguments.as_slice() {
        [word, dir] if word == "shim" => shim::main(Path::new(dir)),
        [word, root, key, orphan, script] if word == "serve" => {
            match serve(root, key, orphan, script) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => complain(&error.to_string()),
            }
        }
        _ => complain("usage: shim DIR | serve ROOT KEY finish|kill SCRIPT"),
    }
}

fn complain(words: &str) -> ExitCode {
    match writeln!(io::stderr(), "{words}") {
        Ok(()) | Err(_) => ExitCode::FAILURE,
    }
}

/// Runs `sh -c SCRIPT` as the attempt KEY, as a server would; `$ROOT` is ROOT.
fn serve(
    root: &OsString,
    key: &OsString,
    orphan: &OsString,
    script: &OsString,
) -> Result<(), Box<dyn Error>> {
    let text = |it: &OsString| it.to_str().map(str::to_owned).ok_or("not UTF-8");
    let key: AttemptKey = serde_json::from_str(&text(key)?)?;
    let root_text = text(root)?;
    let root = PathBuf::from(root);
    let host = ProcessHost {
        shim_argv: vec![env::current_exe()?.into(), "shim".into()],
        attempts_root: root.join("attempts"),
        scratch_root: root.join("scratch"),
        on_orphan: if orphan == "kill" {
            OnOrphan::Kill
        } else {
            OnOrphan::Finish
        },
    };
    let config = CommandConfig {
        argv: vec!["sh".to_owned(), "-c".to_owned(), text(script)?],
        env: BTreeMap::from([("ROOT".to_owned(), root_text)]),
        ..CommandConfig::default()
    };
    let control = AttemptControl {
        cancel: CancellationToken::new(),
        lines: mpsc::channel(1_000).0,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let dispatcher = CommandDispatcher::new(config, host);
    runtime.block_on(dispatcher.run(request(key), control));
    Ok(())
}

fn request(key: AttemptKey) -> AttemptRequest {
    AttemptRequest {
        key,
        artifact: "agent:test".to_owned(),
        model: None,
        tools: Vec::new(),
        instructions: None,
        inputs: Object::new(),
        outputs: Vec::new(),
        parameters: Object::new(),
        env: BTreeMap::new(),
        session: None,
        time_left: env::var("TIME_LEFT_MS")
            .ok()
            .and_then(|text| text.parse().ok())
            .map(std::time::Duration::from_millis),
        directory: None,
        seed: 0,
    }
}
