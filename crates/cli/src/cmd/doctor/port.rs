//! The address that `baton serve` listens on.

use std::io;
use std::net::TcpListener;

use super::Finding;
use crate::cmd::config::LISTEN;
use crate::data::DataDir;

/// Whether a server could listen, or does, at each of its addresses.
pub(super) fn findings(data: &DataDir) -> Vec<Finding> {
    let addresses = std::env::var("BATON_LISTEN").ok();
    let addresses = addresses.unwrap_or_else(|| LISTEN.to_owned());
    let addresses = addresses.split(',').map(str::trim);
    addresses.map(|address| finding(data, address)).collect()
}

fn finding(data: &DataDir, address: &str) -> Finding {
    match TcpListener::bind(address) {
        Ok(_) => Finding::sound("port", format!("{address} is free")),
        Err(error) => in_use(data, address, &error),
    }
}

fn in_use(data: &DataDir, address: &str, error: &io::Error) -> Finding {
    let is_taken = error.kind() == io::ErrorKind::AddrInUse;
    if is_taken && data.is_held() {
        let found = format!("{address} is in use, and the runs are worked on");
        return Finding::sound("port", found);
    }
    let mend = "serve on another one with baton serve --listen; 127.0.0.1:0 takes a free port";
    Finding::unsound("port", format!("cannot listen on {address}: {error}"), mend)
}
