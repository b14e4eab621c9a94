//! Fetching the history that a shallow clone left out.
//!
//! libgit2 is built without network protocols, so git does this. It does it in a repository of its own whose
//! configuration is written here, for a clone's `.git/config` can name programs to be run (an ssh command, a hook's folder,
//! a helper): of that file only values are read, by libgit2, which runs none. What comes in is commits, asked for by
//! their names, which git checks by their hashes.

use super::{Git, between::Between};
use crate::forge::Pages;
use backend::{Error, ErrorKind, Result};
use ci::Env;
use git2::Config;
use std::{
    hash::{BuildHasher as _, RandomState},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};
use tokio::time::Instant;

/// How many commits below each end are asked for, one try after the other; then all of them.
const DEPTHS: [Option<u32>; 3] = [Some(200), Some(2000), None];

/// Variables of the environment that git may see: how to reach the remote, and nothing that names a program to it but
/// the user's own ssh.
const PASSED_ON: &[&str] = &[
    "PATH",
    "SSH_AUTH_SOCK",
    "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO",
    "SSL_CERT_FILE",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "no_proxy",
    "NO_PROXY",
    "SystemRoot",
    "TEMP",
];

/// What a fetch may take and see.
pub struct Deepening<'a> {
    /// The environment of the run.
    pub env: &'a Env,
    /// When the run ends.
    pub deadline: Instant,
    /// True when the files that commits change are asked for as well.
    pub with_trees: bool,
}

/// The two ends of a pull request, each the full name of a commit or a branch of the remote.
#[derive(Debug, Clone, Copy)]
pub struct Ends<'a> {
    /// What it is compared with.
    pub base: &'a str,
    /// What it brings.
    pub head: &'a str,
}

/// A repository with more history than the clone, gone with the value.
pub struct Deepened {
    folder: PathBuf,
    /// The commits between the ends.
    pub between: Between,
    /// The repository.
    pub git: Git,
}

const BASE: &str = "refs/ends/base";
const HEAD: &str = "refs/ends/head";

impl Deepened {
    /// The ends, by their names in this repository.
    pub fn ends(&self) -> Ends<'static> {
        Ends { base: BASE, head: HEAD }
    }
}

impl Drop for Deepened {
    fn drop(&mut self) {
        // A folder that cannot be removed is inside the git directory and in nobody's way.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Git {
    /// Fetches the history between two ends from the clone's remote, deeper and deeper, until it is whole or all is
    /// there that the remote has.
    pub fn deepen(&self, ends: Ends<'_>, how: &Deepening<'_>, pages: &Pages) -> Result<Deepened> {
        let url = self
            .remote()
            .filter(|url| is_fetchable(url))
            .ok_or_else(|| cannot("the clone has no remote that history can be fetched from"))?;
        let nonce = RandomState::new().hash_one(ends.head);
        let folder = self.state_folder().join(format!("history-{nonce:016x}"));
        let git = start(&folder, how)?;
        let mut deepened = Deepened { folder, between: Between::default(), git };
        for depth in DEPTHS {
            self.prepare(&deepened.folder, &url)?;
            fetch(&deepened.folder, ends, depth, how)?;
            deepened.git = reopened(&deepened.folder)?;
            deepened.between = deepened.git.between(BASE, HEAD, pages)?;
            if deepened.between.missing.is_none() {
                break;
            }
        }
        Ok(deepened)
    }

    /// Writes the remote and, where the clone keeps one for it, the header that opens it.
    fn prepare(&self, folder: &Path, url: &str) -> Result<()> {
        let write = || {
            let mut config = Config::open(&folder.join("config"))?;
            config.set_str("remote.origin.url", url)?;
            if let Some((name, header)) = self.extra_header(url) {
                config.set_str(&name, &header)?;
            }
            Ok(())
        };
        write().map_err(|error: git2::Error| cannot(error.message()))
    }

    /// The header that a CI host's checkout leaves for the remote's own address.
    fn extra_header(&self, url: &str) -> Option<(String, String)> {
        let url = url::Url::parse(url).ok().filter(|url| url.scheme() == "https")?;
        let name = format!("http.{}/.extraheader", url.origin().ascii_serialization());
        let config = self.repository.config().ok()?.snapshot().ok()?;
        let header = config.get_str(&name).ok()?.to_owned();
        Some((name, header))
    }
}

/// Addresses that git may be sent to: no helper's `name::address`, and no option.
fn is_fetchable(url: &str) -> bool {
    let is_path = Path::new(url).is_absolute();
    let schemes = ["https://", "ssh://", "file://"];
    let is_scp_form = url.split_once(':').is_some_and(|(host, path)| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "@._-".contains(c);
        !host.is_empty()
            && !host.starts_with('-')
            && host.chars().all(plain)
            && !path.starts_with(':')
    });
    let is_scheme = schemes.iter().any(|scheme| {
        url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('-'))
    });
    is_path || is_scheme || (is_scp_form && !url.contains("://"))
}

fn start(folder: &Path, how: &Deepening<'_>) -> Result<Git> {
    std::fs::create_dir_all(folder).map_err(|error| cannot(&error.to_string()))?;
    let mut init = git(folder, how);
    init.args(["init", "--quiet", "--bare", "--template="]);
    run(init, how)?;
    reopened(folder)
}

/// Opens the fetched repository without the marks of a partial clone, which libgit2 does not know. Nothing that is left
/// out is read.
fn reopened(folder: &Path) -> Result<Git> {
    let plain = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n";
    std::fs::write(folder.join("config"), plain).map_err(|error| cannot(&error.to_string()))?;
    Git::open_apart(folder)
}

