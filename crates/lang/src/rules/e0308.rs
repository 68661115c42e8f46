//! SWDL-E0308: a name cannot be read at this place.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0308",
    Error,
    Expression,
    "a name cannot be read at this place"
);

const MEND: &str = "read a parameter instead";

pub(crate) fn env_in_env(at: Place) -> Finding {
    Finding::new(&CODE, at, "values of `env` cannot read `env`").help(MEND)
}

pub(crate) fn stage_in_env(at: Place) -> Finding {
    Finding::new(
        &CODE,
        at,
        "values of `env` are made before any stage starts",
    )
    .help(MEND)
}

pub(crate) fn secret_read(at: Place, name: &str) -> Finding {
    let message = format!("`env.{name}` holds a secret, which programs alone are given");
    let help = "let the agent read the variable itself";
    Finding::new(&CODE, at, message).help(help)
}

pub(crate) fn stage_in_on_start(at: Place) -> Finding {
    Finding::new(&CODE, at, "`on_start` comes before any stage starts").help(MEND)
}
