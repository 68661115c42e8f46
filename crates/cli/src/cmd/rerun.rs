//! `baton rerun RUN`: a new run that repeats one that has ended, and reuses
//! what need not run again.

use std::process::ExitCode;

use baton_server::v1::dto::{Execution, RerunRequest};

use super::follow::{self, Follow, Gates};
use super::path_of;
use crate::args::{Options, Rerun};
use crate::data::DataDir;
use crate::render::document;
use crate::session::{Need, Session};

pub(crate) async fn rerun(options: &Options, args: &Rerun) -> anyhow::Result<ExitCode> {
    let data = DataDir::open(options.data_dir.as_deref())?;
    let mut session = Session::open(&data, options.config.as_deref(), Need::Execute).await?;
    let request = RerunRequest {
        from: args.from.clone(),
        trigger: Some("manual".to_owned()),
    };
    let path = format!("{}/rerun", path_of(&args.run));
    let execution = match session.post::<Execution>(&path, &request).await {
        Ok(execution) => execution,
        Err(error) => {
            session.close().await;
            return Err(error);
        }
    };
    let follow = Follow::new(options, Gates::when(args.yes_gates));
    let followed = follow::one(&follow, &mut session, &execution).await;
    session.close().await;
    let followed = followed?;
    document::print(options.output, &followed.execution)?;
    Ok(ExitCode::from(followed.exit))
}
