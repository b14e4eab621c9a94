//! The guide is true: its commands are run as they stand, its tables and files are those of the code.

use super::{has_python, path};
use acceptance::{Process, binary, root};
use app::{
    config::{Sources, choose, file},
    exit,
};
use backend::{ErrorKind, platform::PLUGIN, plugin::ENVIRONMENT, secret::Redactor};
use ci::Env;
use std::fs;

fn guide() -> String {
    fs::read_to_string(root().join("crates/backend/README.md")).unwrap().replace("\r\n", "\n")
}

/// The first block in this language under a heading.
fn block(heading: &str, language: &str) -> String {
    let guide = guide();
    let (_, part) = guide.split_once(&format!("\n## {heading}\n")).unwrap();
    let (_, block) = part.split_once(&format!("```{language}\n")).unwrap();
    block.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_quick_start_works_in_an_empty_folder() {
    if !has_python() {
        return;
    }
    let binaries = ["work-item", "conformance"].map(binary);
    let folders = binaries.iter().map(|binary| binary.parent().unwrap().to_owned());
    let theirs = path().unwrap();
    let path = std::env::join_paths(folders.chain(std::env::split_paths(&theirs))).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let script = block("Quick start", "sh");
    let shell = Process::of("/bin/bash".as_ref(), folder.path()).env("PATH", path);
    let ended = shell.args(["-euo", "pipefail", "-c", &script]).run().expect_code(0);
    assert!(ended.stdout.contains("created TOY-1") && ended.stdout.contains("Pay by invoice"));
    let last = ended.stdout.lines().last().unwrap_or_default();
    assert!(last.starts_with("toy: 9 of 9, "), "{last}");
}

#[test]
fn its_tables_are_those_of_the_code() {
    let guide = guide();
    let kinds = [
        ErrorKind::Rejected,
        ErrorKind::Conflict,
        ErrorKind::NotFound,
        ErrorKind::Unsupported,
        ErrorKind::Ambiguous,
        ErrorKind::RateLimited,
        ErrorKind::Unavailable,
        ErrorKind::Protocol,
        ErrorKind::Auth,
        ErrorKind::Forbidden,
        ErrorKind::Config,
    ];
    for kind in kinds {
        let start = format!("| `{}` |", kind.word());
        let row = guide.lines().find(|line| line.starts_with(&start)).unwrap();
        assert!(row.ends_with(&format!("| {} |", exit::code(kind))), "{row}");
    }
    for setting in PLUGIN.settings {
        let row = format!("| `{}` | `{}`", setting.key, setting.env);
        assert!(guide.contains(&row) && guide.contains(&format!("`{}` |", setting.input_name())));
    }
    for name in ENVIRONMENT {
        let small = name.to_ascii_uppercase();
        assert!(guide.contains(&format!("`{name}`")) || guide.contains(&format!("`{small}`")));
    }
}

#[test]
fn its_files_are_read_as_they_stand() {
    let (config, known) = conformance::plugin::read(&block("How to test", "json")).unwrap();
    assert_eq!(config.project.as_deref(), Some("SHOP"));
    assert_eq!(known.facts().states.len(), 3);
    let yaml = file::parse("plugin_config.yaml", &block("Configuration", "yaml")).unwrap();
    let env = Env::from_iter([("ACME_TOKEN", "token-1234"), ("ACME_WEBHOOK_SECRET", "hook-1234")]);
    let host = ci::detect(&env, None);
    let file = Some(("plugin_config.yaml".to_owned(), yaml));
    let sources = Sources { env: &env, host: &*host, file, state: None, reads_only: false };
    let chosen = choose(&sources, None, &mut Redactor::default());
    let settings = chosen.map_err(|unusable| unusable.error).unwrap().trackers.remove(0).settings;
    assert_eq!((settings.platform.as_str(), settings.tracker.as_str()), ("plugin:acme", "ours"));
    assert_eq!(settings.custom_settings()["webhook_secret"], "hook-1234");
}

#[test]
fn what_the_suite_is_not_told_it_does_not_take_for_granted() {
    let refused = |text: &str| conformance::plugin::read(text).map(drop).unwrap_err().to_string();
    assert!(refused("{\"projct\": 1}").contains("projct is no setting"));
    for timeout in ["0", "-1", "3601", "1e19"] {
        assert!(refused(&format!("{{\"timeout\": {timeout}}}")).contains("at most 3600"));
    }
    assert!(refused("{\"retry_attempts\": 21}").contains("from 0 to 20"));
    assert!(refused("{\"facts\": {\"state\": []}}").contains("unknown field"));
    let (_, known) = conformance::plugin::read("{}").unwrap();
    let facts = known.facts();
    assert!(facts.estimate.is_none() && facts.container.is_none() && facts.assignee.is_none());
}
