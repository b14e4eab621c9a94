//! `install-hooks` and `uninstall-hooks`: into the repository that they are run in, beside what is there.

mod file;
mod manager;
mod script;

use crate::HooksArgs;
use app::{
    Report, Result, Session,
    git::{Git, hooks_by_git, quoted, remove_section_by_git},
    untrusted,
};
use backend::{Error, ErrorKind};
use clap::ValueEnum;
use serde_json::json;
use std::path::PathBuf;

/// A hook that link-commit knows to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Hook {
    /// Checks a message.
    CommitMsg,
    /// Puts the branch's item into a message.
    PrepareCommitMsg,
    /// Checks what is pushed.
    PrePush,
}

impl Hook {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::CommitMsg, Self::PrepareCommitMsg, Self::PrePush];

    /// Git's name for it.
    fn name(self) -> &'static str {
        match self {
            Self::CommitMsg => "commit-msg",
            Self::PrepareCommitMsg => "prepare-commit-msg",
            Self::PrePush => "pre-push",
        }
    }

    /// The command that does its work.
    fn command(self) -> &'static str {
        match self {
            Self::CommitMsg => "check",
            Self::PrepareCommitMsg => "prepare",
            Self::PrePush => "pre-push",
        }
    }

    /// Its section of git's configuration.
    fn section(self) -> String {
        format!("hook.link-commit-{}", self.name())
    }
}

impl std::fmt::Display for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The git that runs hooks from its configuration: beside those in the folder, whoever manages that.
const CONFIGURED_HOOKS: (u32, u32) = (2, 54);

/// What was done with a hook.
struct Done {
    hook: Hook,
    outcome: &'static str,
    place: String,
}

/// Installs the hooks; a second time changes nothing.
pub(crate) fn install(args: &HooksArgs, session: &mut Session) -> Result<Report> {
    let git = with_work_tree(args, session)?;
    let binary = std::env::current_exe().map_err(|error| {
        Error::new(ErrorKind::Config, format!("find the path of link-commit itself: {error}"))
            .with_hint("run it by its full path")
    })?;
    let binary = script::path_of(&binary);
    let done = if git.version().is_some_and(|version| version >= CONFIGURED_HOOKS) {
        let each = args.hooks.iter().map(|hook| configure(&git, *hook, &binary, session));
        each.collect::<Result<Vec<Done>>>()?
    } else {
        write_files(&git, &args.hooks, &binary, session)?
    };
    Ok(report(&done, session))
}

/// Takes the hooks away, wherever they were installed; what was there before is there again.
pub(crate) fn uninstall(args: &HooksArgs, session: &mut Session) -> Result<Report> {
    if let Err(error) = session.git(&args.repository) {
        // No hook is to be there for ever because its repository changed.
        let folders = hooks_by_git(&args.repository).ok_or(error)?;
        return uninstall_by_git(args, &folders, session);
    }
    let git = with_work_tree(args, session)?;
    let folders = [git.hooks_folder(&session.env).path, git.default_hooks()];
    let dry = session.common.dry_run;
    let mut done = Vec::new();
    for hook in args.hooks.iter().copied() {
        let mut of_hook = file::remove_all(&folders, hook, dry)?;
        if git.has_section(&hook.section()) {
            if !dry {
                git.remove_section(&hook.section())?;
            }
            of_hook.retain(|it| it.outcome != file::ABSENT);
            let place = place_of(hook);
            of_hook.push(Done { hook, outcome: file::REMOVED, place });
        }
        done.extend(of_hook);
    }
    Ok(with_warnings(&done, session))
}

/// The same in a repository that only git itself can read.
fn uninstall_by_git(args: &HooksArgs, folders: &[PathBuf], session: &Session) -> Result<Report> {
    let dry = session.common.dry_run;
    let mut done = Vec::new();
    for hook in args.hooks.iter().copied() {
        done.extend(file::remove_all(folders, hook, dry)?);
        if !dry && remove_section_by_git(&args.repository, &hook.section()) {
            done.push(Done { hook, outcome: file::REMOVED, place: place_of(hook) });
        }
    }
    Ok(with_warnings(&done, session))
}

/// The report of what was taken away, and what was not.
fn with_warnings(done: &[Done], session: &Session) -> Report {
    let warnings = done.iter().filter(|it| it.outcome == file::EDITED).map(still_runs).collect();
    Report { warnings, ..report(done, session) }
}

