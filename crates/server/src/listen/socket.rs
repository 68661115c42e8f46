//! The socket file of a data directory. Only its owner may open it, so whoever
//! comes through it is believed.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixStream};

/// Longest path the kernel takes for a socket: 108 bytes with the NUL.
const SOCKET_PATH_BYTES_MAX: usize = 107;

/// A name for a socket file that the kernel takes, however long its path is.
struct SocketName {
    path: PathBuf,
    /// The short name goes through this handle.
    _directory: Option<File>,
}

impl SocketName {
    fn of(path: &Path) -> io::Result<Self> {
        let (directory, name) = match (path.parent(), path.file_name()) {
            (Some(directory), Some(name))
                if path.as_os_str().as_bytes().len() > SOCKET_PATH_BYTES_MAX =>
            {
                (directory, name)
            }
            _ => {
                return Ok(Self {
                    path: path.to_owned(),
                    _directory: None,
                });
            }
        };
        let directory = OpenOptions::new().read(true).open(directory)?;
        let handle = directory.as_raw_fd();
        Ok(Self {
            path: Path::new("/proc/self/fd")
                .join(handle.to_string())
                .join(name),
            _directory: Some(directory),
        })
    }
}

/// Reaches whoever listens on the socket file.
pub async fn connect(path: &Path) -> io::Result<UnixStream> {
    let name = SocketName::of(path)?;
    UnixStream::connect(&name.path).await
}

/// Opens the socket file, readable by its owner only. A file that an earlier
/// process left there is replaced: whoever holds the data directory owns it.
pub fn bind(path: &Path) -> io::Result<UnixListener> {
    match std::fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let name = SocketName::of(path)?;
    let listener = UnixListener::bind(&name.path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}
