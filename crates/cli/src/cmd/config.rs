//! `baton config`: which settings are in effect, and where each comes from.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use baton_agents::{Auth, Config};
use serde::Serialize;

use crate::args::{Format, Options, Origin};
use crate::data::DataDir;
use crate::exit::Failure;
use crate::features;
use crate::input;
use crate::project;
use crate::render::{document, settings};

/// What stands for a default.
const DEFAULT: &str = "default";

/// Where `baton serve` listens when nobody says anything else.
pub(crate) const LISTEN: &str = "127.0.0.1:7878";

/// One setting.
#[derive(Debug, Serialize)]
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    /// What it is; none when nothing is set.
    pub(crate) value: Option<String>,
    /// What says so.
    pub(crate) source: String,
}

#[derive(Serialize)]
struct All {
    settings: Vec<Setting>,
}

impl Setting {
    fn new(
        name: &'static str,
        value: impl Into<Option<String>>,
        source: impl Into<String>,
    ) -> Self {
        Self {
            name,
            value: value.into(),
            source: source.into(),
        }
    }
}

pub(crate) fn config(options: &Options) -> anyhow::Result<ExitCode> {
    let mut settings = of_the_client(options);
    settings.extend(of_the_data(options)?);
    let all = All { settings };
    document::answer(options.output, &all, || settings::list(&all.settings))?;
    Ok(ExitCode::SUCCESS)
}

/// Who is asked, and how answers look.
fn of_the_client(options: &Options) -> Vec<Setting> {
    let server = options.server.as_ref();
    let token = server.and_then(|server| server.authorization());
    let token_source = match (token, options.origin("token_file")) {
        (None, _) => DEFAULT,
        (Some(_), Some(_)) => "--token-file",
        (Some(_), None) => "BATON_TOKEN",
    };
    let output = match options.format {
        Format::Table => "table",
        Format::Json => "json",
        Format::Yaml => "yaml",
        Format::Sarif => "sarif",
        Format::Github => "github",
    };
    let (engine, engine_source) = engine();
    let log = set("BATON_LOG");
    let no_colour = set("NO_COLOR");
    vec![
        Setting::new(
            "server",
            server.map(|server| server.url().to_owned()),
            source(options, "server", "--server", "BATON_SERVER"),
        ),
        // The token itself is nobody's business.
        Setting::new("token", token.map(|_| "(set)".to_owned()), token_source),
        Setting::new(
            "output",
            output.to_owned(),
            source(options, "output", "--output", ""),
        ),
        Setting::new(
            "colours",
            if no_colour.is_some() {
                "never"
            } else {
                "on terminals"
            }
            .to_owned(),
            if no_colour.is_some() {
                "NO_COLOR"
            } else {
                DEFAULT
            },
        ),
        Setting::new(
            "log",
            log.clone().unwrap_or_else(|| "error,baton=warn".to_owned()),
            if log.is_some() { "BATON_LOG" } else { DEFAULT },
        ),
        Setting::new(
            "log_format",
            options.log_format.as_str().to_owned(),
            source(options, "log_format", "--log-format", "BATON_LOG_FORMAT"),
        ),
        Setting::new("workflow_engine", engine.to_owned(), engine_source),
    ]
}

fn engine() -> (&'static str, String) {
    let word = if features::of_environment().workflow_engine {
        "on"
    } else {
        "off"
    };
    let source = features::engine_variable().map_or(DEFAULT, |(name, _)| name);
    (word, source.to_owned())
}

