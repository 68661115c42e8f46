//! Whether a run of a skill lives, as far as that can be seen from outside.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::prompt::{CODEX_SKILLS, SKILL_PAGE};
use super::{ProjectRun, ProjectRunError, Provider};
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

    /// The skills of the user that are steps of a flow, `flow.*`, as far as the
    /// agent has them.
    pub async fn flow_skills(
        &self,
        provider: Provider,
    ) -> Result<Vec<ChoosableSkill>, ProjectRunError> {
        let home = self.roots.home.clone();
        let skills = aside(move || {
            let home = home?;
            Some(match provider {
                Provider::Claude => of_directory(&home.join(".claude/commands"), command),
                Provider::Codex => of_directory(&home.join(CODEX_SKILLS), codex_skill),
            })
        });
        Ok(skills.await?.unwrap_or_default())
    }
}

fn of_directory(
    directory: &Path,
    step: fn(&Path) -> Option<(String, PathBuf)>,
) -> Vec<ChoosableSkill> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let skills = entries.filter_map(|entry| {
        let (rest, page) = step(&entry.path())?;
        let is_step = !rest.is_empty() && page.is_file();
        is_step.then(|| ChoosableSkill {
            name: format!("flow.{rest}"),
            description: read_page(&page).and_then(|text| described(&text)),
        })
    });
    let mut skills: Vec<_> = skills.collect();
    skills.sort();
    skills
}

/// The step that a file `flow.STEP.md` is, and its page.
fn command(path: &Path) -> Option<(String, PathBuf)> {
    let name = path.file_name()?.to_str()?.strip_suffix(".md")?;
    let step = name.strip_prefix("flow.")?.to_owned();
    Some((step, path.to_owned()))
}

/// The step that a directory `flow-STEP` is, and its page.
fn codex_skill(path: &Path) -> Option<(String, PathBuf)> {
    let step = path.file_name()?.to_str()?.strip_prefix("flow-")?;
    Some((step.to_owned(), path.join(SKILL_PAGE)))
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
