//! Gets at workflows and runs: those of a data directory, through the process
//! that holds it or by holding it, or those of a server.

mod asking;

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use baton_agents::{Auth, Config, OnOrphan, ProcessHost, Shelves};
use baton_app::App;
use baton_app::access::Authentication;
use baton_app::artifacts::Roots;
use baton_app::builtin;
use baton_app::settings::Settings;
use baton_model::ErrorCode;
use baton_runtime::{Mode, Options, Plug, Runtime, SystemClock};
use baton_server::http::{Instruments, guard, specflow};
use baton_server::listen::{self, TcpDoor};
use baton_store::{FullStore, LeaseTerm, ServerId, Store, StoreError};
use baton_store_sql::{Census, SqliteOptions, SqliteStore};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::agent_hub;
use crate::attempts;
use crate::client::Api;
use crate::data::{DataDir, Held};
use crate::exit::Failure;
use crate::features;
use crate::given_tokens;
use crate::remote::Server;
use crate::resolver::ConfigResolver;
use crate::telemetry::Telemetry;

/// How long another command may hold the directory without serving it.
const HOLD_PATIENCE: Duration = Duration::from_secs(10);
/// Time between two looks at a directory that another command holds.
const HOLD_LOOK: Duration = Duration::from_millis(20);
/// Time between two tries to reach a server again.
const SERVER_LOOK: Duration = Duration::from_millis(500);
/// How long a closing process waits for what is being written.
const STOP_GRACE: Duration = Duration::from_secs(2);

/// What a command wants of the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Only to look.
    Read,
    /// To record a decision, or to end a run.
    Decide,
    /// To work on stages.
    Execute,
}

/// A way to workflows and runs.
pub(crate) struct Session {
    pub(crate) api: Api,
    pub(crate) host: Option<Host>,
    way: Way,
    /// Whether there was an answer already.
    is_known: bool,
}

/// How the way is found, also again.
enum Way {
    /// Through whoever holds a data directory.
    Data {
        data: DataDir,
        config: Option<PathBuf>,
        need: Need,
    },
    /// At its address.
    Server,
}

/// This process works with the directory itself.
pub(crate) struct Host {
    pub(crate) app: App,
    runtime: Runtime,
    store: Arc<dyn FullStore>,
    pub(crate) instruments: Instruments,
    telemetry: Telemetry,
    closing: CancellationToken,
    serving: TaskTracker,
    socket: Option<PathBuf>,
    /// Last, so that it is given back last.
    _held: Option<Held>,
}

impl Session {
    /// Finds whoever holds the directory, or holds it.
    pub(crate) async fn open(
        data: &DataDir,
        config: Option<&Path>,
        need: Need,
    ) -> anyhow::Result<Self> {
        let (api, host) = reach(data, config, need).await?;
        Ok(Self {
            api,
            host,
            way: Way::Data {
                data: data.clone(),
                config: config.map(Path::to_owned),
                need,
            },
            is_known: true,
        })
    }

    /// A way to a server.
    pub(crate) fn to(server: &Server) -> Self {
        Self {
            api: Api::Remote(server.clone()),
            host: None,
            way: Way::Server,
            is_known: false,
        }
    }

    /// Whether somebody else's machine is asked.
    pub(crate) const fn is_remote(&self) -> bool {
        matches!(self.way, Way::Server)
    }

    /// Finds the way again after whoever was asked has gone.
    pub(crate) async fn reopen(&mut self) -> anyhow::Result<()> {
        if let Some(host) = self.host.take() {
            host.stop().await;
        }
        match &self.way {
            Way::Data { data, config, need } => {
                let way = reach(data, config.as_deref(), *need).await?;
                (self.api, self.host) = way;
                Ok(())
            }
            Way::Server => {
                // One that turns everybody away is not asked without a pause.
                tokio::time::sleep(SERVER_LOOK).await;
                self.await_server().await
            }
        }
    }

    /// Leaves the directory in order.
    pub(crate) async fn close(self) {
        if let Some(host) = self.host {
            host.stop().await;
        }
    }
}

