//! The payload of GitHub's events, as far as it is about a pull request or a merge queue. It is believed only where its
//! values have the right shape: a file can be anybody's.

use crate::context::{MergeGroup, PullRequest, State, Upstream, is_commit, web_url};
use serde_json::Value;

/// A whole number; GitHub never sends one as text.
pub(crate) fn number(value: &Value) -> Option<u64> {
    value.as_u64().filter(|number| *number > 0)
}

/// What an event says about its pull request, beside where it is from and where it goes.
pub(crate) fn pull_request(event: &Value) -> PullRequest {
    let pull = &event["pull_request"];
    PullRequest {
        title: text(pull, "/title"),
        description: description(pull),
        head_sha: commit(pull, "/head/sha"),
        base_sha: commit(pull, "/base/sha"),
        source_url: text(pull, "/head/repo/html_url").and_then(|url| web_url(&url)),
        merge_sha: commit(pull, "/merge_commit_sha").filter(|_| is_true(pull, "merged")),
        commits: pull.get("commits").and_then(number),
        is_draft: is_true(pull, "draft"),
        state: state(pull),
        author: text(pull, "/user/login"),
        is_bots: text(pull, "/user/type").as_deref() == Some("Bot"),
        labels: labels(pull),
        updated_at: text(pull, "/updated_at"),
        earlier: ["/changes/title/from", "/changes/body/from"]
            .iter()
            .filter_map(|pointer| text(event, pointer))
            .collect(),
        ..PullRequest::default()
    }
}

/// The group that a merge queue tests: `gh-readonly-queue/main/pr-7-97df5ae4...` is the branch of pull request 7's.
pub(crate) fn merge_group(event: &Value) -> Option<MergeGroup> {
    let group = event.get("merge_group")?;
    let branch = text(group, "/head_ref").unwrap_or_default();
    let last = branch.rsplit('/').next().unwrap_or_default();
    let digits = last.strip_prefix("pr-").and_then(|rest| rest.split('-').next());
    let is_queue = branch.trim_start_matches("refs/heads/").starts_with("gh-readonly-queue/");
    Some(MergeGroup {
        number: digits.filter(|_| is_queue).and_then(|digits| digits.parse().ok()),
        head_sha: commit(group, "/head_sha")?,
        base_sha: commit(group, "/base_sha")?,
    })
}

/// The run that a `workflow_run` event is about.
pub(crate) fn upstream(event: &Value) -> Option<Upstream> {
    let run = event.get("workflow_run")?;
    Some(Upstream {
        head_sha: commit(run, "/head_sha")?,
        number: run.pointer("/pull_requests/0/number").and_then(number),
    })
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A pull request without a text has `null` there.
fn description(pull: &Value) -> Option<String> {
    match pull.get("body")? {
        Value::Null => Some(String::new()),
        body => body.as_str().map(str::to_owned),
    }
}

fn commit(value: &Value, pointer: &str) -> Option<String> {
    text(value, pointer).filter(|name| is_commit(name))
}

fn is_true(pull: &Value, name: &str) -> bool {
    pull.get(name).and_then(Value::as_bool) == Some(true)
}

fn state(pull: &Value) -> State {
    match (is_true(pull, "merged"), text(pull, "/state").as_deref()) {
        (true, _) => State::Merged,
        (false, Some("closed")) => State::Closed,
        _ => State::Open,
    }
}

fn labels(pull: &Value) -> Vec<String> {
    let labels = pull.get("labels").and_then(Value::as_array).into_iter().flatten();
    labels.filter_map(|label| text(label, "/name")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const A: &str = "1111111111111111111111111111111111111111";
    const B: &str = "2222222222222222222222222222222222222222";

    #[test]
    fn a_pull_request_is_read_as_far_as_it_has_the_right_shape() {
        let event = json!({
            "changes": { "title": { "from": "SHOP-1 old" }, "body": { "from": null } },
            "pull_request": {
                "title": "SHOP-2 new", "body": null, "state": "closed", "merged": true, "draft": false,
                "merge_commit_sha": B, "commits": 3, "user": { "login": "dependabot[bot]", "type": "Bot" },
                "updated_at": "2026-01-05T09:15:00Z",
                "labels": [{ "name": "q3" }, { "name": 7 }, null],
                "head": { "sha": A, "repo": { "html_url": "https://github.com/someone/shop" } }, "base": { "sha": "main" }
            }
        });
        let read = pull_request(&event);
        assert_eq!(read.title.as_deref(), Some("SHOP-2 new"));
        assert_eq!(read.description.as_deref(), Some(""));
        assert_eq!((read.state, read.commits, read.is_bots), (State::Merged, Some(3), true));
        assert_eq!((read.head_sha.as_deref(), read.base_sha), (Some(A), None));
        assert_eq!((read.merge_sha.as_deref(), read.labels), (Some(B), vec!["q3".to_owned()]));
        assert_eq!(read.updated_at.as_deref(), Some("2026-01-05T09:15:00Z"));
        assert_eq!(read.earlier, ["SHOP-1 old"]);
        assert_eq!(read.source_url.as_deref(), Some("https://github.com/someone/shop"));
        let lies = json!({ "pull_request": {
            "title": ["x"], "body": 7, "merged": "true", "commits": "3", "labels": "x", "user": [], "draft": 1
        }});
        assert_eq!(pull_request(&lies), PullRequest::default());
        assert_eq!(pull_request(&json!([])), PullRequest::default());
    }

    #[test]
    fn a_queue_s_branch_names_the_pull_request() {
        let number = |branch: &str| {
            let group = json!({ "head_ref": branch, "head_sha": A, "base_sha": B });
            merge_group(&json!({ "merge_group": group })).unwrap().number
        };
        assert_eq!(number(&format!("refs/heads/gh-readonly-queue/main/pr-7-{A}")), Some(7));
        assert_eq!(
            number(&format!("refs/heads/gh-readonly-queue/release/1.x/pr-70-{A}")),
            Some(70)
        );
        for branch in ["refs/heads/pr-7-x", "refs/heads/gh-readonly-queue/main/pr-x-7", ""] {
            assert_eq!(number(branch), None, "{branch}");
        }
        assert_eq!(merge_group(&json!({ "merge_group": { "head_sha": "x" } })), None);
    }

    #[test]
    fn another_run_is_known_by_its_commit() {
        let run =
            |pulls: Value| json!({ "workflow_run": { "head_sha": A, "pull_requests": pulls } });
        let told = |pulls| upstream(&run(pulls)).map(|run| (run.head_sha, run.number));
        assert_eq!(told(json!([{ "number": 7 }])), Some((A.to_owned(), Some(7))));
        assert_eq!(told(json!([])), Some((A.to_owned(), None)));
        assert_eq!(upstream(&json!({ "workflow_run": [] })), None);
    }
}
