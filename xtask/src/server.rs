//! A `baton serve` that lasts as long as what it is needed for.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// A server that ends when this is dropped.
pub(crate) struct Server {
    child: Child,
    /// Where it answers, without a path.
    pub(crate) url: String,
}

impl Server {
    /// Starts one with a command of the program, and waits until it listens.
    pub(crate) fn start(mut baton: Command, listen: &str, data_dir: &Path) -> Result<Self> {
        let mut child = baton
            .args(["serve", "--listen", listen, "--data-dir"])
            .arg(data_dir)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("the server cannot be started")?;
        let stderr = child.stderr.take().context("stderr is piped")?;
        let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
        let url = lines.find_map(|line| {
            let start = line.find("http://")?;
            let url = line[start..].split_whitespace().next();
            url.map(|url| url.trim_end_matches('/').to_owned())
        });
        // Whatever else it says is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let Some(url) = url else {
            let status = child.wait()?;
            bail!("the server has ended with {status} without saying where it listens");
        };
        Ok(Self { child, url })
    }

    pub(crate) fn expect_alive(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("the server has ended with {status}"),
        }
    }

    fn ask_to_end(&self) -> Result<()> {
        let process = i32::try_from(self.child.id()).context("a number of a process")?;
        Ok(kill(Pid::from_raw(process), Signal::SIGTERM)?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It sees to its runs and ends within seconds; it may have ended before.
        if self.ask_to_end().is_err() {
            drop(self.child.kill());
        }
        drop(self.child.wait());
    }
}