/// Finds whoever holds the directory, or holds it.
async fn reach(
    data: &DataDir,
    config: Option<&Path>,
    need: Need,
) -> anyhow::Result<(Api, Option<Host>)> {
    let start = Instant::now();
    loop {
        if listen::connect(&data.socket()).await.is_ok() {
            return Ok((Api::Socket(data.socket()), None));
        }
        let held = if need == Need::Read {
            None
        } else {
            data.hold()?
        };
        if held.is_some() {
            end_disowned(data).await?;
        }
        if held.is_some() || need == Need::Read {
            let host = Host::start(data, config, need, held).await?;
            let api = Api::InProcess(baton_server::http::router(
                host.app.clone(),
                host.instruments.clone(),
            ));
            return Ok((api, Some(host)));
        }
        if start.elapsed() > HOLD_PATIENCE {
            let holder = data.holder().map(|pid| format!(" (process {pid})"));
            let message = format!(
                "the data directory {} is held by another process{} that does not answer",
                data.path().display(),
                holder.unwrap_or_default(),
            );
            return Err(Failure::unreachable(message));
        }
        tokio::time::sleep(HOLD_LOOK).await;
    }
}

impl Host {
    async fn start(
        data: &DataDir,
        config: Option<&Path>,
        need: Need,
        held: Option<Held>,
    ) -> anyhow::Result<Self> {
        let unusable = |error| unusable(data, &error);
        let database =
            SqliteStore::open(&data.database(), SqliteOptions::default()).map_err(unusable)?;
        // Before anything can change in it.
        let census = match need {
            Need::Execute => database.census().await.map_err(unusable)?,
            Need::Read | Need::Decide => Census::default(),
        };
        let telemetry = Telemetry::start(&census);
        let store = Arc::clone(&database) as Arc<dyn FullStore>;
        let ServerConfig { file, settings } = server_config(data, config)?;
        let shown = shown(data, file.as_deref(), &settings);
        let resolver = Arc::new(ConfigResolver::new(
            process_host(data)?,
            file,
            agent_hub::of_environment()?,
        ));
        let mode = if need == Need::Execute {
            Mode::Execute
        } else {
            Mode::Passive
        };
        let options = Options {
            mode,
            processes_max: settings.limits.processes.get(),
            server: ServerId::new(Uuid::now_v7()),
            // Whoever executes holds the data directory.
            term: LeaseTerm::Exclusive,
        };
        let runtime = Runtime::start_observed(
            Arc::<dyn FullStore>::clone(&store) as Arc<dyn Store>,
            Arc::clone(&resolver) as Arc<dyn Plug>,
            Arc::new(SystemClock),
            options,
            telemetry.observer(),
        );
        let roots = Roots {
            project: None,
            home: std::env::home_dir(),
            data: Some(data.path().to_owned()),
        };
        let app = App::new(Arc::clone(&store), runtime.clone(), resolver)
            .with_roots(roots)
            .with_authentication(authentication(settings.server.auth))
            .with_given_tokens(given_tokens::of_environment().tokens)
            .with_features(features::of_environment())
            .with_settings(shown);
        let instruments = Instruments::new(telemetry.sources(&database, &runtime));
        let closing = CancellationToken::new();
        let mut host = Self {
            app,
            runtime,
            store,
            instruments,
            telemetry,
            closing,
            serving: TaskTracker::new(),
            socket: None,
            _held: held,
        };
        if need == Need::Execute
            && let Err(error) = host.let_in(data).await
        {
            host.stop().await;
            return Err(error);
        }
        Ok(host)
    }

    /// Tidies up, and lets other commands in.
    async fn let_in(&mut self, data: &DataDir) -> anyhow::Result<()> {
        self.sweep(data).await;
        let keeping = specflow::keep_files(self.app.clone(), self.closing.clone());
        self.serving.spawn(keeping);
        self.listen(data)
    }

    /// Clears away what is left of attempts that no run waits for.
    async fn sweep(&self, data: &DataDir) {
        match attempts::clear_away(data, self.store.as_ref()).await {
            Ok(0) => {}
            Ok(n_attempts) => tracing::info!(n_attempts, "cleared away attempts of no use"),
            Err(error) => tracing::warn!(%error, "attempts of no use could not be cleared away"),
        }
    }

    fn listen(&mut self, data: &DataDir) -> anyhow::Result<()> {
        let path = data.socket();
        let listener =
            listen::bind(&path).with_context(|| format!("cannot listen on {}", path.display()))?;
        let router = baton_server::http::router(self.app.clone(), self.instruments.clone());
        self.serving
            .spawn(listen::serve(listener, router, self.closing.clone()));
        self.socket = Some(path);
        Ok(())
    }

    /// Lets callers on the network in.
    pub(crate) fn open_door(&self, door: TcpDoor, settings: guard::Settings) {
        let (app, instruments) = (self.app.clone(), self.instruments.clone());
        app.note_listening(door.url());
        let router = baton_server::http::guarded(app, settings, instruments);
        self.serving.spawn(door.serve(router, self.closing.clone()));
    }

