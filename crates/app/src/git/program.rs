//! The git program itself, for the little that is asked of it: what it can do, where it looks, and its configuration
//! file written in its own way.

use super::Git;
use backend::{Error, ErrorKind, Result};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

impl Git {
    /// The version of the git on PATH, such as (2, 47); none when there is no git, or one that does not say.
    pub fn version(&self) -> Option<(u32, u32)> {
        let output = self.program(&["--version"]).output().ok()?;
        parse(&String::from_utf8_lossy(&output.stdout))
    }

    /// Sets a value in the repository's own configuration, in place of any that are there.
    pub fn set(&self, name: &str, value: &str) -> Result<()> {
        self.configure(&["config", "--local", "--replace-all", name, value])
    }

    /// Removes a section of the repository's own configuration.
    pub fn remove_section(&self, section: &str) -> Result<()> {
        self.configure(&["config", "--local", "--remove-section", section])
    }

    fn configure(&self, args: &[&str]) -> Result<()> {
        let failed = |why: String| {
            Error::new(ErrorKind::Config, format!("write git's configuration: {why}"))
                .with_hint("check that the repository's `config` file can be written, and that no `config.lock` is left")
        };
        let output = self.program(args).output().map_err(|error| failed(error.to_string()))?;
        if output.status.success() {
            return Ok(());
        }
        Err(failed(ci::untrusted::line(String::from_utf8_lossy(&output.stderr).trim())))
    }

    /// What git says of this work tree; none when there is no git, or it will not say.
    pub(super) fn answer(&self, args: &[&str]) -> Option<String> {
        let mut git_dir = OsString::from("--git-dir=");
        git_dir.push(self.repository.path());
        let mut command = Command::new("git");
        command.current_dir(self.root()).arg(git_dir).args(args);
        let output = command.output().ok().filter(|output| output.status.success())?;
        String::from_utf8(output.stdout).ok()
    }

    /// For the git directory that all work trees share, whatever the environment says.
    fn program(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(self.repository.commondir()).arg("--git-dir=.").args(args);
        command
    }
}

/// Where the git program looks for a repository's hooks, and where they are when nothing is configured; for one that
/// cannot be opened here. None when git cannot open it either.
pub fn hooks_by_git(path: &Path) -> Option<[PathBuf; 2]> {
    let mut command = Command::new("git");
    command.current_dir(path).args(["rev-parse", "--git-path", "hooks", "--git-common-dir"]);
    let output = command.output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut lines = text.lines();
    let (configured, common) = (lines.next()?, lines.next()?);
    Some([path.join(configured), path.join(common).join("hooks")])
}

/// Removes a section of such a repository's own configuration; says whether there was one.
pub fn remove_section_by_git(path: &Path, section: &str) -> bool {
    let mut command = Command::new("git");
    command.current_dir(path).args(["config", "--local", "--remove-section", section]);
    command.output().is_ok_and(|output| output.status.success())
}

fn parse(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().strip_prefix("git version ")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn versions_are_read() {
        assert_eq!(parse("git version 2.47.3\n"), Some((2, 47)));
        assert_eq!(parse("git version 2.54.0.windows.1"), Some((2, 54)));
        assert_eq!(parse("git version 2.39.5 (Apple Git-154)"), Some((2, 39)));
        assert_eq!(parse("hub version 2"), None);
        assert_eq!(parse(""), None);
    }
}
