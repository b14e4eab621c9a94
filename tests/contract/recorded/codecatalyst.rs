//! CodeCatalyst's public service model: is what we send one of its requests, is what it may answer understood, and does
//! it still have no operation for work items?

mod model;

use super::super::shared;
use ::conformance::{
    codecatalyst::Site,
    fake::{Handler, Request, Response, Server, codecatalyst::GOOD_TOKEN},
    subject::generous,
};
use backend::{
    ErrorKind, Tracker as _,
    http::{Reqwest, TransportOptions, Wire},
    platform::codecatalyst::{CodeCatalyst, RunStatus, WorkflowRun, connect},
    settings::{Origin, Settings},
};
use model::{Members, Model};
use std::sync::Arc;

fn model() -> Option<Model> {
    let path = shared()?.join("vendor/specs/codecatalyst-2022-09-28.service-2.json");
    Some(Model::read(&std::fs::read_to_string(path).unwrap()))
}

fn project(settings: &Settings) -> CodeCatalyst {
    let transport = Arc::new(Reqwest::new(TransportOptions::default()).unwrap());
    connect(settings, &Wire::new(transport, generous())).unwrap()
}

/// Everything that we ask.
async fn everything(project: &CodeCatalyst) {
    assert!(!project.authenticate().await.unwrap().name.is_empty());
    project.access().await.unwrap();
    let repositories = project.repositories().await.unwrap();
    assert!(!repositories.is_empty());
    project.clone_url(&repositories[0].name).await.unwrap();
    let runs = project.workflow_runs(None, 100).await.unwrap();
    project.workflow_runs(Some(&runs[0].workflow_id), 1).await.unwrap();
    let run = project.workflow_run(&runs[0].id).await.unwrap();
    assert_eq!(run.id, runs[0].id);
}

#[tokio::test]
async fn every_request_is_one_of_the_service_model() {
    let Some(model) = model() else { return };
    let site = Site::alone().unwrap();
    everything(&project(&site.settings(GOOD_TOKEN))).await;
    let sent = site.server().exchanges();
    let mut asked: Vec<&str> = sent.iter().map(|it| model.check(&it.request)).collect();
    asked.sort_unstable();
    asked.dedup();
    let expected = [
        "GetProject",
        "GetSourceRepositoryCloneUrls",
        "GetUserDetails",
        "GetWorkflowRun",
        "ListSourceRepositories",
        "ListWorkflowRuns",
        "VerifySession",
    ];
    assert_eq!(asked, expected);
}

/// A CodeCatalyst that answers what the model says: all members, or those that must be there.
struct Answers(Model, Members);

impl Handler for Answers {
    fn handle(&self, request: &Request) -> Response {
        let operation = self.0.check(request);
        Response::json(200, &self.0.answer(operation, self.1))
    }
}

#[tokio::test]
async fn every_answer_of_the_service_model_is_understood() {
    for members in [Members::All, Members::Required] {
        let Some(model) = model() else { return };
        let server = Server::start(Arc::new(Answers(model, members))).unwrap();
        let settings = Site::alone().unwrap().settings(GOOD_TOKEN);
        let settings = settings.with("api_endpoint", server.url().as_str(), Origin::Default);
        let project = project(&settings);
        if members == Members::All {
            everything(&project).await;
            continue;
        }
        // An identity is not required to be told, nor are the elements of a list.
        assert_eq!(project.authenticate().await.unwrap_err().kind, ErrorKind::Auth);
        project.access().await.unwrap();
        assert!(project.repositories().await.unwrap().is_empty());
        assert!(project.workflow_runs(None, 100).await.unwrap().is_empty());
        let run = project.workflow_run("cccccccc-0000-4000-8000-000000000001").await.unwrap();
        assert_eq!((run.workflow, run.ended_at), (None, None));
    }
}

#[tokio::test]
async fn every_state_of_a_run_is_known() {
    let Some(model) = model() else { return };
    let words = model.words("WorkflowRunStatus");
    assert_eq!(words.len(), 11, "{words:?}");
    let site = Site::alone().unwrap();
    let project = project(&site.settings(GOOD_TOKEN));
    let runs = project.workflow_runs(None, 5).await.unwrap();
    assert_eq!(runs.len(), 5, "over two pages, and no more than asked for");
    let failed: Vec<_> = runs.iter().filter_map(WorkflowRun::incident).collect();
    assert_eq!(failed.len(), runs.iter().filter(|run| run.status == RunStatus::Failed).count());
    assert_eq!(failed[0].title, "The workflow Deploy failed");
    assert!(runs.iter().all(|run| words.contains(&run.native_status)));
}

/// When this fails, the reason that users read for what is missing is not true any more.
#[tokio::test]
async fn the_service_model_has_no_operation_for_work_items() {
    let Some(model) = model() else { return };
    let names = model.operations();
    assert_eq!(names.len(), 38);
    let words = ["Issue", "WorkItem", "PullRequest", "Comment", "Webhook"];
    let about = names.iter().filter(|name| words.iter().any(|word| name.contains(word)));
    assert_eq!(about.count(), 0, "{names:?}");
}

#[tokio::test]
async fn a_project_that_is_not_there_is_told_by_its_settings() {
    let site = Site::alone().unwrap();
    let settings = site.settings(GOOD_TOKEN).with("project", "shopp", Origin::Default);
    let health = project(&settings).health_check().await;
    assert!(!health.healthy, "{health:?}");
    let expected = "read what the token may do: read the project shopp: ";
    assert!(health.error.unwrap().starts_with(expected));
    assert!(health.hint.unwrap().contains("CODECATALYST_PROJECT"));
}
