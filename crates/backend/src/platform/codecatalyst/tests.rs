//! Settings, states of runs, and the incident that a failed run is.

use super::{PLATFORM, RunStatus, WorkflowRun, connect, wire};
use crate::{
    incident,
    settings::{Origin, Settings},
};
use serde_json::json;

fn settings(space: &str, project: &str) -> Settings {
    Settings::new("codecatalyst")
        .with("api_key", "token", Origin::Default)
        .with("organization", space, Origin::Default)
        .with("project", project, Origin::Default)
}

#[test]
fn names_are_those_of_the_service_model() {
    assert_eq!(settings("acme", "shop-2.web_x").problems(connect::read), []);
    for (space, project) in [("a", "shop"), ("acme", "-shop"), ("acme", "a..b"), ("acme", "../x")] {
        let problems = settings(space, project).problems(connect::read);
        let [problem] = problems.as_slice() else { panic!("{space} {project}: {problems:?}") };
        assert!(problem.message.contains("3 to 63"), "{problem}");
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let custom = json!({"work_items": ["jira"]}).as_object().unwrap().clone();
    let settings = Settings::new("codecatalyst")
        .with("api_endpoint", "http://aws.example", Origin::Default)
        .with_custom(custom);
    let keys: Vec<_> =
        settings.problems(connect::read).into_iter().map(|problem| problem.key).collect();
    let expected =
        ["api_key", "api_endpoint", "organization", "project", "custom_settings.work_items"];
    assert_eq!(keys, expected.map(|key| format!("codecatalyst.{key}")));
}

#[test]
fn every_operation_that_is_missing_can_be_handed_over() {
    let missing: Vec<_> = PLATFORM.unsupported.iter().map(|(operation, _)| *operation).collect();
    assert_eq!(missing, PLATFORM.delegates);
}

fn run(status: &str) -> WorkflowRun {
    let run: wire::Run = serde_json::from_value(json!({
        "id": "r", "workflowId": "w", "workflowName": "Deploy", "status": status,
        "startTime": "2026-01-05T09:15:00Z", "endTime": "2026-01-05T09:20:00Z",
        "lastUpdatedTime": "2026-01-05T09:20:01Z"}))
    .unwrap();
    run.into()
}

#[test]
fn a_failed_run_is_an_incident_and_every_other_is_none() {
    for (word, status) in [
        ("SUCCEEDED", RunStatus::Succeeded),
        ("SUPERSEDED", RunStatus::Stopped),
        ("IN_PROGRESS", RunStatus::Running),
        ("PAUSED_TOMORROW", RunStatus::Running),
    ] {
        assert_eq!((run(word).status, run(word).incident()), (status, None), "{word}");
    }
    let failed = run("FAILED").incident().unwrap();
    assert_eq!(failed.title, "The workflow Deploy failed");
    let again = WorkflowRun { id: "another".to_owned(), ..run("FAILED") }.incident().unwrap();
    assert_eq!(incident::fingerprint(&failed), incident::fingerprint(&again));
}
