//! The program of a plugin: found, started, listened to and ended; and the other side, being one.

use super::{
    NAME_RULE, PROGRAM_PREFIX,
    client::LONGEST_TEXT,
    desk::Fault,
    line::{Line, Lines},
    protocol::Config,
    serve,
};
use crate::{
    error::{Error, ErrorKind, Result},
    http::{self, Wire},
    secret::Redactor,
    tracker::{Metadata, Tracker},
};
use std::{
    ffi::{OsStr, OsString},
    io,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    task::JoinHandle,
    time::{sleep, timeout},
};

/// How long a plugin has to end after its input ended; one that only answers requests needs no more.
const GRACE: Duration = Duration::from_millis(500);

/// How long a pause is between two looks at whether a process ended.
const LOOK: Duration = Duration::from_millis(2);

/// How long a pause is between two looks while it should run.
const WATCH: Duration = Duration::from_millis(50);

/// Longest line of a plugin's standard error that is read as one, in bytes.
const LONGEST_NOTE: usize = 64 * 1024;

/// How many lines of a plugin's standard error are logged; the rest is read and dropped.
const MOST_NOTES: usize = 1_000;

/// What a program may be called on Windows, which starts nothing without an extension.
const EXTENSIONS: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat"] } else { &[""] };

/// A program, and the arguments that it is started with.
#[derive(Debug, Clone)]
pub struct Program {
    path: PathBuf,
    arguments: Vec<OsString>,
}

impl Program {
    /// The program at an absolute path: plugins run in another folder than we do.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), arguments: Vec::new() }
    }

    /// The same program, with arguments. They are seen by every process of the machine: no place for secrets.
    #[must_use]
    pub fn with_arguments<S: Into<OsString>>(
        mut self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Self {
        self.arguments = arguments.into_iter().map(Into::into).collect();
        self
    }

    /// The program of the plugin of this name: `tracker-NAME` in a folder of PATH. Relative folders are passed over:
    /// the current folder may be a work tree that somebody else wrote.
    pub fn find(name: &str, search_path: Option<&OsStr>) -> Result<Self> {
        let folders: Vec<PathBuf> = search_path
            .map(|path| std::env::split_paths(path).filter(|folder| folder.is_absolute()).collect())
            .unwrap_or_default();
        let file = format!("{PROGRAM_PREFIX}{name}");
        let candidates = || {
            folders.iter().flat_map(|folder| {
                EXTENSIONS.iter().map(|extension| folder.join(format!("{file}{extension}")))
            })
        };
        candidates().find(|path| is_program(path)).map(Self::at).ok_or_else(|| {
            let there = candidates().find(|path| path.is_file());
            let message =
                format!("start plugin {name}: no folder of PATH has a program {}", shown(&file));
            Error::new(ErrorKind::Config, message).with_hint(advice(&file, there, folders.len()))
        })
    }
}

fn shown(file: &str) -> String {
    format!("`{file}{}`", EXTENSIONS[0])
}

