//! What the tests start and kill: the shim, and a server that runs one
//! attempt or one hook, or sends a notice. Not part of the product.

use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use baton_agents::{
    AttemptControl, AttemptRequest, CommandConfig, CommandDispatcher, Config, HookCall, HookRunner,
    NotifyTargets, OnOrphan, ProcessHost, Shelves, SpentCell, StageDispatcher, shim,
};
use baton_model::plan::{HookAction, HookPoint};
use baton_model::{AttemptKey, ExecutionStatus, HookKey};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let served = match arguments.as_slice() {
        [word, dir] if word == "shim" => return shim::main(Path::new(dir)),
        [word, root, key, orphan, script] if word == "serve" => serve(root, key, orphan, script),
        [word, root, script] if word == "hook" => serve_hook(root, script),
        [word, root, url, reach] if word == "notify" => notify(root, url, reach),
        _ => Err(
            "usage: shim DIR | serve ROOT KEY finish|kill SCRIPT | hook ROOT SCRIPT | \
             notify ROOT URL any|public"
                .into(),
        ),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&error.to_string()),
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
    let key: AttemptKey = serde_json::from_str(&text(key)?)?;
    let on_orphan = if orphan == "kill" {
        OnOrphan::Kill
    } else {
        OnOrphan::Finish
    };
    let host = host(root, on_orphan)?;
    let config = CommandConfig {
        argv: vec!["sh".to_owned(), "-c".to_owned(), text(script)?],
        env: BTreeMap::from([("ROOT".to_owned(), text(root)?)]),
        ..CommandConfig::default()
    };
    let control = AttemptControl {
        cancel: CancellationToken::new(),
        lines: mpsc::channel(1_000).0,
        spent: SpentCell::default(),
    };
    let dispatcher = CommandDispatcher::new(config, host);
    runtime()?.block_on(dispatcher.run(request(key), control));
    Ok(())
}

/// Runs `sh -c SCRIPT` as a hook; `$ROOT` is ROOT.
fn serve_hook(root: &OsString, script: &OsString) -> Result<(), Box<dyn Error>> {
    let variable = format!("ROOT={}", text(root)?);
    let words = ["env", &variable, "sh", "-c", &text(script)?];
    let action = HookAction::Run {
        argv: words.map(str::to_owned).to_vec(),
    };
    carry_out(root, NotifyTargets::default(), &action)
}

/// Sends a notice to URL.
fn notify(root: &OsString, url: &OsString, reach: &OsString) -> Result<(), Box<dyn Error>> {
    let section = format!(
        "[notify.x]\nurl = \"{}\"\nallow_private = {}",
        text(url)?,
        reach == "any"
    );
    let action = HookAction::Notify {
        target: "x".to_owned(),
        message: None,
    };
    let config = Config::parse(&section, Path::new("baton.toml"))?;
    carry_out(root, config.notify, &action)
}

fn carry_out(
    root: &OsString,
    targets: NotifyTargets,
    action: &HookAction,
) -> Result<(), Box<dyn Error>> {
    let call = HookCall {
        run: "00000000-0000-0000-0000-000000000007".parse()?,
        workflow: "nightly".to_owned(),
        status: ExecutionStatus::Completed,
        error: None,
        key: HookKey {
            end: 1,
            point: HookPoint::OnComplete,
            place: 0,
        },
        directory: None,
    };
    let hooks = HookRunner::new(targets, host(root, OnOrphan::Finish)?);
    runtime()?.block_on(hooks.run(action, &call))?;
    Ok(())
}

fn host(root: &OsString, on_orphan: OnOrphan) -> Result<ProcessHost, Box<dyn Error>> {
    let root = PathBuf::from(root);
    Ok(ProcessHost {
        shim_argv: vec![env::current_exe()?.into(), "shim".into()],
        attempts_root: root.join("attempts"),
        scratch_root: root.join("scratch"),
        on_orphan,
        shelves: Shelves::default(),
    })
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

fn text(argument: &OsString) -> Result<String, Box<dyn Error>> {
    let text = argument.to_str().ok_or("not UTF-8")?;
    Ok(text.to_owned())
}

fn request(key: AttemptKey) -> AttemptRequest {
    let time_left_ms = env::var("TIME_LEFT_MS").ok();
    AttemptRequest {
        time_left: time_left_ms
            .and_then(|text| text.parse().ok())
            .map(std::time::Duration::from_millis),
        ..AttemptRequest::bare(key)
    }
}
