//! `baton rerun RUN`: a new run that repeats one that has ended, and reuses
//! what need not run again.

use std::process::ExitCode;

use baton_server::v1::dto::{Execution, RerunRequest};

use super::follow::{self, Gates};
use super::{open, path_of};
use crate::args::{Options, Rerun};
use crate::session::Need;

pub(crate) async fn rerun(options: &Options, args: &Rerun) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Execute).await?;
    let request = RerunRequest {
        from: args.from.clone(),
        trigger: Some("manual".to_owned()),
    };
    let path = format!("{}/rerun", path_of(&args.run));
    let started = session.post::<Execution>(&path, &request).await;
    let gates = Gates::when(args.yes_gates);
    follow::to_the_end(options, gates, session, started).await
}
