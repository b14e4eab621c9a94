//! Settings of git, as git reads them: files from the system's to the work tree's, then what `git -c` and the
//! environment say. The last value wins.

use super::Git;
use ci::Env;
use git2::{Config, ConfigLevel};
use std::path::PathBuf;

/// Where hooks are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HooksFolder {
    /// The folder; it need not be there.
    pub path: PathBuf,
    /// What `core.hooksPath` says, where it is set.
    pub configured: Option<String>,
    /// True when that is set for more than this repository.
    pub is_shared: bool,
}

/// A value of a configuration file.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    /// In lower case, apart from the part between the dots.
    name: String,
    value: String,
    /// True when it is set for more than this repository.
    is_shared: bool,
}

/// What git calls the files that hold for one repository, or one of its work trees.
const OWN_SCOPES: [&str; 2] = ["local", "worktree"];

/// A condition of git's that libgit2 does not know: it passes over the file that is included.
const UNKNOWN_CONDITION: &str = "includeif.hasconfig:";

impl Git {
    /// The value of a setting that has one of these names, in lower case; of several the last one counts.
    pub fn setting(&self, names: &[&str], env: &Env) -> Option<String> {
        let given = given(env).into_iter().rfind(|(name, _)| names.contains(&name.as_str()));
        let in_files = || self.in_files(names, env).map(|setting| setting.value.clone());
        given.map(|(_, value)| value).or_else(in_files)
    }

    /// The last value in the configuration files.
    fn in_files(&self, names: &[&str], env: &Env) -> Option<&Setting> {
        let all = self.settings.get_or_init(|| {
            let read = self.read_files(env).unwrap_or_default();
            // Only then is another process worth its time.
            let is_in_part = read.iter().any(|it| it.name.starts_with(UNKNOWN_CONDITION));
            is_in_part.then(|| self.settings_by_git()).flatten().unwrap_or(read)
        });
        all.iter().rfind(|setting| names.contains(&setting.name.as_str()))
    }

    /// The files as libgit2 reads them. The levels are put in order here: the order that libgit2 walks them in is not
    /// documented.
    fn read_files(&self, env: &Env) -> Option<Vec<Setting>> {
        let config = self.repository.config().ok()?;
        let mut found = Vec::new();
        let mut entries = config.entries(None).ok()?;
        while let Some(Ok(entry)) = entries.next() {
            let level = entry.level();
            if !is_replaced(level, env) {
                let name = entry.name().unwrap_or_default().to_owned();
                let value =
                    if entry.has_value() { entry.value().unwrap_or_default() } else { "true" };
                let is_shared = !matches!(level, ConfigLevel::Local | ConfigLevel::Worktree);
                found.push((rank(level), Setting { name, value: value.to_owned(), is_shared }));
            }
        }
        found.sort_by_key(|(rank, _)| *rank);
        Some(found.into_iter().map(|(_, setting)| setting).collect())
    }

    /// The files as git itself reads them.
    fn settings_by_git(&self) -> Option<Vec<Setting>> {
        let listed = self.answer(&["config", "--null", "--list", "--show-scope"])?;
        let mut parts = listed.split('\0');
        let mut found = Vec::new();
        while let (Some(scope), Some(line)) = (parts.next(), parts.next()) {
            let (name, value) = line.split_once('\n').unwrap_or((line, "true"));
            let is_shared = !OWN_SCOPES.contains(&scope);
            let (name, value) = (name.to_owned(), value.to_owned());
            // What the command line says is read from the environment.
            if scope != "command" {
                found.push(Setting { name, value, is_shared });
            }
        }
        Some(found)
    }

    /// Where git looks for this repository's hooks; all work trees share them, unless a relative path says otherwise.
    pub fn hooks_folder(&self, env: &Env) -> HooksFolder {
        const NAME: &str = "core.hookspath";
        let given = given(env).into_iter().rfind(|(name, _)| name == NAME);
        let given = given.map(|(_, value)| (value, true));
        let in_files = || self.in_files(&[NAME], env).map(|it| (it.value.clone(), it.is_shared));
        let (configured, is_shared) = given.or_else(in_files).unwrap_or_default();
        if configured.is_empty() {
            return HooksFolder { path: self.default_hooks(), configured: None, is_shared: false };
        }
        // Git has ways to write a path that are its own, such as `~somebody`.
        let by_git = self.answer(&["rev-parse", "--git-path", "hooks"]);
        let path = by_git.map(|path| PathBuf::from(path.trim_end_matches(['\r', '\n'])));
        let path = self.root().join(path.unwrap_or_else(|| expanded(&configured, env)));
        HooksFolder { path, configured: Some(configured), is_shared }
    }

    /// Where hooks are when nothing else is configured.
    pub fn default_hooks(&self) -> PathBuf {
        self.repository.commondir().join("hooks")
    }

    /// Whether this repository's own configuration has a section, such as `hook.name`.
    pub fn has_section(&self, section: &str) -> bool {
        let open = || Config::open(&self.repository.commondir().join("config"));
        let Ok(config) = open() else { return false };
        let Ok(mut entries) = config.entries(None) else { return false };
        while let Some(Ok(entry)) = entries.next() {
            let name = entry.name().unwrap_or_default();
            if name.strip_prefix(section).is_some_and(|rest| rest.starts_with('.')) {
                return true;
            }
        }
        false
    }