fn advice(file: &str, there: Option<PathBuf>, folders: usize) -> String {
    match there {
        Some(path) => format!("make {0} executable: chmod +x {0}", path.display()),
        None if folders == 0 => {
            format!("set PATH to absolute folders, one of which has {}", shown(file))
        }
        None => format!(
            "install {} into one of the {folders} absolute folders of PATH, or name another plugin (a name is {NAME_RULE})",
            shown(file)
        ),
    }
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// A plugin's program while it runs.
pub(super) struct Process {
    child: Mutex<Child>,
    notes: Arc<Notes>,
    listener: Mutex<Option<JoinHandle<()>>>,
}

/// What a plugin says on standard error.
struct Notes {
    title: String,
    redactor: Arc<Redactor>,
    last: Mutex<String>,
}

/// Starts a program with nothing but PATH and what `wire` lets through in its environment, in the root folder.
pub(super) fn start(
    program: &Program,
    wire: &Wire,
    title: &str,
    redactor: &Arc<Redactor>,
) -> Result<(Arc<Process>, ChildStdin, ChildStdout)> {
    let mut command = Command::new(&program.path);
    command.args(&program.arguments).env_clear().current_dir("/").kill_on_drop(true);
    command.envs(wire.search_path.iter().map(|path| ("PATH", path)));
    command.envs(wire.environment.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let unstartable = |reason: String| {
        let path = program.path.display();
        Error::new(ErrorKind::Config, format!("start {title}: {path}: {reason}")).with_hint(
            "check that it can be executed, and that its first line names an interpreter that is there",
        )
    };
    let mut child = command.spawn().map_err(|error| unstartable(error.to_string()))?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
        return Err(unstartable("it has no pipes".to_owned()));
    };
    let (title, redactor, last) = (title.to_owned(), Arc::clone(redactor), Mutex::default());
    let notes = Arc::new(Notes { title, redactor, last });
    let listener = Mutex::new(Some(tokio::spawn(listen(stderr, Arc::clone(&notes)))));
    Ok((Arc::new(Process { child: Mutex::new(child), notes, listener }), stdin, stdout))
}

/// Logs what a plugin writes to standard error, so much of it, and reads all of it: a full pipe would stop the plugin.
async fn listen(stderr: ChildStderr, notes: Arc<Notes>) {
    let mut lines = Lines::new(stderr, LONGEST_NOTE);
    let (mut count, mut inside) = (0, false);
    while let Ok(Some(line)) = lines.next().await {
        let (bytes, is_long) = match line {
            Line::Whole(bytes) => (bytes, false),
            Line::Long(bytes) => (bytes, true),
        };
        // Of a line that is too long only the beginning is shown: the rest may begin with half a secret.
        let is_rest = std::mem::replace(&mut inside, is_long);
        if is_rest || bytes.trim_ascii().is_empty() {
            continue;
        }
        count += 1;
        if count <= MOST_NOTES {
            notes.take(&bytes);
        } else if count == MOST_NOTES + 1 {
            tracing::info!("{} says more on standard error, which is not shown", notes.title);
        }
    }
}

impl Notes {
    fn take(&self, bytes: &[u8]) {
        let text = http::clean(&String::from_utf8_lossy(bytes), &self.redactor, LONGEST_TEXT);
        tracing::info!("{} says: {text}", self.title);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }
}

impl Process {
    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn status(&self) -> Option<ExitStatus> {
        self.child().try_wait().ok().flatten()
    }

    /// Ends the process now; whoever drops it waits for it.
    pub(super) fn kill(&self) {
        // One that ended by itself cannot be killed, which is as good.
        let _ = self.child().start_kill();
    }

    /// Returns a moment after the process ended, when all that it wrote is there to be read.
    pub(super) async fn ended(&self) {
        while self.status().is_none() {
            sleep(WATCH).await;
        }
        sleep(WATCH).await;
    }

    /// Why there is no more output: how the process ended, and the last that it said.
    pub(super) async fn farewell(&self) -> Fault {
        let ended = timeout(GRACE, async {
            loop {
                if let Some(status) = self.status() {
                    return status;
                }
                sleep(LOOK).await;
            }
        });
        let did = match ended.await {
            Ok(status) => format!("ended without an answer ({status})"),
            Err(_) => "closed its standard output".to_owned(),
        };
        let listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(listener) = listener {
            // A process of the plugin's own may keep the pipe open.
            let _ = timeout(GRACE, listener).await;
        }
        let last = self.notes.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Fault::gone(if last.is_empty() { did } else { format!("{did}; it said: {last}") })
    }

    /// Waits until the process ended, for a moment by itself and then by force, so that none is left behind. It blocks:
    /// a drop cannot do otherwise, and a plugin that minds the end of its input takes a few milliseconds.
    pub(super) fn end(&self) {
        if self.waited() {
            return;
        }
        let title = &self.notes.title;
        tracing::warn!("{title} did not end with its standard input, so it was ended by force");
        self.kill();
        self.waited();
    }

    fn waited(&self) -> bool {
        let looks = GRACE.as_millis() / LOOK.as_millis();
        (0..looks).any(|_| {
            let ended = self.status().is_some();
            if !ended {
                std::thread::sleep(LOOK);
            }
            ended
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let listener = self.listener.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(listener) = listener {
            listener.abort();
        }
    }
}

/// Makes this process a plugin: answers requests on standard input until it ends. The tracker is made by `connect`
/// from the configuration that it is sent.
pub async fn run<F>(metadata: Metadata, connect: impl FnOnce(Config) -> F) -> io::Result<()>
where
    F: Future<Output = Result<Box<dyn Tracker>>>,
{
    serve(tokio::io::stdin(), tokio::io::stdout(), metadata, connect).await
}
