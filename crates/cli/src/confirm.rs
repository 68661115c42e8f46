//! Asks before something that cannot be taken back.

use std::io::{BufRead, IsTerminal, Write};

use crate::exit::Failure;

/// Asks on a terminal; elsewhere `--yes` has to say it.
pub(crate) fn is_confirmed(what_it_does: &str, question: &str) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(format!("{what_it_does}: say --yes")));
    }
    let mut stderr = std::io::stderr().lock();
    write!(stderr, "{question} [y/N] ")?;
    stderr.flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
