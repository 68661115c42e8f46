//! `baton doctor`: looks for damage, says how to mend it, and mends it where
//! it can.

pub(super) mod agents;
mod checks;
mod database;
mod port;
mod repair;

use std::process::ExitCode;

pub(crate) use repair::{LostRun, Repair};
use serde::Serialize;

use crate::args::{Doctor, Options};
use crate::data::DataDir;
use crate::exit;
use crate::render::{document, findings};

/// What one look found.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    /// What was looked at, in one word for programs.
    pub(crate) check: &'static str,
    pub(crate) is_sound: bool,
    /// What was found, in words.
    pub(crate) found: String,
    /// What helps, where something has to be mended.
    pub(crate) mend: Option<String>,
}

/// Everything that was found.
#[derive(Debug, Serialize)]
pub(crate) struct Diagnosis {
    pub(crate) data_directory: String,
    pub(crate) is_sound: bool,
    pub(crate) findings: Vec<Finding>,
}

impl Finding {
    fn sound(check: &'static str, found: impl Into<String>) -> Self {
        Self {
            check,
            is_sound: true,
            found: found.into(),
            mend: None,
        }
    }

    fn unsound(check: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            check,
            is_sound: false,
            found: found.into(),
            mend: Some(mend.into()),
        }
    }
}

pub(crate) async fn doctor(options: &Options, args: &Doctor) -> anyhow::Result<ExitCode> {
    let data = DataDir::locate(options.data_dir.as_deref())?;
    if args.repair {
        return repair::repair(options, &data, args.yes);
    }
    let diagnosis = diagnose(options, &data).await;
    document::answer(options.output, &diagnosis, || findings::table(&diagnosis))?;
    Ok(if diagnosis.is_sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(exit::FAILED)
    })
}

async fn diagnose(options: &Options, data: &DataDir) -> Diagnosis {
    let mut findings = Vec::new();
    if data.path().is_dir() {
        findings.extend(checks::directory(data));
        findings.push(checks::holder(data).await);
        findings.extend(database::findings(data));
    } else {
        findings.push(checks::no_directory(data));
    }
    findings.extend(port::findings(data));
    findings.extend(agents::findings(options, data).await);
    Diagnosis {
        data_directory: data.path().display().to_string(),
        is_sound: findings.iter().all(|finding| finding.is_sound),
        findings,
    }
}