    /// Shows metrics and health, and nothing else, to callers on the network.
    pub(crate) fn open_metrics_door(&self, door: TcpDoor, settings: guard::Settings) {
        let (app, instruments) = (self.app.clone(), self.instruments.clone());
        let router = baton_server::http::watched(app, settings, instruments);
        self.serving.spawn(door.serve(router, self.closing.clone()));
    }

    async fn stop(self) {
        // Nobody is let in any more before the work stops.
        if let Some(socket) = &self.socket
            && let Err(error) = std::fs::remove_file(socket)
        {
            tracing::debug!(%error, "the socket was gone already");
        }
        self.closing.cancel();
        self.serving.close();
        // What was asked for is answered while there is somebody to do it.
        self.serving.wait().await;
        self.runtime.stop(STOP_GRACE).await;
        if let Err(error) = self.store.close().await {
            tracing::warn!(%error, "the store did not close in order");
        }
        self.telemetry.stop().await;
    }
}

/// The `baton.toml` of whoever holds the directory.
pub(crate) struct ServerConfig {
    /// Where it is; none when there is none.
    pub(crate) file: Option<PathBuf>,
    pub(crate) settings: Config,
}

/// Reads the file that was named, or else the directory's own.
pub(crate) fn server_config(data: &DataDir, asked: Option<&Path>) -> anyhow::Result<ServerConfig> {
    let file = match asked {
        Some(file) => Some(std::path::absolute(file).context("cannot find --config")?),
        None => Some(data.config()).filter(|file| file.exists()),
    };
    let settings = match &file {
        Some(file) => Config::load(file).map_err(|error| Failure::usage(error.to_string()))?,
        None => Config::default(),
    };
    Ok(ServerConfig { file, settings })
}

/// What is told of the settings to whoever asks this process.
fn shown(data: &DataDir, file: Option<&Path>, config: &Config) -> Settings {
    let server = &config.server;
    Settings {
        data_dir: Some(data.path().to_owned()),
        config: file.map(Path::to_owned),
        processes_max: config.limits.processes.get(),
        runs_per_project: config.limits.runs_per_project.map(NonZeroU32::get),
        is_encrypted: server.tls.is_some(),
        hosts: server.hosts.clone(),
        origins: server.origins.clone(),
        rate_limit: server
            .rate_limit
            .map(|limit| (limit.requests.get(), limit.per)),
    }
}

const fn authentication(auth: Auth) -> Authentication {
    match auth {
        Auth::Auto => Authentication::Auto,
        Auth::Always => Authentication::Always,
    }
}

fn process_host(data: &DataDir) -> anyhow::Result<ProcessHost> {
    let program = std::env::current_exe().context("cannot find the baton program itself")?;
    Ok(ProcessHost {
        shim_argv: vec![program.into_os_string(), "shim".into()],
        attempts_root: attempts::root(data),
        scratch_root: data.path().join("scratch"),
        on_orphan: OnOrphan::Finish,
        shelves: Shelves {
            home: std::env::home_dir(),
            collection: Some(data.path().join("collection/artifacts")),
            shipped: builtin::PAGES,
        },
    })
}

/// Ends what a restore that was cut off has left at work; how much that was.
pub(crate) async fn end_disowned(data: &DataDir) -> anyhow::Result<usize> {
    attempts::end_disowned(data).await.map_err(|error| {
        let path = attempts::root(data);
        Failure::files(format!(
            "cannot end what still works in {}: {error}",
            path.display()
        ))
    })
}

/// A store that cannot be opened, and what helps.
pub(crate) fn unusable(data: &DataDir, error: &StoreError) -> anyhow::Error {
    let mend = match error {
        StoreError::Newer { .. } => "; use the newer baton, or another --data-dir",
        StoreError::Corrupt(_) => "; baton doctor says more and mends it",
        StoreError::ReadOnly(_) | StoreError::Unavailable(_) => "; check who may write there",
        StoreError::Full(_) => "; make room and try again",
        StoreError::Busy(_)
        | StoreError::Conflict { .. }
        | StoreError::Fenced
        | StoreError::Refused(_)
        | StoreError::NotFound => "",
    };
    let message = format!(
        "cannot open the data directory {}: {error}{mend}",
        data.path().display()
    );
    match error {
        StoreError::Full(_) => Failure::of(ErrorCode::StorageFull, message),
        _ => Failure::files(message),
    }
}
