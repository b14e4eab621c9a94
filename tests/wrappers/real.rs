//! The real binaries, started by their actions and tasks as a runner starts them.

use super::{node, root};
use acceptance::{Ended, Process, TestRepository, binary};
use serde_json::json;
use std::{fs, path::Path};
use tempfile::TempDir;

/// A repository with one item in its embedded tracker, and the files that a runner makes for a step.
struct Step {
    node: &'static Path,
    repository: TestRepository,
    files: TempDir,
}

impl Step {
    fn new() -> Option<Self> {
        let node = node()?;
        let step =
            Self { node, repository: TestRepository::new(), files: tempfile::tempdir().unwrap() };
        step.repository.commit("chore: begin");
        let created = step
            .github("work-item")
            .env("INPUT_COMMAND", "create")
            .env("INPUT_TITLE", "Pay by invoice")
            .run();
        assert_eq!(created.code, 0, "{created:?}");
        assert_eq!(step.outputs().first(), Some(&("id".to_owned(), "LOCAL-1".to_owned())));
        fs::remove_file(step.files.path().join("output")).unwrap();
        Some(step)
    }

    fn start(&self, name: &'static str) -> Process {
        let entry = root().join("actions").join(name).join("index.cjs");
        Process::of(self.node, self.repository.path())
            .args([entry])
            .env("INPUT_BINARY-PATH", binary(name))
            .env("INPUT_PLATFORM", "local")
    }

    fn github(&self, name: &'static str) -> Process {
        let event = self.files.path().join("event");
        if !event.exists() {
            fs::write(&event, "{}").unwrap();
        }
        self.start(name)
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_SERVER_URL", "https://github.com")
            .env("GITHUB_REPOSITORY", "acme/shop")
            .env("GITHUB_OUTPUT", self.files.path().join("output"))
            .env("GITHUB_STEP_SUMMARY", self.files.path().join("summary"))
            .env("GITHUB_EVENT_PATH", event)
    }

    fn azure(&self, name: &'static str) -> Process {
        self.start(name).env("TF_BUILD", "True").env("AGENT_TEMPDIRECTORY", self.files.path())
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.files.path().join(name)).unwrap_or_default()
    }

    /// The file of outputs, read as the runner reads it.
    fn outputs(&self) -> Vec<(String, String)> {
        let text = self.read("output");
        let mut lines = text.lines();
        let mut outputs = Vec::new();
        while let Some((name, end)) = lines.next().and_then(|line| line.split_once("<<")) {
            let value: Vec<_> = lines.by_ref().take_while(|line| *line != end).collect();
            outputs.push((name.to_owned(), value.join("\n")));
        }
        outputs
    }

    fn output(&self, name: &str) -> Option<String> {
        self.outputs().into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

#[test]
fn the_pushed_commits_are_linked_and_the_links_handed_on() {
    let Some(step) = Step::new() else { return };
    let before = step.repository.commit("chore: pushed before\n\nRefs: LOCAL-9");
    step.repository.commit("feat: add invoices\n\nRefs: LOCAL-1");
    let after = step.repository.commit("docs: tell about them");
    let event = json!({ "before": before, "after": after });
    fs::write(step.files.path().join("event"), event.to_string()).unwrap();
    let ended = step.github("link-commit").env("GITHUB_SHA", &after).run();
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(step.output("items").as_deref(), Some("LOCAL-1"), "{ended:?}");
    assert_eq!(step.output("linked").as_deref(), Some("1"));
    assert!(step.read("summary").contains("| feat: add invoices |"), "{}", step.read("summary"));
}

#[test]
fn a_step_that_fails_says_why_beside_the_log_and_ends_with_the_binary_s_code() {
    let Some(step) = Step::new() else { return };
    let Ended { code, stderr, .. } = step.github("link-commit").env("INPUT_REQUIRE", "true").run();
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.lines().any(|line| line.starts_with("::error::")), "{stderr}");
    let Ended { code, stderr, .. } =
        step.azure("link-commit").env("INPUT_PLATFORM", "nonsense").run();
    assert_eq!(code, 78, "{stderr}");
    assert!(
        stderr.lines().any(|line| line.starts_with("##vso[task.logissue type=error]")),
        "{stderr}"
    );
}

#[test]
fn a_task_hands_on_variables_and_a_summary() {
    let Some(step) = Step::new() else { return };
    step.repository.commit("feat: add invoices\n\nRefs: LOCAL-1");
    let ended = step.azure("link-commit").env("INPUT_DRYRUN", "false").run();
    assert_eq!(ended.code, 0, "{ended:?}");
    let variable = "##vso[task.setvariable variable=items;isOutput=true]LOCAL-1";
    assert!(ended.stderr.lines().any(|line| line == variable), "{ended:?}");
    let uploaded =
        ended.stderr.lines().find_map(|line| line.strip_prefix("##vso[task.uploadsummary]"));
    let summary = fs::read_to_string(uploaded.unwrap()).unwrap();
    assert!(summary.contains("| feat: add invoices |"), "{summary}");
}

#[test]
fn inputs_choose_the_command_its_arguments_and_its_lists() {
    let Some(step) = Step::new() else { return };
    let update = step.github("work-item").env("INPUT_COMMAND", "update").env("INPUT_ID", "LOCAL-1");
    let ended =
        update.env("INPUT_ADD-LABEL", "released\n\n v2 \n").env("INPUT_STATUS", "done").run();
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(step.output("status").as_deref(), Some("done"));
    let read = step
        .azure("work-item")
        .env("INPUT_COMMAND", "get")
        .env("INPUT_ID", "LOCAL-1")
        .env("INPUT_JSON", "true");
    let item = read.run().json();
    assert!(item.to_string().contains(r#"["released","v2"]"#), "{item}");
}

#[test]
fn a_pull_request_is_linked_by_its_event_and_its_inputs() {
    let Some(step) = Step::new() else { return };
    let base = step.repository.commits()[0].clone();
    let head = step.repository.commit("feat: add invoices");
    let event = json!({ "pull_request": {
        "number": 7, "html_url": "https://github.com/acme/shop/pull/7", "title": "LOCAL-1: add invoices",
        "body": null, "commits": 1, "state": "open",
        "head": { "ref": "topic", "sha": head, "repo": { "full_name": "acme/shop" } },
        "base": { "ref": "main", "sha": base },
    }});
    fs::write(step.files.path().join("event"), event.to_string()).unwrap();
    let ended = step.github("link-pr").env("INPUT_ON-OPEN", "in_review").run();
    assert_eq!(ended.code, 0, "{ended:?}");
    let told = ["verdict", "items", "moved"].map(|name| step.output(name).unwrap_or_default());
    assert_eq!(told, ["pass", "LOCAL-1", "1"], "{ended:?}");
    assert!(step.read("summary").contains("| `LOCAL-1` | title |"), "{}", step.read("summary"));
}
