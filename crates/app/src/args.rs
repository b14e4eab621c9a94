//! Arguments that every binary has, and how a CI host's inputs become arguments.

use ci::Host;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, ValueEnum, parser::ValueSource};
use std::{ffi::OsString, path::PathBuf};

/// Arguments of every binary.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Common options")]
pub struct Common {
    /// Tracker to use: a platform, plugin:NAME, or a name from the configuration file.
    #[arg(long, value_name = "NAME", global = true)]
    pub platform: Option<String>,
    /// Configuration file (default: config/plugin_config.yaml, then .devops-integrations.yaml, at the work tree's root).
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Read, but print writes as a plan instead of doing them.
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Print one JSON document on stdout and nothing else there.
    #[arg(long, global = true)]
    pub json: bool,
    /// Longest time for the whole run in seconds, repetitions included.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400), global = true)]
    pub deadline: u64,
    /// Log more (twice: every request).
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub verbose: u8,
    /// Print nothing but errors.
    #[arg(short, long, conflicts_with = "verbose", global = true)]
    pub quiet: bool,
    /// Colour on stderr.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto, global = true)]
    pub color: Color,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The command line, completed by the inputs of a CI host: an input named like a long option is that option, the
/// input `command` is the subcommand, an input named like a positional argument is that argument. What was typed
/// wins over an input, and over an input that it conflicts with.
pub fn with_inputs(command: &Command, typed: Vec<OsString>, host: &dyn Host) -> Vec<OsString> {
    // What was typed is read leniently first: what is missing may be among the inputs.
    let lenient =
        |args: &[OsString]| command.clone().ignore_errors(true).try_get_matches_from(args).ok();
    let Some(mut matches) = lenient(&typed) else { return typed };
    let mut args = typed;
    if matches.subcommand().is_none()
        && let Some(name) = host.input("command").filter(|_| command.has_subcommands())
    {
        // A word that is no subcommand is handed on all the same: clap refuses it, and names the nearest.
        args = inserted(args, name);
        let Some(with_command) = lenient(&args).filter(|matches| matches.subcommand().is_some())
        else {
            return args;
        };
        matches = with_command;
    }
    match matches.subcommand() {
        Some((name, matches)) => {
            completed(command.find_subcommand(name).unwrap_or(command), matches, args, host)
        }
        None => completed(command, &matches, args, host),
    }
}

/// The command line with the subcommand in front of what was typed.
fn inserted(mut args: Vec<OsString>, subcommand: String) -> Vec<OsString> {
    args.insert(1.min(args.len()), subcommand.into());
    args
}

/// The command line with every input that `command` has an argument for.
fn completed(
    command: &Command,
    typed: &ArgMatches,
    mut args: Vec<OsString>,
    host: &dyn Host,
) -> Vec<OsString> {
    let is_typed =
        |arg: &Arg| typed.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    // A conflict is declared on one of its two sides.
    let conflict = |a: &Arg, b: &Arg| {
        let declares = |a: &Arg, b: &Arg| {
            command.get_arg_conflicts_with(a).iter().any(|arg| arg.get_id() == b.get_id())
        };
        declares(a, b) || declares(b, a)
    };
    let typed: Vec<&Arg> = command.get_arguments().filter(|arg| is_typed(arg)).collect();
    let is_free = |arg: &&Arg| !is_typed(arg) && !typed.iter().any(|typed| conflict(typed, arg));
    let free: Vec<&Arg> = command.get_arguments().filter(is_free).collect();
    for (arg, long) in free.iter().filter_map(|arg| Some((arg, arg.get_long()?))) {
        args.extend(option_from_input(arg, long, host));
    }
    let positional = free.iter().filter(|arg| arg.is_positional());
    let mut values = positional.filter_map(|arg| host.input(arg.get_id().as_str())).peekable();
    if values.peek().is_some() {
        // An input that begins with a hyphen is a value all the same.
        args.push("--".into());
    }
    args.extend(values.map(OsString::from));
    args
}

fn option_from_input(arg: &Arg, long: &str, host: &dyn Host) -> Vec<OsString> {
    let Some(value) = host.input(long) else { return Vec::new() };
    match arg.get_action() {
        ArgAction::Count if value.trim() == "2" => vec![format!("--{long}").into(); 2],
        ArgAction::SetTrue | ArgAction::Count => match truth(&value) {
            Some(true) => vec![format!("--{long}").into()],
            Some(false) => Vec::new(),
            // Neither yes nor no: clap refuses the value of a switch.
            None => vec![format!("--{long}={value}").into()],
        },
        // A list is one value a line, as in other actions; an empty line is not a value.
        ArgAction::Append => value
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| format!("--{long}={}", line.trim()).into())
            .collect(),
        _ => vec![format!("--{long}={value}").into()],
    }
}

