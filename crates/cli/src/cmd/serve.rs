//! `baton serve`: works on runs and answers over the network until it is
//! stopped.

mod greeting;

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;

use baton_agents::ServerSettings;
use baton_model::ErrorCode;
use baton_runtime::{Clock, SystemClock};
use baton_server::http::guard;
use baton_server::listen::{self, TcpDoor, Tls};
use baton_store::{RunStore, TokenStore};
use baton_store_sql::{SqliteOptions, SqliteStore};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::args::{self, Options};
use crate::data::DataDir;
use crate::database_url::Place;
use crate::exit::{self, Failure};
use crate::given_tokens;
use crate::open_files;
use crate::render::document;
use crate::session::{self, Host, Need, ServerConfig, Session};

pub(crate) async fn serve(options: &Options, args: &args::Serve) -> anyhow::Result<ExitCode> {
    open_files::allow();
    let place = Place::open(options.data_dir.as_deref())?;
    let data = &place.data;
    let mut signals = Signals::new()?;
    // All that can be wrong is found before anything is started.
    if listen::connect(&data.socket()).await.is_ok() {
        return Err(served_already(data));
    }
    let config = session::server_config(data, options.config.as_deref())?;
    let metrics: Vec<SocketAddr> = args.metrics_listen.into_iter().collect();
    let doors = Doors {
        api: open_doors(&args.listen, &config.settings.server).await?,
        metrics: open_doors(&metrics, &config.settings.server).await?,
    };
    expect_tokens(data, &[&*args.listen, &*metrics].concat()).await?;
    let session = Session::open(data, options.config.as_deref(), Need::Execute).await?;
    let Some(host) = &session.host else {
        return Err(served_already(data));
    };
    let served = until_signal(host, &place, (&config, doors), &mut signals).await;
    tokio::select! {
        () = session.close() => {}
        () = signals.next() => return Ok(ExitCode::from(exit::INTERRUPTED)),
    }
    let left = place.leave().await;
    // Why it could not be served says more than what was left behind.
    served?;
    left?;
    Ok(ExitCode::SUCCESS)
}

async fn until_signal(
    host: &Host,
    place: &Place,
    (config, doors): (&ServerConfig, Doors),
    signals: &mut Signals,
) -> anyhow::Result<()> {
    greeting::print(host, place, (config, &doors)).await?;
    let settings = guard_settings(&config.settings.server);
    // Whoever asks whether the server is ready is answered while it is not.
    for door in doors.metrics {
        host.open_metrics_door(door, settings.clone());
    }
    let n_taken_up = host.app.take_up_all().await?.len();
    document::err(&format!("  took up   {n_taken_up} unfinished runs"));
    for door in doors.api {
        host.open_door(door, settings.clone());
    }
    host.instruments.readiness().serves();
    signals.next().await;
    host.instruments.readiness().drains();
    document::err("stopping; runs go on when served again");
    Ok(())
}

/// Where callers on the network come in.
struct Doors {
    /// To everything there is.
    api: Vec<TcpDoor>,
    /// To metrics and health alone.
    metrics: Vec<TcpDoor>,
}

/// What asks the server to stop. A second time, it is to stop at once.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

fn guard_settings(settings: &ServerSettings) -> guard::Settings {
    guard::Settings {
        hosts: settings.hosts.clone(),
        origins: settings.origins.clone(),
        rate_limit: settings.rate_limit.map(|limit| guard::RateLimit {
            requests: limit.requests,
            per: limit.per,
        }),
    }
}

fn served_already(data: &DataDir) -> anyhow::Error {
    let holder = data.holder().map(|pid| format!(" by process {pid}"));
    let (path, holder) = (data.path().display(), holder.unwrap_or_default());
    let message = format!("the data directory {path} is served already{holder}");
    Failure::of(ErrorCode::IllegalState, message)
}

/// Takes every address, and reads the certificate.
async fn open_doors(
    addresses: &[SocketAddr],
    settings: &ServerSettings,
) -> anyhow::Result<Vec<TcpDoor>> {
    let tls = settings.tls.as_ref();
    let tls = tls
        .map(|files| Tls::load(&files.cert, &files.key))
        .transpose()
        .map_err(|error| {
            let error = anyhow::Error::new(error);
            Failure::usage(format!("[server.tls] in baton.toml: {error:#}"))
        })?;
    let mut doors = Vec::new();
    for address in addresses {
        let door = TcpDoor::open(*address, tls.clone()).await;
        doors.push(door.map_err(|error| untaken(*address, &error))?);
    }
    Ok(doors)
}

/// An address that cannot be taken, and what helps.
fn untaken(address: SocketAddr, error: &io::Error) -> anyhow::Error {
    let mend = match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program listens there: stop it, or take another port with --listen"
        }
        io::ErrorKind::AddrNotAvailable => "this machine has no such address",
        io::ErrorKind::PermissionDenied => "ports below 1024 need privileges: take a higher one",
        _ => "take another address with --listen",
    };
    let message = format!("cannot listen on {address}: {error}; {mend}");
    Failure::of(ErrorCode::IllegalState, message)
}

/// Refuses to let other machines in when nobody would have to say who they are.
async fn expect_tokens(data: &DataDir, addresses: &[SocketAddr]) -> anyhow::Result<()> {
    let Some(open) = addresses.iter().find(|address| !is_here(**address)) else {
        return Ok(());
    };
    if has_tokens(data).await? {
        return Ok(());
    }
    let message = format!(
        "{open} can be reached from other machines, and there is no token; make one with: \
         baton token create NAME --scope admin, or listen on 127.0.0.1"
    );
    Err(Failure::usage(message))
}

async fn has_tokens(data: &DataDir) -> anyhow::Result<bool> {
    if !given_tokens::of_environment().tokens.is_empty() {
        return Ok(true);
    }
    let unusable = |error| session::unusable(data, &error);
    let store = SqliteStore::open(&data.database(), SqliteOptions::default()).map_err(unusable)?;
    let tokens = store.tokens().await.map_err(unusable)?;
    store.close().await.map_err(unusable)?;
    let now = SystemClock.now();
    let mut ends = tokens.iter().map(|token| token.expires_at);
    Ok(ends.any(|end| end.is_none_or(|end| end > now)))
}

/// Whether only this machine can reach an address.
fn is_here(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}
