//! Is what the README says about the platforms what the code says of itself, and is it checked?

use crate::{conformance::runs, golden};
use ::conformance::check;
use acceptance::root;
use backend::{
    Operation,
    platform::{PLATFORMS, Platform},
    settings::Setting,
};
use std::{collections::BTreeMap, fmt::Write as _};

const BEGIN: &str = "<!-- made from the table of platforms -->\n";
const SETTINGS: &str = "<!-- made from the settings -->\n";
const CUSTOM: &str = "<!-- made from the custom settings -->\n";
const END: &str = "<!-- until here -->\n";

/// What a platform does about an operation, in a cell of the table.
enum Cell {
    Works,
    Delegated,
    /// The number of the note that says why.
    Missing(usize),
}

/// The reasons in the order of their first appearance, each with what it is about.
#[derive(Default)]
struct Notes(Vec<(String, Vec<String>)>);

impl Notes {
    /// The number of the note with this reason.
    fn number(&mut self, why: &str, about: String) -> usize {
        let index = self.0.iter().position(|(known, _)| known == why).unwrap_or_else(|| {
            self.0.push((why.to_owned(), Vec::new()));
            self.0.len() - 1
        });
        self.0[index].1.push(about);
        index + 1
    }
}

fn cell(platform: &Platform, operation: Operation, notes: &mut Notes) -> Cell {
    let missing = platform.unsupported.iter().find(|(missing, _)| *missing == operation);
    match missing {
        None => Cell::Works,
        Some(_) if platform.delegates.contains(&operation) => Cell::Delegated,
        Some((_, why)) => {
            Cell::Missing(notes.number(why, format!("{operation} on {}", platform.name)))
        }
    }
}

/// Platforms down, operations across would be too wide: operations are rows.
fn table() -> String {
    let mut notes = Notes::default();
    let names: Vec<&str> = PLATFORMS.iter().map(|platform| platform.name).collect();
    let mut text =
        format!("| operation | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for operation in Operation::ALL {
        let _ = write!(text, "| `{operation}` |");
        for platform in PLATFORMS {
            match cell(platform, *operation, &mut notes) {
                Cell::Works => text.push_str(" yes |"),
                Cell::Delegated => text.push_str(" delegated |"),
                Cell::Missing(number) => {
                    let _ = write!(text, " no ({number}) |");
                }
            }
        }
        text.push('\n');
    }
    text.push('\n');
    for (index, (why, _)) in notes.0.iter().enumerate() {
        let _ = writeln!(text, "{}. {why}", index + 1);
    }
    text
}

/// A row for each tracker: its keys in the configuration file, each with the variable that says the same.
fn settings() -> String {
    let mut text = "| tracker | key in the file (variable) |\n|---|---|\n".to_owned();
    for platform in PLATFORMS {
        let key = |it: &Setting| format!("`{}` ({})", it.key, it.env);
        let keys: Vec<String> = platform.settings.iter().map(key).collect();
        let _ = writeln!(text, "| `{}` | {} |", platform.name, keys.join(", "));
    }
    text
}

/// A row for each key that a platform knows under `custom_settings`.
fn custom_settings() -> String {
    let mut text = "| tracker | key | meaning |\n|---|---|---|\n".to_owned();
    for platform in PLATFORMS {
        for setting in platform.custom_settings {
            let help = setting.help.replace('|', "\\|");
            let _ = writeln!(text, "| `{}` | `{}` | {help} |", platform.name, setting.key);
        }
    }
    text
}

/// The page with what stands behind `begin` replaced.
fn with(page: &str, begin: &str, made: &str) -> String {
    let (head, rest) = page.split_once(begin).unwrap();
    let (_, tail) = rest.split_once(END).unwrap();
    format!("{head}{begin}\n{made}\n{END}{tail}")
}

#[test]
fn the_tables_of_the_readme_are_made_from_the_table_of_platforms() {
    let page = std::fs::read_to_string(root().join("README.md")).unwrap().replace("\r\n", "\n");
    let page = with(&page, BEGIN, &table());
    let page = with(&page, SETTINGS, &settings());
    golden::check("README.md", &with(&page, CUSTOM, &custom_settings()));
}

/// A "yes" that nobody checks is a claim.
#[test]
fn every_yes_is_a_check_of_the_suite() {
    let checks: BTreeMap<&str, &[Operation]> =
        check::all().into_iter().map(|check| (check.name, check.needs)).collect();
    for run in runs() {
        let ran = || run.report.outcomes.iter().filter_map(|(name, _)| checks.get(name));
        for operation in &run.report.operations {
            let checked = ran().any(|needs| needs.contains(operation));
            assert!(checked, "{operation} of {} is not checked", run.report.subject);
        }
    }
}