fn truth(value: &str) -> Option<bool> {
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ci::Env;

    fn command() -> Command {
        let label = Arg::new("labels").long("label").action(ArgAction::Append);
        let create = Command::new("create").arg(Arg::new("title").long("title")).arg(label);
        let get = Command::new("get").arg(Arg::new("id"));
        let json = Arg::new("json").long("json").action(ArgAction::SetTrue).global(true);
        let quiet = Arg::new("quiet").short('q').action(ArgAction::SetTrue).global(true);
        let verbose = Arg::new("verbose").long("verbose").action(ArgAction::Count).global(true);
        let args = [json, quiet.conflicts_with("json"), verbose];
        Command::new("tool").subcommands([create, get]).args(args)
    }

    fn check(typed: &str, inputs: &[(&str, &str)], expected: &str) {
        let inputs = inputs.iter().map(|(name, value)| (format!("INPUT_{name}"), *value));
        let env: Env = inputs.chain([("GITHUB_ACTIONS".to_owned(), "true")]).collect();
        let mut command = command();
        command.build();
        let typed = typed.split_whitespace().map(OsString::from).collect();
        let args = with_inputs(&command, typed, &*ci::detect(&env, None));
        let args: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
        assert_eq!(args.join(" "), expected);
    }

    #[test]
    fn inputs_complete_the_command_line() {
        check("tool", &[("COMMAND", "create"), ("TITLE", "x")], "tool create --title=x");
        check("tool create", &[("LABEL", "a\n\n b \n")], "tool create --label=a --label=b");
        check("tool", &[("COMMAND", "get"), ("ID", "--x")], "tool get -- --x");
        check("tool get A-1", &[("JSON", "true")], "tool get A-1 --json");
        check("tool get A-1", &[("JSON", "false")], "tool get A-1");
        check("tool get A-1", &[("VERBOSE", "true")], "tool get A-1 --verbose");
        check("tool get A-1", &[("VERBOSE", "2")], "tool get A-1 --verbose --verbose");
    }

    #[test]
    fn what_was_typed_wins() {
        check(
            "tool create --title=y",
            &[("TITLE", "x"), ("COMMAND", "get")],
            "tool create --title=y",
        );
        check("tool create --title y", &[("TITLE", "x")], "tool create --title y");
        check("tool get A-1", &[("ID", "B-2")], "tool get A-1");
        check("tool get --json A-1", &[("ID", "B-2")], "tool get --json A-1");
        check("tool create --title get", &[("TITLE", "x")], "tool create --title get");
        check("tool -q get A-1", &[("JSON", "true")], "tool -q get A-1");
    }

    #[test]
    fn a_mistaken_input_is_refused_and_not_ignored() {
        check("tool", &[("COMMAND", "crate"), ("TITLE", "x")], "tool crate");
        check("tool get A-1", &[("JSON", "maybe")], "tool get A-1 --json=maybe");
        let mut command = command();
        command.build();
        for args in [["tool", "crate"], ["tool", "--json=maybe"]] {
            assert!(command.clone().try_get_matches_from(args).is_err(), "{args:?}");
        }
    }
}
