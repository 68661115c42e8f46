//! What `baton doctor` found and what it did, for people.

use super::style::{Target, Tone, harmless, paint};
use crate::cmd::doctor::{Diagnosis, LostRun, Repair};

/// One line for each finding, and below it what helps.
pub(crate) fn table(diagnosis: &Diagnosis) -> String {
    let mut lines = Vec::new();
    for finding in &diagnosis.findings {
        let (sign, tone) = if finding.is_sound {
            ("✓", Tone::Good)
        } else {
            ("✗", Tone::Bad)
        };
        let sign = paint(Target::Out, tone, sign);
        let found = harmless(&finding.found);
        lines.push(format!("{sign} {:<11} {found}", finding.check));
        if let Some(mend) = &finding.mend {
            lines.push(paint(
                Target::Out,
                Tone::Dim,
                &format!("  {:<11} {mend}", ""),
            ));
        }
    }
    lines.join("\n")
}

/// What can be saved, and by its id what cannot.
pub(crate) fn repair(repair: &Repair) -> String {
    let mut lines = vec![format!(
        "{} of {} runs can be saved",
        repair.n_saved,
        repair.n_saved + repair.lost.len()
    )];
    let mut list = |title: &str, runs: &[LostRun]| {
        for LostRun { run, why } in runs {
            lines.push(format!("  {title} {run}: {}", harmless(why)));
        }
    };
    list("lost", &repair.lost);
    list("without its log lines", &repair.without_logs);
    let n_workflows = repair.n_saved_workflows + repair.lost_workflows.len();
    if n_workflows > 0 {
        lines.push(format!(
            "{} of {n_workflows} stored workflows can be saved",
            repair.n_saved_workflows
        ));
    }
    for lost in &repair.lost_workflows {
        lines.push(format!("  lost {}: {}", lost.workflow, harmless(&lost.why)));
    }
    for lost in &repair.lost_tokens {
        lines.push(format!("  lost {}; make a new one", harmless(lost)));
    }
    for lost in &repair.lost_projects {
        lines.push(format!("  lost {}; add it again", harmless(lost)));
    }
    lines.join("\n")
}