    /// True when the repository has no work tree.
    pub fn is_bare(&self) -> bool {
        self.repository.is_bare()
    }
}

/// Whether git reads another file in the place of this level's. (libgit2 takes an empty name for none at all.)
fn is_replaced(level: ConfigLevel, env: &Env) -> bool {
    match level {
        ConfigLevel::XDG => env.contains("GIT_CONFIG_GLOBAL"),
        ConfigLevel::Global => {
            env.contains("GIT_CONFIG_GLOBAL") && env.get("GIT_CONFIG_GLOBAL").is_none()
        }
        _ => false,
    }
}

/// A path with the user's home in the place of `~`.
fn expanded(path: &str, env: &Env) -> PathBuf {
    let home = || env.get("HOME").or_else(|| env.get("USERPROFILE"));
    match path.strip_prefix("~/").zip(home()) {
        Some((below, home)) => PathBuf::from(home).join(below),
        None => PathBuf::from(path),
    }
}

fn rank(level: ConfigLevel) -> u8 {
    match level {
        ConfigLevel::ProgramData => 0,
        ConfigLevel::System => 1,
        ConfigLevel::XDG => 2,
        ConfigLevel::Global => 3,
        ConfigLevel::Local => 4,
        ConfigLevel::Worktree => 5,
        _ => 6,
    }
}

/// What the environment says, in git's order: numbered variables, then what `git -c` hands on to hooks.
fn given(env: &Env) -> Vec<(String, String)> {
    let count = env.get("GIT_CONFIG_COUNT").and_then(|count| count.parse().ok()).unwrap_or(0_u16);
    let numbered = (0..count).filter_map(|n| {
        let name = env.get(&format!("GIT_CONFIG_KEY_{n}"))?;
        let value = env.get(&format!("GIT_CONFIG_VALUE_{n}")).unwrap_or_default();
        Some((name.to_owned(), value.to_owned()))
    });
    let given = numbered.chain(parameters(env.get("GIT_CONFIG_PARAMETERS").unwrap_or_default()));
    given.map(|(name, value)| (lower(&name), value)).collect()
}

/// Section and key are the same in any case; what stands between them is not.
fn lower(name: &str) -> String {
    match (name.split_once('.'), name.rsplit_once('.')) {
        (Some((section, _)), Some((middle, key))) => {
            let middle = middle.get(section.len()..).unwrap_or_default();
            format!("{}{middle}.{}", section.to_lowercase(), key.to_lowercase())
        }
        _ => name.to_lowercase(),
    }
}

/// `'name'='value'` for each setting, or `'name=value'` as an older git writes it.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some((name, after)) = unquoted(rest) {
        rest = after.trim_start();
        if let Some((value, after)) = after.strip_prefix('=').and_then(unquoted) {
            rest = after.trim_start();
            found.push((name, value));
        } else if let Some((name, value)) = name.split_once('=') {
            found.push((name.to_owned(), value.to_owned()));
        } else {
            found.push((name, "true".to_owned()));
        }
    }
    found
}

/// A text in the quotes of a shell, and what follows it. `'` and `!` stand outside the quotes, behind a backslash.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('\'')?;
    let mut out = String::new();
    loop {
        let (part, after) = rest.split_once('\'')?;
        out.push_str(part);
        let escaped = ["\\''", "\\!'"].into_iter().find(|escaped| after.starts_with(escaped));
        let Some(escaped) = escaped else { return Some((out, after)) };
        out.push_str(&escaped[1..2]);
        rest = &after[escaped.len()..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(variables: &[(&str, &str)], expected: &[(&str, &str)]) {
        let env: Env = variables.iter().copied().collect();
        let found = given(&env);
        let found: Vec<_> = found.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(found, expected, "{variables:?}");
    }

    #[test]
    fn settings_of_one_command_are_read_as_git_hands_them_on() {
        check(&[], &[]);
        let git = |text| [("GIT_CONFIG_PARAMETERS", text)];
        check(&git("'core.commentChar'=';'"), &[("core.commentchar", ";")]);
        check(
            &git("'Core.X=a b' 'hook.My Own.Command'='c'"),
            &[("core.x", "a b"), ("hook.My Own.command", "c")],
        );
        check(&git("'a.b'='it'\\''s'\\!'' 'c.d'"), &[("a.b", "it's!"), ("c.d", "true")]);
        check(&git("'a.b'='x"), &[("a.b", "true")]);
        check(&git("no quotes"), &[]);
    }

    #[test]
    fn numbered_variables_come_before_the_command_s_own() {
        let variables = [
            ("GIT_CONFIG_COUNT", "2"),
            ("GIT_CONFIG_KEY_0", "core.commentChar"),
            ("GIT_CONFIG_VALUE_0", "%"),
            ("GIT_CONFIG_KEY_1", "a.b"),
            ("GIT_CONFIG_PARAMETERS", "'c.d'='1'"),
        ];
        check(&variables, &[("core.commentchar", "%"), ("a.b", ""), ("c.d", "1")]);
    }
}
