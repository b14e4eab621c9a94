//! `action.yml`, `task.json` and the tables of the READMEs are what the code makes of its own tables.

use super::{
    describe::{Described, Kind, describe},
    render,
};
use crate::golden;
use acceptance::root;
use clap::CommandFactory as _;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Every action, with the GUID that its task keeps for ever.
fn all() -> [(Described, &'static str); 4] {
    let link_commit = describe(link_commit::Args::command(), Some("link"), link_commit::OUTPUTS);
    let link_pr = describe(link_pr::Args::command(), None, link_pr::OUTPUTS);
    let work_item = describe(work_item::Args::command(), None, work_item::OUTPUTS);
    let health_check = describe(health_check::Args::command(), None, health_check::OUTPUTS);
    [
        (health_check, "3e2f5b0c-6d0e-4a3a-9c35-5b2d4f0c7f61"),
        (link_commit, "dfd55c9a-dfb0-47f7-bb20-11a483662c50"),
        (link_pr, "3b0e7a52-5f0c-4a5e-9d43-0a6c8f2b1e97"),
        (work_item, "f8063d65-236b-4cb5-b461-1da984522218"),
    ]
}

#[test]
fn actions_are_made_from_the_command_line() {
    for (described, _) in all() {
        golden::check(
            &format!("actions/{}/action.yml", described.name),
            &render::action(&described),
        );
    }
}

#[test]
fn tasks_are_made_from_the_command_line() {
    for (described, id) in all() {
        golden::check(
            &format!("actions/{}/task.json", described.name),
            &render::task(&described, id, VERSION),
        );
    }
}

#[test]
fn the_readmes_have_the_same_tables() {
    for (described, _) in all() {
        let path = format!("actions/{}/README.md", described.name);
        let page = std::fs::read_to_string(root().join(&path)).unwrap().replace("\r\n", "\n");
        let (head, rest) = page.split_once("<!-- made from the command line -->\n").unwrap();
        let (_, tail) = rest.split_once("<!-- until here -->\n").unwrap();
        let tables = render::tables(&described);
        let expected = format!(
            "{head}<!-- made from the command line -->\n{tables}<!-- until here -->\n{tail}"
        );
        golden::check(&path, &expected);
    }
}

#[test]
fn an_action_says_to_yaml_what_its_description_says() {
    for (described, _) in all() {
        let action: Value = yaml_serde::from_str(&render::action(&described)).unwrap();
        assert_eq!(action["runs"], json!({ "using": "node24", "main": "index.cjs" }));
        let inputs: BTreeSet<&String> = action["inputs"].as_object().unwrap().keys().collect();
        assert_eq!(inputs, described.inputs.iter().map(|input| &input.name).collect());
        for input in &described.inputs {
            let help = action["inputs"][&input.name]["description"].as_str().unwrap();
            assert!(help.starts_with(&input.help) && !input.help.is_empty(), "{input:?}");
        }
    }
}

#[test]
fn names_are_unique_in_every_spelling_and_no_word_of_a_runner() {
    for (described, _) in all() {
        let names = described
            .inputs
            .iter()
            .map(|input| render::camel_case(&input.name).to_ascii_uppercase());
        let unique: BTreeSet<String> = names.collect();
        assert_eq!(unique.len(), described.inputs.len(), "{unique:?}");
        for name in described
            .inputs
            .iter()
            .map(|input| input.name.as_str())
            .chain(described.outputs.iter().map(|output| output.0))
        {
            assert!(
                name.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
                "{name}"
            );
        }
    }
}

#[test]
fn every_platform_s_settings_are_inputs_and_secrets_say_so() {
    for (described, _) in all() {
        for setting in backend::platform::rows().flat_map(|platform| platform.settings) {
            let input =
                described.inputs.iter().find(|input| input.name == setting.input_name()).unwrap();
            assert_eq!(input.help.ends_with("Secret."), setting.secret, "{input:?}");
        }
    }
}

#[test]
fn a_command_line_is_described_as_it_is() {
    #[derive(clap::Parser)]
    #[command(name = "toy", about = "Plays")]
    struct Toy {
        #[command(subcommand)]
        command: Option<Game>,
        /// How often
        #[arg(long, default_value_t = 3)]
        times: u32,
        /// Say more.
        #[arg(short, long, global = true)]
        verbose: bool,
        /// Never shown.
        #[arg(long)]
        color: Option<String>,
    }
    #[derive(clap::Subcommand)]
    enum Game {
        /// Chess.
        Chess {
            /// Who plays. Repeatable.
            #[arg(long = "player")]
            players: Vec<String>,
            /// Opening.
            opening: Option<String>,
            /// How often
            #[arg(long)]
            times: u32,
        },
    }
    let toy = describe(Toy::command(), Some("play"), &[]);
    let shown: Vec<_> = toy
        .inputs
        .iter()
        .map(|input| (input.name.as_str(), input.help.as_str(), input.kind.clone()))
        .collect();
    let words = vec!["play".to_owned(), "chess".to_owned()];
    assert_eq!(toy.about, "Plays.");
    assert_eq!(
        shown[..5],
        [
            ("command", "What to do.", Kind::Choice { words, default: Some("play".to_owned()) }),
            ("times", "How often. Default: `3`.", Kind::Text),
            ("player", "Who plays. One a line. For chess.", Kind::Lines),
            ("opening", "Opening. For chess.", Kind::Text),
            ("verbose", "Say more.", Kind::Flag),
        ]
    );
}
