//! SWDL-W0219: a hook's command looks meant for a shell.

use crate::report::{Finding, Place};

code!(
    "SWDL-W0219",
    Warning,
    Schema,
    "a hook's command looks meant for a shell"
);

pub(crate) fn meant_for_a_shell(at: Place, sign: &str) -> Finding {
    let message = format!("`{sign}` has no meaning here: no shell runs this command");
    Finding::new(&CODE, at, message)
        .help("put it in quotes, or put the line into a script and run that")
}
