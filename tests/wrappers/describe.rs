//! What an action or a task takes and hands on, read from the command line's own tables.

use backend::platform;
use clap::{Arg, ArgAction, Command};

/// A binary as a runner sees it.
pub(crate) struct Described {
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) inputs: Vec<Input>,
    pub(crate) outputs: &'static [(&'static str, &'static str)],
}

/// One input.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Input {
    /// Kebab case.
    pub(crate) name: String,
    pub(crate) help: String,
    pub(crate) kind: Kind,
    pub(crate) group: Group,
}

/// What an input may be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Text,
    /// One value a line.
    Lines,
    Flag,
    /// One of several words, with the one that is taken when nothing is said.
    Choice {
        words: Vec<String>,
        default: Option<String>,
    },
}

/// Where an input comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    Command,
    Tracker,
    Wrapper,
}

/// Options for somebody at a terminal; a runner has neither keyboard nor colours to choose.
const FOR_A_TERMINAL: &[&str] = &["help", "version", "color", "stdin"];

/// Commands for somebody's own clone: a runner makes no commits, and its clone is thrown away.
const FOR_A_CLONE: &[&str] = &["check", "prepare", "pre-push", "install-hooks", "uninstall-hooks"];

/// Reads a command line. `default_command` is what happens without a subcommand, where that is possible.
pub(crate) fn describe(
    mut command: Command,
    default_command: Option<&str>,
    outputs: &'static [(&'static str, &'static str)],
) -> Described {
    command.build();
    let has_commands = subcommands(&command).next().is_some();
    let mut inputs = Vec::new();
    inputs.extend(has_commands.then(|| command_input(&command, default_command)));
    inputs.extend(option_inputs(&command, default_command));
    inputs.extend(tracker_inputs());
    inputs.extend(wrapper_inputs());
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    Described { name: command.get_name().to_owned(), about: sentence(&about), inputs, outputs }
}

fn command_input(command: &Command, default: Option<&str>) -> Input {
    let others = subcommands(command).map(Command::get_name).filter(|name| Some(*name) != default);
    let words = default.into_iter().chain(others);
    let words = words.map(str::to_owned).collect();
    let kind = Kind::Choice { words, default: default.map(str::to_owned) };
    Input {
        name: "command".to_owned(),
        help: "What to do.".to_owned(),
        kind,
        group: Group::Command,
    }
}

fn subcommands(command: &Command) -> impl Iterator<Item = &Command> {
    let is_for_a_runner = |command: &&Command| {
        command.get_name() != "help" && !FOR_A_CLONE.contains(&command.get_name())
    };
    command.get_subcommands().filter(is_for_a_runner)
}

/// The options of all subcommands, each once, with the subcommands that it is for.
fn option_inputs(command: &Command, default: Option<&str>) -> Vec<Input> {
    let own = command.get_arguments().filter(|arg| !arg.is_global_set()).map(|arg| (arg, default));
    let of_subcommands = subcommands(command).flat_map(|subcommand| {
        let args = subcommand.get_arguments().filter(|arg| !arg.is_global_set());
        args.map(|arg| (arg, Some(subcommand.get_name())))
    });
    let global = command.get_arguments().filter(|arg| arg.is_global_set()).map(|arg| (arg, None));
    let mut found: Vec<(Input, Vec<&str>)> = Vec::new();
    for (arg, user) in own.chain(of_subcommands).chain(global) {
        let input = option_input(arg);
        if FOR_A_TERMINAL.contains(&input.name.as_str()) {
            continue;
        }
        match found.iter_mut().find(|(known, _)| known.name == input.name) {
            // What happens without a subcommand may have one of its own as well.
            Some((_, users)) => users.extend(user.filter(|user| !users.contains(user))),
            None => found.push((input, user.into_iter().collect())),
        }
    }
    let others = subcommands(command).filter(|it| Some(it.get_name()) != default).count();
    let all = others + usize::from(default.is_some());
    let named = |(input, users): (Input, Vec<&str>)| match users.len() {
        0 => input,
        some if some == all => input,
        _ => Input { help: format!("{} For {}.", input.help, users.join(", ")), ..input },
    };
    found.into_iter().map(named).collect()
}

fn option_input(arg: &Arg) -> Input {
    let help = sentence(&arg.get_help().map(ToString::to_string).unwrap_or_default());
    let (kind, help) = match arg.get_action() {
        ArgAction::SetTrue => (Kind::Flag, help),
        ArgAction::Count => (Kind::Text, format!("{help} `1` or `2`.")),
        ArgAction::Append if arg.get_value_delimiter().is_none() => {
            (Kind::Lines, format!("{} One a line.", help.replace(" Repeatable.", "")))
        }
        _ => (Kind::Text, help),
    };
    let name = arg.get_long().unwrap_or(arg.get_id().as_str()).to_owned();
    Input { name, help: format!("{help}{}", default_of(arg)), kind, group: Group::Command }
}

/// Said, not set: an input that is set wins over the environment and the configuration file.
fn default_of(arg: &Arg) -> String {
    let values: Vec<_> =
        arg.get_default_values().iter().filter_map(|value| value.to_str()).collect();
    let is_switch = matches!(arg.get_action(), ArgAction::SetTrue | ArgAction::Count);
    if values.is_empty() || is_switch {
        String::new()
    } else {
        format!(" Default: `{}`.", values.join(","))
    }
}

fn tracker_inputs() -> impl Iterator<Item = Input> {
    platform::rows().flat_map(|platform| {
        platform.settings.iter().map(|setting| {
            let secret = if setting.secret { " Secret." } else { "" };
            let help =
                format!("{} For platform {}.{secret}", sentence(setting.help), platform.name);
            Input { name: setting.input_name(), help, kind: Kind::Text, group: Group::Tracker }
        })
    })
}

/// The inputs that `actions/run.cjs` reads itself.
fn wrapper_inputs() -> [Input; 2] {
    let input = |name: &str, help: &str, kind| Input {
        name: name.to_owned(),
        help: help.to_owned(),
        kind,
        group: Group::Wrapper,
    };
    let path = "Binary to start, or its folder (default: the same version on PATH, in the tool cache, or packed beside the task).";
    let build = "Build the binary from the action's own source when there is none; needs Rust and a C compiler.";
    [input("binary-path", path, Kind::Text), input("allow-build", build, Kind::Flag)]
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}
