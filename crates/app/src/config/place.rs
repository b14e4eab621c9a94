//! Where things are: the configuration file in a work tree, and the folder for files of our own.

use ci::Env;
use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

/// Configuration files that are looked for when none is named, below the work tree's root.
const CONFIG_FILES: [&str; 2] = ["config/plugin_config.yaml", ".devops-integrations.yaml"];

/// The configuration file of a work tree. One that this user may not look at is one: it is not passed over.
pub(crate) fn config_file(root: &Path) -> Option<PathBuf> {
    let is_there = |path: &PathBuf| match path.metadata() {
        Ok(there) => there.is_file(),
        Err(error) => error.kind() == ErrorKind::PermissionDenied,
    };
    CONFIG_FILES.iter().map(|name| root.join(name)).find(is_there)
}

/// The user's folder for files of our own; none where the environment names no place that is the user's alone.
/// A relative path would be another folder for every folder that a run starts in.
pub(crate) fn state_folder(env: &Env) -> Option<PathBuf> {
    let below = |name: &str, path: &str| {
        let folder = env.get(name).map(Path::new).filter(|folder| folder.is_absolute());
        folder.map(|folder| folder.join(path))
    };
    below("XDG_STATE_HOME", "devops-integrations")
        .or_else(|| below("LOCALAPPDATA", "devops-integrations"))
        .or_else(|| below("HOME", ".local/state/devops-integrations"))
        .or_else(|| below("USERPROFILE", ".local/state/devops-integrations"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(variables: &[(&str, &str)], expected: Option<&str>) {
        let root = std::env::temp_dir();
        let absolute = |value: &str| match value.strip_prefix('/') {
            Some(path) => root.join(path).to_string_lossy().into_owned(),
            None => value.to_owned(),
        };
        let env: Env = variables.iter().map(|(name, value)| (*name, absolute(value))).collect();
        assert_eq!(state_folder(&env), expected.map(|path| root.join(path)), "{variables:?}");
    }

    #[test]
    fn our_own_files_are_in_a_folder_of_the_users_alone() {
        let home = [("HOME", "/me"), ("USERPROFILE", "/you")];
        check(&home, Some("me/.local/state/devops-integrations"));
        check(&home[1..], Some("you/.local/state/devops-integrations"));
        let all = [("LOCALAPPDATA", "/local"), ("XDG_STATE_HOME", "/state"), home[0]];
        check(&all, Some("state/devops-integrations"));
        check(&all[..1], Some("local/devops-integrations"));
        check(&[("XDG_STATE_HOME", "here"), home[0]], Some("me/.local/state/devops-integrations"));
        check(&[], None);
    }
}
