//! A description as `action.yml`, as `task.json`, and as the tables of a README.

use super::describe::{Described, Group, Input, Kind};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

const NOTICE: &str = "\
# Made from the command line and the settings of the platforms; a test compares them.
# Change those, then run `UPDATE=1 cargo test -p acceptance wrappers`.
";

/// `action.yml`. Strings are written as JSON has them, which is YAML as well.
pub(crate) fn action(described: &Described) -> String {
    let mut yaml = format!(
        "{NOTICE}name: {}\ndescription: {}\ninputs:\n",
        described.name,
        quoted(&described.about)
    );
    for input in &described.inputs {
        let _ = write!(yaml, "  {}:\n    description: {}\n", input.name, quoted(&help(input)));
        let _ = match &input.kind {
            Kind::Choice { default: Some(default), .. } => writeln!(yaml, "    default: {default}"),
            Kind::Choice { default: None, .. } => writeln!(yaml, "    required: true"),
            _ => Ok(()),
        };
    }
    yaml.push_str("outputs:\n");
    for (name, meaning) in described.outputs {
        let _ = write!(yaml, "  {name}:\n    description: {}\n", quoted(meaning));
    }
    yaml.push_str("runs:\n  using: node24\n  main: index.cjs\n");
    yaml
}

fn help(input: &Input) -> String {
    match &input.kind {
        Kind::Choice { words, .. } => format!("{} One of {}.", input.help, words.join(", ")),
        Kind::Flag => format!("{} 'true' or 'false'.", input.help),
        _ => input.help.clone(),
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// `task.json`. `id` names the task for ever, whatever its name becomes.
pub(crate) fn task(described: &Described, id: &str, version: &str) -> String {
    let numbers: Vec<u64> = version.split('.').filter_map(|number| number.parse().ok()).collect();
    let handler = json!({ "target": "index.cjs" });
    let group = |name: &str, title: &str| json!({ "name": name, "displayName": title, "isExpanded": false });
    let variables = described.outputs.iter();
    let task = json!({
        "id": id,
        "name": pascal_case(&described.name),
        "friendlyName": title(&described.name),
        "description": described.about,
        "helpMarkDown": "",
        "category": "Utility",
        "visibility": ["Build", "Release"],
        "author": "devops-integrations",
        "version": { "Major": numbers[0], "Minor": numbers[1], "Patch": numbers[2] },
        "minimumAgentVersion": "4.248.0",
        "instanceNameFormat": instance_name(described),
        "groups": [group("tracker", "Tracker"), group("wrapper", "Binary")],
        "inputs": described.inputs.iter().map(task_input).collect::<Vec<_>>(),
        "outputVariables": variables.map(|(name, meaning)| json!({ "name": camel_case(name), "description": meaning })).collect::<Vec<_>>(),
        "execution": { "Node24": handler, "Node20_1": handler },
    });
    format!("{task:#}\n")
}

/// What a step is called in a pipeline.
fn instance_name(described: &Described) -> String {
    let has_commands = described.inputs.iter().any(|input| input.name == "command");
    let command = if has_commands { " $(command)" } else { "" };
    format!("{}{command}", described.name)
}

fn task_input(input: &Input) -> Value {
    let mut object = Map::new();
    object.insert("name".to_owned(), camel_case(&input.name).into());
    object.insert("type".to_owned(), task_type(&input.kind).into());
    object.insert("label".to_owned(), title(&input.name).into());
    let is_required = matches!(input.kind, Kind::Choice { default: None, .. });
    object.insert("required".to_owned(), is_required.into());
    object.insert("helpMarkDown".to_owned(), input.help.clone().into());
    match &input.kind {
        Kind::Choice { words, default } => {
            let options =
                words.iter().map(|word| (word.clone(), word.clone().into())).collect::<Map<_, _>>();
            object.insert("options".to_owned(), options.into());
            object
                .extend(default.clone().map(|default| ("defaultValue".to_owned(), default.into())));
        }
        Kind::Flag => {
            object.insert("defaultValue".to_owned(), "false".into());
        }
        Kind::Text | Kind::Lines => {}
    }
    let group = match input.group {
        Group::Command => None,
        Group::Tracker => Some("tracker"),
        Group::Wrapper => Some("wrapper"),
    };
    object.extend(group.map(|group| ("groupName".to_owned(), group.into())));
    object.into()
}

fn task_type(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text => "string",
        Kind::Lines => "multiLine",
        Kind::Flag => "boolean",
        Kind::Choice { .. } => "pickList",
    }
}

/// The tables for a README.
pub(crate) fn tables(described: &Described) -> String {
    let mut page = "| input (GitHub) | input (Azure) | meaning |\n|---|---|---|\n".to_owned();
    for input in &described.inputs {
        let _ = writeln!(
            page,
            "| `{}` | `{}` | {} |",
            input.name,
            camel_case(&input.name),
            cell(&help(input))
        );
    }
    page.push_str("\n| output (GitHub) | output (Azure) | meaning |\n|---|---|---|\n");
    for (name, meaning) in described.outputs {
        let _ = writeln!(page, "| `{name}` | `{}` | {} |", camel_case(name), cell(meaning));
    }
    page
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn words(name: &str) -> impl Iterator<Item = String> + '_ {
    name.split(['-', '_']).map(|word| {
        let (head, tail) = word.split_at(word.len().min(1));
        head.to_ascii_uppercase() + tail
    })
}

/// `LinkCommit`.
fn pascal_case(name: &str) -> String {
    words(name).collect()
}

/// `jiraApiToken`.
pub(crate) fn camel_case(name: &str) -> String {
    let pascal = pascal_case(name);
    let (head, tail) = pascal.split_at(pascal.len().min(1));
    head.to_ascii_lowercase() + tail
}

/// `Link commit`.
fn title(name: &str) -> String {
    let text = name.replace(['-', '_'], " ");
    let (head, tail) = text.split_at(text.len().min(1));
    head.to_ascii_uppercase() + tail
}