/// The text of an environment variable that is set to something.
fn set(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// Where the value of an option comes from.
fn source(options: &Options, name: &str, option: &str, variable: &str) -> String {
    match options.origin(name) {
        Some(Origin::Typed) => option,
        Some(Origin::Environment) => variable,
        None => DEFAULT,
    }
    .to_owned()
}

/// Where this machine keeps things, and what its files say.
fn of_the_data(options: &Options) -> anyhow::Result<Vec<Setting>> {
    let data = DataDir::locate(options.data_dir.as_deref())?;
    let data_source = match options.origin("data_dir") {
        Some(_) => source(options, "data_dir", "--data-dir", "BATON_DATA_DIR"),
        None if set("XDG_DATA_HOME").is_some() => "XDG_DATA_HOME".to_owned(),
        None => DEFAULT.to_owned(),
    };
    let project = project::directory(None)?;
    let project_source = match project {
        Some(_) => "the current directory",
        None => DEFAULT,
    };
    let (file, file_source) = agents_file(options, project.as_deref(), &data)?;
    let listen = set("BATON_LISTEN");
    let mut settings = vec![
        Setting::new("data_dir", shown(data.path()), data_source),
        Setting::new("project", project.as_deref().map(shown), project_source),
        Setting::new("agents", file.as_deref().map(shown), file_source),
    ];
    settings.push(Setting::new(
        "listen",
        listen.clone().unwrap_or_else(|| LISTEN.to_owned()),
        if listen.is_some() {
            "BATON_LISTEN"
        } else {
            DEFAULT
        },
    ));
    settings.extend(of_the_server(options, &data)?);
    Ok(settings)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The `baton.toml` for runs that are started here.
fn agents_file(
    options: &Options,
    project: Option<&Path>,
    data: &DataDir,
) -> anyhow::Result<(Option<PathBuf>, String)> {
    let found = input::config_for(options.config.as_deref(), project, None)?;
    Ok(match found {
        Some(file) if options.config.is_some() => (
            Some(file),
            source(options, "config", "--config", "BATON_CONFIG"),
        ),
        Some(file) => (Some(file), "the current directory".to_owned()),
        None if data.config().is_file() => (Some(data.config()), "the data directory".to_owned()),
        None => (None, DEFAULT.to_owned()),
    })
}

/// What `baton serve` and whoever else works on runs would go by.
fn of_the_server(options: &Options, data: &DataDir) -> anyhow::Result<Vec<Setting>> {
    let named = options.config.clone();
    let file = named.or_else(|| Some(data.config()).filter(|file| file.is_file()));
    let (config, source) = match &file {
        Some(file) => {
            let config = Config::load(file).map_err(|error| Failure::usage(error.to_string()))?;
            (config, shown(file))
        }
        None => (Config::default(), DEFAULT.to_owned()),
    };
    let unless_default = |is_default: bool| {
        if is_default {
            DEFAULT.to_owned()
        } else {
            source.clone()
        }
    };
    let (limits, server) = (config.limits, config.server);
    let listed = |words: &[String]| (!words.is_empty()).then(|| words.join(", "));
    let auth = match server.auth {
        Auth::Auto => "auto",
        Auth::Always => "always",
    };
    let rate = server
        .rate_limit
        .map(|rate| format!("{} requests in {} s", rate.requests, rate.per.as_secs()));
    let tls = server.tls.as_ref().map(|tls| shown(&tls.cert));
    Ok(vec![
        Setting::new(
            "limits.processes",
            limits.processes.to_string(),
            unless_default(limits.processes == baton_agents::Limits::default().processes),
        ),
        Setting::new(
            "limits.runs_per_project",
            limits.runs_per_project.map(|max| max.to_string()),
            unless_default(limits.runs_per_project.is_none()),
        ),
        Setting::new(
            "server.auth",
            auth.to_owned(),
            unless_default(server.auth == Auth::default()),
        ),
        Setting::new("server.tls", tls.clone(), unless_default(tls.is_none())),
        Setting::new(
            "server.hosts",
            listed(&server.hosts),
            unless_default(server.hosts.is_empty()),
        ),
        Setting::new(
            "server.origins",
            listed(&server.origins),
            unless_default(server.origins.is_empty()),
        ),
        Setting::new(
            "server.rate_limit",
            rate.clone(),
            unless_default(rate.is_none()),
        ),
    ])
}