fn still_runs(edited: &Done) -> String {
    let place = untrusted::line(&edited.place);
    format!(
        "{place} still runs link-commit: it was edited after link-commit wrote it\nhint: take what you added out of it, and delete it"
    )
}

/// Where git's configuration has a hook.
fn place_of(hook: Hook) -> String {
    format!("git's setting {}", hook.section())
}

fn with_work_tree(args: &HooksArgs, session: &Session) -> Result<Git> {
    let git = session.git(&args.repository)?;
    if git.is_bare() {
        let message =
            "use these hooks in a bare repository: nobody commits there or pushes from it";
        return Err(Error::new(ErrorKind::Config, message).with_hint(
            "install them in the clones, or ask for work items in CI, with `link-commit --require`",
        ));
    }
    Ok(git)
}

/// One section of git's own configuration. A script of ours in the folder would do everything twice.
fn configure(git: &Git, hook: Hook, binary: &str, session: &Session) -> Result<Done> {
    let folder = git.hooks_folder(&session.env).path;
    let was_there = git.has_section(&hook.section());
    file::unedited(&folder, hook)?;
    if !session.common.dry_run {
        file::remove(&folder, hook, false)?;
        git.set(&format!("{}.command", hook.section()), &script::command(hook, binary))?;
        git.set(&format!("{}.event", hook.section()), hook.name())?;
    }
    let outcome = if was_there { file::KEPT } else { file::INSTALLED };
    Ok(Done { hook, outcome, place: place_of(hook) })
}

/// One script for each hook; nothing is written unless all can be.
fn write_files(git: &Git, hooks: &[Hook], binary: &str, session: &Session) -> Result<Vec<Done>> {
    let (folder, dry) = (git.hooks_folder(&session.env), session.common.dry_run);
    if folder.is_shared {
        let configured = untrusted::line(folder.configured.as_deref().unwrap_or_default());
        let message = format!(
            "install hooks: core.hooksPath is {configured} for every repository of this account"
        );
        // A relative path would lead every work tree to a folder of its own, and a linked one to none.
        let own = std::path::absolute(git.default_hooks()).unwrap_or_else(|_| git.default_hooks());
        return Err(Error::new(ErrorKind::Config, message).with_hint(format!(
            "set it for this repository, with `git config core.hooksPath {}`, or call `link-commit check \"$1\"` from the commit-msg hook that is there",
            untrusted::line(&quoted(&script::path_of(&own)))
        )));
    }
    for hook in hooks {
        let refused = manager::of_folder(&folder, *hook);
        let refused = refused.or_else(|| manager::of_file(&folder.path.join(hook.name()), *hook));
        refused.map_or(Ok(()), Err)?;
        file::ready(&folder.path, *hook)?;
    }
    let each = hooks.iter().map(|hook| {
        let outcome = file::write(&folder.path, *hook, &script::file(*hook, binary), dry)?;
        let place = folder.path.join(hook.name()).display().to_string();
        Ok(Done { hook: *hook, outcome, place })
    });
    each.collect()
}

/// What was done, a line each; in a dry run, what would be done is in the plan.
fn report(done: &[Done], session: &Session) -> Report {
    let dry = session.common.dry_run;
    let mut text = String::new();
    for it in done {
        match it.planned().filter(|_| dry) {
            Some(planned) => session.plan.add(planned),
            None => text.push_str(&format!(
                "{:<18}  {}: {}\n",
                it.hook.name(),
                it.outcome,
                untrusted::line(&it.place)
            )),
        }
    }
    let outcome = |it: &Done| match it.planned() {
        Some(_) if dry => format!("would be {}", it.outcome),
        _ => it.outcome.to_owned(),
    };
    let hooks = done
        .iter()
        .map(|it| json!({ "hook": it.hook.name(), "outcome": outcome(it), "place": it.place }));
    let json = json!({ "version": 1, "hooks": hooks.collect::<Vec<_>>() }).into();
    Report { json, text, ..Report::default() }
}

impl Done {
    /// The deed as a sentence of a plan; none where nothing is done.
    fn planned(&self) -> Option<String> {
        let (verb, rest) = file::DEEDS.iter().find(|(outcome, _)| *outcome == self.outcome)?.1;
        Some(format!("{verb} the {} hook: {}{rest}", self.hook, self.place))
    }
}
