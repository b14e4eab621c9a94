//! All trackers that are set up, for their health.

use super::COMPLETE;
use crate::config::{Sources, choose_all, file};
use backend::secret::Redactor;
use ci::Env;
use std::path::Path;

#[test]
fn everything_that_is_set_up_is_listed_for_its_health() {
    let yaml = "till:\n  platform: local\nbroken:\n  platform: jira\n  projekt: x\nroute: {}\n";
    let map = file::parse("config.yaml", yaml).unwrap();
    let env: Env = COMPLETE.iter().copied().chain([("GITHUB_ACTIONS", "true")]).collect();
    let host = ci::detect(&env, None);
    let file = Some(("config.yaml".to_owned(), map));
    let state = Some(Path::new("/state"));
    let sources = Sources { env: &env, host: &*host, file, state, reads_only: false };
    let all = choose_all(&sources, None, &mut Redactor::default()).unwrap();
    let states: Vec<_> = all.iter().map(|(name, it)| (name.as_str(), it.is_ok())).collect();
    assert_eq!(states, [("till", true), ("broken", false), ("route", false)]);
}

#[test]
fn a_misspelt_file_is_told_where_nothing_else_is_set_up() {
    let map = file::parse("config.yaml", "jirra: { project: SHOP }\n").unwrap();
    let env = Env::default();
    let host = ci::detect(&env, None);
    let file = Some(("config.yaml".to_owned(), map));
    let sources = Sources { env: &env, host: &*host, file, state: None, reads_only: false };
    let error = choose_all(&sources, None, &mut Redactor::default()).err().unwrap();
    assert!(error.message.contains("did you mean `jira`"), "{error}");
}
