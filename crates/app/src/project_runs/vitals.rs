//! Whether a run of a skill lives, as far as that can be seen from outside.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{ProjectRun, ProjectRunError};
use crate::App;
use crate::aside::aside;
use crate::projects::{described, read_page};

/// A skill that a person can choose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChoosableSkill {
    /// What it is called by, without a slash.
    pub name: String,
    /// What it says of itself.
    pub description: Option<String>,
}

impl App {
    /// A run, and for how long its agent has written nothing into the file of
    /// its session; none where there is no such file.
    pub async fn project_run_vitals(
        &self,
        id: &str,
    ) -> Result<(ProjectRun, Option<Duration>), ProjectRunError> {
        let run = self.project_run(id).await?;
        let (home, session) = (self.roots.home.clone(), run.session().map(str::to_owned));
        let directory = run.execution.directory.clone();
        let age = aside(move || {
            let file = session_file(&home?, Path::new(&directory?), &session?)?;
            let written = file.metadata().and_then(|found| found.modified()).ok()?;
            SystemTime::now().duration_since(written).ok()
        });
        Ok((run, age.await?))
    }

    /// The skills of the user that are steps of a flow: `flow.*`.
    pub async fn flow_skills(&self) -> Result<Vec<ChoosableSkill>, ProjectRunError> {
        let home = self.roots.home.clone();
        let skills = aside(move || {
            let commands = home.map(|home| home.join(".claude/commands"));
            commands.map(|commands| of_directory(&commands))
        });
        Ok(skills.await?.unwrap_or_default())
    }
}

fn of_directory(commands: &Path) -> Vec<ChoosableSkill> {
    let entries = std::fs::read_dir(commands).into_iter().flatten().flatten();
    let skills = entries.filter_map(|entry| {
        let path = entry.path();
        let name = path.file_name()?.to_str()?.strip_suffix(".md")?.to_owned();
        let rest = name.strip_prefix("flow.")?;
        let is_step = !rest.is_empty() && path.is_file();
        is_step.then(|| ChoosableSkill {
            description: read_page(&path).and_then(|text| described(&text)),
            name,
        })
    });
    let mut skills: Vec<_> = skills.collect();
    skills.sort();
    skills
}

/// Where Claude Code keeps a session: it replaces whatever is no letter or
/// digit in the path of the directory.
fn session_file(home: &Path, directory: &Path, session: &str) -> Option<PathBuf> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    if session.is_empty() || !session.chars().all(is_plain) {
        return None;
    }
    let directory = directory.to_str()?;
    let folder: String = directory
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect();
    let sessions = home.join(".claude/projects").join(folder);
    Some(sessions.join(format!("{session}.jsonl")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_found_below_the_name_of_its_directory() {
        let home = Path::new("/home/me");
        let file =
            |directory: &str, session: &str| session_file(home, Path::new(directory), session);
        assert_eq!(
            file("/srv/my_app.x", "0199-ab"),
            Some("/home/me/.claude/projects/-srv-my-app-x/0199-ab.jsonl".into())
        );
        assert_eq!(file("/srv/a", "../../x"), None);
        assert_eq!(file("/srv/a", ""), None);
    }
}