fn fetch(folder: &Path, ends: Ends<'_>, depth: Option<u32>, how: &Deepening<'_>) -> Result<()> {
    let mut command = git(folder, how);
    command.args(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--force"]);
    command.arg(if how.with_trees { "--filter=blob:none" } else { "--filter=tree:0" });
    match depth {
        Some(depth) => command.arg(format!("--depth={depth}")),
        None => command.arg("--unshallow"),
    };
    command.args(["origin", &refspec(ends.base, BASE)?, &refspec(ends.head, HEAD)?]);
    run(command, how)
}

/// Where an end is kept. A branch's name can come from anybody.
fn refspec(end: &str, kept: &str) -> Result<String> {
    if end.len() >= 40 && end.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(format!("{end}:{kept}"));
    }
    let branch = format!("refs/heads/{end}");
    if !git2::Reference::is_valid_name(&branch) {
        return Err(cannot("the branch that is asked for has no name of a branch"));
    }
    Ok(format!("{branch}:{kept}"))
}

/// git, with a scrubbed environment and no configuration but the folder's.
fn git(folder: &Path, how: &Deepening<'_>) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder).env_clear();
    for name in PASSED_ON {
        if let Some(value) = how.env.get(name) {
            command.env(name, value);
        }
    }
    let nothing = if cfg!(windows) { "NUL" } else { "/dev/null" };
    command
        .env("GIT_DIR", folder)
        .env("GIT_CONFIG_GLOBAL", nothing)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_ALLOW_PROTOCOL", "file:https:ssh")
        .env("GIT_SSH_VARIANT", "ssh")
        .env("LC_ALL", "C")
        .args([
            "-c",
            &format!("core.hooksPath={nothing}"),
            "-c",
            "core.askPass=",
            "-c",
            "gc.auto=0",
        ]);
    command
}

/// Runs git to its end, or to the end of the run.
fn run(mut command: Command, how: &Deepening<'_>) -> Result<()> {
    let pipes = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child =
        pipes.spawn().map_err(|error| cannot(&format!("git does not start: {error}")))?;
    let stderr = child.stderr.take();
    let reader = std::thread::spawn(move || {
        let mut said = Vec::new();
        // What cannot be read is not said.
        let _ = stderr.map(|mut pipe| std::io::Read::read_to_end(&mut pipe, &mut said));
        String::from_utf8_lossy(&said).into_owned()
    });
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < how.deadline => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(cannot("it took longer than the run may take"));
            }
            Err(error) => return Err(cannot(&error.to_string())),
        }
    };
    let said = reader.join().unwrap_or_default();
    if status.success() {
        return Ok(());
    }
    Err(cannot(&reason(&said)))
}

/// What git says up to its last word, which is the reason, with what it says before, which may be a better one. It goes on
/// with advice, and other programs and servers say things in between.
fn reason(said: &str) -> String {
    const ASIDES: [&str; 4] = ["warning:", "hint:", "remote:", "@"];
    let end = said.lines().position(|line| line.starts_with("fatal:"));
    let is_aside = |line: &&str| {
        let line = line.to_ascii_lowercase();
        line.is_empty() || ASIDES.iter().any(|aside| line.starts_with(aside))
    };
    let lines = said.lines().take(end.map_or(usize::MAX, |at| at + 1)).map(str::trim);
    let lines: Vec<&str> = lines.filter(|line| !is_aside(line)).collect();
    let newest = lines.len().saturating_sub(2);
    let reason: String = lines[newest..].join("; ").chars().take(LONGEST_REASON).collect();
    if reason.is_empty() { "git fetch failed".to_owned() } else { reason }
}

/// Longest reason of git's that is repeated, in characters.
const LONGEST_REASON: usize = 300;

fn cannot(why: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("fetch the missing history: {why}")).with_hint(
        "check out the whole history, with `fetch-depth: 0` or `GIT_DEPTH: 0`, and run again",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_s_reason_is_told_without_its_advice() {
        let check = |said: &str, expected: &str| assert_eq!(reason(said), expected);
        let advice =
            "\nPlease make sure you have the correct access rights\nand the repository exists.\n";
        check(
            &format!("warning: x\nnobody: Permission denied\nfatal: Could not read\n{advice}"),
            "nobody: Permission denied; fatal: Could not read",
        );
        check(
            "@@@@\nWarning: added\na banner\nanother\nremote: hello\nfatal: no\n",
            "another; fatal: no",
        );
        check(&format!("fatal: {}\n", "x".repeat(9000)), &format!("fatal: {}", "x".repeat(293)));
        check("error: no such ref\n", "error: no such ref");
        check("\n \n", "git fetch failed");
    }

    #[test]
    fn git_is_sent_to_addresses_only() {
        for good in [
            "https://github.com/acme/shop.git",
            "ssh://git@github.com/acme/shop",
            "git@github.com:acme/shop.git",
            "file:///srv/git/shop",
            "/srv/git/shop",
        ] {
            assert!(is_fetchable(good), "{good}");
        }
        for bad in [
            "ext::sh -c id",
            "--upload-pack=id",
            "-oProxyCommand=id:x",
            "ssh://-oProxyCommand=id/x",
            "http://github.com/acme/shop",
            "git://github.com/acme/shop",
            "../shop",
            "",
        ] {
            assert!(!is_fetchable(bad), "{bad}");
        }
    }

    #[test]
    fn a_branch_s_name_is_nothing_else() {
        assert_eq!(refspec("main", BASE).unwrap(), "refs/heads/main:refs/ends/base");
        for bad in ["a:b", "a..b", "a b", "*", "", "a^{}"] {
            assert!(refspec(bad, BASE).is_err(), "{bad}");
        }
    }
}
