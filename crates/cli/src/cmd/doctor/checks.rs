//! The directory around the database: who may use it, whether there is room,
//! who holds it.

use std::fs::{self, Metadata};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use baton_server::listen;
use nix::sys::statvfs::statvfs;
use nix::unistd::{AccessFlags, access};

use super::Finding;
use crate::data::DataDir;

/// The log beside a database may grow to this while somebody reads, so less
/// may not be enough for what is under way.
const FREE_BYTES_MIN: u64 = 64 << 20;
/// Rights that nobody but the owner should have.
const RIGHTS_OF_OTHERS: u32 = 0o077;
/// How the files go on that hold what agents were told and what they answered.
const PRIVATE_FILES: [&str; 3] = ["", "-wal", "-shm"];

const MIB: u64 = 1 << 20;

/// There is nothing to look at.
pub(super) fn no_directory(data: &DataDir) -> Finding {
    let path = data.path().display();
    if data.path().exists() {
        return Finding::unsound(
            "directory",
            format!("{path} is not a directory"),
            "name another one with --data-dir",
        );
    }
    Finding::sound("directory", format!("{path} is not there yet"))
}

/// Rights and room.
pub(super) fn directory(data: &DataDir) -> Vec<Finding> {
    let mut findings = vec![writable(data.path())];
    findings.extend(too_open(data.path(), "700"));
    for suffix in PRIVATE_FILES {
        let mut file = data.database_file().into_os_string();
        file.push(suffix);
        findings.extend(too_open(Path::new(&file), "600"));
    }
    findings.push(free_space(data.path()));
    findings
}

fn writable(path: &Path) -> Finding {
    let needed = AccessFlags::R_OK | AccessFlags::W_OK | AccessFlags::X_OK;
    let shown = path.display();
    match access(path, needed) {
        Ok(()) => Finding::sound("directory", format!("{shown} can be read and written")),
        Err(errno) => Finding::unsound(
            "directory",
            format!("{shown} cannot be used: {}", errno.desc()),
            "give its owner all rights (chmod 700), or run as its owner",
        ),
    }
}

/// A file that others may read, if it is there.
fn too_open(path: &Path, mode: &str) -> Option<Finding> {
    let found = fs::metadata(path).ok()?;
    (rights(&found) & RIGHTS_OF_OTHERS != 0).then(|| {
        let shown = path.display();
        Finding::unsound(
            "permissions",
            format!("others may use {shown} (mode {:o})", rights(&found)),
            format!("chmod {mode} {shown}"),
        )
    })
}

fn rights(file: &Metadata) -> u32 {
    file.permissions().mode() & 0o777
}

fn free_space(path: &Path) -> Finding {
    let room = match statvfs(path) {
        Ok(room) => room,
        Err(errno) => {
            let found = format!("cannot tell how much there is: {}", errno.desc());
            return Finding::unsound("space", found, "look at the disk");
        }
    };
    let free_bytes = room.blocks_available() * room.fragment_size();
    let found = format!("{} MiB are free", free_bytes / MIB);
    if free_bytes < FREE_BYTES_MIN {
        let mend = "make room: runs wait while nothing can be written, and go on by themselves";
        return Finding::unsound("space", found, mend);
    }
    Finding::sound("space", found)
}

/// Whoever works on the runs answers on the socket.
pub(super) async fn holder(data: &DataDir) -> Finding {
    if !data.is_held() {
        return Finding::sound("holder", "nobody works on the runs");
    }
    let who = data
        .holder()
        .map_or("a process".to_owned(), |pid| format!("process {pid}"));
    if listen::connect(&data.socket()).await.is_ok() {
        return Finding::sound("holder", format!("{who} works on the runs"));
    }
    Finding::unsound(
        "holder",
        format!("{who} holds the directory and does not answer"),
        "it may be starting; if it stays so, end it: what it works on is not lost",
    )
}
