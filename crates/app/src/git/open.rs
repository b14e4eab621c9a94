//! Opening a repository, and what is said of one that cannot be opened.

use super::Git;
use backend::{Error, ErrorKind, Result};
use ci::untrusted;
use git2::{ErrorClass, ErrorCode, Repository, RepositoryOpenFlags};
use std::{cell::OnceCell, ffi::OsStr, path::Path};

impl Git {
    /// Opens the repository that `path` lies in; a bare one will do. Git's variables say which configuration files are
    /// read.
    pub fn open(path: &Path) -> Result<Self> {
        Self::opened(path, discover(path))
    }

    /// The same, whatever the environment says of another repository.
    pub fn open_apart(path: &Path) -> Result<Self> {
        Self::opened(path, Repository::discover(path))
    }

    /// Opens the repository that git's own variables name, as git does inside hooks.
    pub fn open_by_environment() -> Result<Self> {
        Self::opened(Path::new("$GIT_DIR"), Repository::open_from_env())
    }

    /// Opens the repository that `path` lies in, where it lies in one, for whoever can do without. One that is not to be
    /// read, or cannot be yet, is left aside with a warning. One that is broken is an error: its configuration and its
    /// tracker would silently be missed.
    pub fn open_if_there(path: &Path) -> Result<Option<Self>> {
        match discover(path) {
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) if is_left_aside(&error) => {
                let error = cannot_open(path, &error);
                let (message, hint) = (&error.message, error.hint());
                tracing::warn!(
                    "going on without the repository and its configuration file: cannot {message}; {hint}"
                );
                Ok(None)
            }
            opened => Self::opened(path, opened).map(Some),
        }
    }

    /// Whether [`Git::open_if_there`] leaves the repository aside.
    pub fn is_left_aside(path: &Path) -> bool {
        discover(path).is_err_and(|error| is_left_aside(&error))
    }

    fn opened(path: &Path, opened: Result<Repository, git2::Error>) -> Result<Self> {
        // Reading checks no object's hash, like git itself; `git fsck` is there for that, and it doubles the time.
        git2::opts::strict_hash_verification(false);
        let repository = opened.map_err(|error| cannot_open(path, &error))?;
        // `FROM_ENV` takes GIT_NAMESPACE, too, which git's own reading commands do not look at.
        repository.remove_namespace().map_err(|error| cannot_open(path, &error))?;
        let (rewritten, settings) = (OnceCell::new(), OnceCell::new());
        Ok(Self { repository, asked: shown(path), rewritten, settings })
    }
}

/// Without `FROM_ENV`, libgit2 looks for the user's configuration in its own places only.
fn discover(path: &Path) -> Result<Repository, git2::Error> {
    let flags = RepositoryOpenFlags::FROM_ENV | RepositoryOpenFlags::CROSS_FS;
    Repository::open_ext(path, flags, std::iter::empty::<&OsStr>())
}

/// Others' configuration is not to be believed, and what cannot be read is not needed by everybody.
fn is_left_aside(error: &git2::Error) -> bool {
    error.code() == ErrorCode::Owner || is_unsupported(error)
}

/// The folder as git's setting has to name it: the top of the work tree, or the git directory of a bare repository.
fn trusted(path: &Path) -> String {
    // Git compares real paths. On Windows they have a form that it does not read.
    let real = if cfg!(windows) { std::path::absolute(path) } else { path.canonicalize() };
    let real = real.unwrap_or_else(|_| path.to_owned());
    let top = real.ancestors().find(|folder| folder.join(".git").exists());
    let bare = || Repository::discover_path(&real, std::iter::empty::<&OsStr>()).ok();
    let folder = top.map(Path::to_owned).or_else(bare).unwrap_or(real);
    let folder = folder.to_string_lossy();
    folder.strip_suffix('/').unwrap_or(&folder).to_owned()
}

/// A text in a shell's quotes: nothing in it is anything but itself.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Whether git may well read it, and only libgit2 cannot: ids that are not SHA-1, references that are not files.
fn is_unsupported(error: &git2::Error) -> bool {
    let said =
        ["unsupported extension name", "unknown object format", "unsupported repository version"];
    error.class() == ErrorClass::Repository
        && said.iter().any(|said| error.message().starts_with(said))
}

/// A folder as people say it.
fn shown(path: &Path) -> String {
    if path == Path::new(".") {
        "the current folder".to_owned()
    } else {
        path.display().to_string()
    }
}

fn cannot_open(path: &Path, error: &git2::Error) -> Error {
    let folder = shown(path);
    if error.code() == ErrorCode::Owner {
        return Error::new(
            ErrorKind::NotFound,
            format!("open {folder}: it belongs to another user"),
        )
        .with_hint(format!(
            "if you trust it, run `git config --global --add safe.directory {}`",
            untrusted::line(&quoted(&trusted(path)))
        ));
    }
    if !path.exists() {
        return Error::new(ErrorKind::NotFound, format!("open {folder}: there is no such folder"))
            .with_hint("give the repository's path with --repository");
    }
    if is_unsupported(error) {
        let format = untrusted::line(error.message());
        let message = format!("open {folder}: its format is not supported yet ({format})");
        return Error::new(ErrorKind::NotFound, message).with_hint(
            "use a repository with SHA-1 ids and its references in files; hooks that are in the way: `git commit --no-verify` goes past them, `link-commit uninstall-hooks` takes them away",
        );
    }
    let (message, hint) = match error.code() {
        ErrorCode::NotFound => (
            "it is not in a git repository",
            "run inside a repository, or give its path with --repository",
        ),
        _ => (error.message(), "mend the repository: `git status` says what git makes of it"),
    };
    Error::new(ErrorKind::NotFound, format!("open {folder}: {message}")).with_hint(hint)
}
