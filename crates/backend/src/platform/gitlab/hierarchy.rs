//! Parents. A task is below an issue, which only GraphQL tells and sets; an issue is in an epic, which REST tells.
//! Texts of queries are constant: what is asked for goes into variables.

use super::{
    GitLab,
    address::{Address, Project},
    wire,
};
use crate::{
    error::{Error, ErrorKind, Result},
    model::WorkItemId,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use url::Url;

/// The parents of issues that have one.
pub(super) type Parents = HashMap<WorkItemId, WorkItemId>;

/// What is to contain an issue.
#[derive(Debug)]
pub(super) enum Parent {
    /// An issue; what hangs below it is a task.
    Issue(Box<wire::Issue>),
    /// An epic, by its number within the server.
    Epic(u64),
}

impl Parent {
    /// The issue, where it is one.
    pub(super) fn issue(&self) -> Option<&wire::Issue> {
        match self {
            Self::Issue(issue) => Some(issue),
            Self::Epic(_) => None,
        }
    }

    /// What a request says about it. That an issue is below another, only GraphQL takes.
    pub(super) fn write(&self, fields: &mut Map<String, Value>) {
        match self {
            Self::Issue(_) => fields.insert("issue_type".into(), json!("task")),
            Self::Epic(id) => fields.insert("epic_id".into(), json!(id)),
        };
    }
}

/// So many work items are asked for at once; GraphQL gives no more on a page.
const PAGE: usize = 100;

const PARENTS: &str = "query($project: ID!, $numbers: [String!]) { project(fullPath: $project) { \
    workItems(iids: $numbers, first: 100) { nodes { iid widgets { ... on WorkItemWidgetHierarchy { parent { webUrl } } } } } } }";

const ADOPT: &str = "mutation($child: WorkItemID!, $parent: WorkItemID!) { workItemUpdate(input: \
    { id: $child, hierarchyWidget: { parentId: $parent } }) { errors } }";

impl GitLab {
    /// The parents of those issues that can have an issue for a parent. Servers that do not know the question have no
    /// such parents.
    pub(super) async fn parents(&self, issues: &[wire::Issue]) -> Result<Parents> {
        let mut by_project: HashMap<String, Vec<String>> = HashMap::new();
        for issue in issues.iter().filter(|issue| issue.kind.as_deref() == Some("task")) {
            if let Some((project, number)) = self.id(issue)?.as_str().rsplit_once('#') {
                by_project.entry(project.to_owned()).or_default().push(number.to_owned());
            }
        }
        let mut parents = Parents::new();
        for (project, numbers) in by_project {
            for numbers in numbers.chunks(PAGE) {
                let variables = json!({"project": project, "numbers": numbers});
                let answer: wire::Answer<wire::Family> = self.ask(PARENTS, &variables).await?;
                self.gather(&project, answer, &mut parents);
            }
        }
        Ok(parents)
    }

    fn gather(&self, project: &str, answer: wire::Answer<wire::Family>, parents: &mut Parents) {
        let items = answer.data.and_then(|family| family.project?.work_items);
        for child in items.into_iter().flat_map(|items| items.nodes).flatten() {
            let parent = child.widgets.into_iter().find_map(|widget| widget.parent?.web_url);
            if let Some(parent) = parent.and_then(|page| id_of_page(self.http.base(), &page)) {
                parents.insert(WorkItemId::new(format!("{project}#{}", child.iid)), parent);
            }
        }
    }

    /// What is to contain an issue: `acme&5`, an epic, or an issue.
    pub(super) async fn parent(&self, id: &WorkItemId) -> Result<Parent> {
        let found = match id.as_str().trim().split_once('&') {
            Some((group, number)) => self.parent_epic(group, number).await,
            None => self.parent_issue(id).await,
        };
        found.map_err(|error| error.during(format!("parent {id}")))
    }

    async fn parent_epic(&self, group: &str, number: &str) -> Result<Parent> {
        let call = self.http.get("api/v4/groups/{group}/epics/{number}");
        let call = call.segment("group", group).segment("number", number);
        let epic = call.receive::<wire::Epic>().await.map_err(|error| match error.kind {
            ErrorKind::NotFound => {
                error.with_hint("check the epic's group and number; epics need GitLab Premium")
            }
            _ => error,
        })?;
        Ok(Parent::Epic(epic.id))
    }

    async fn parent_issue(&self, id: &WorkItemId) -> Result<Parent> {
        let issue = self.read(&self.address(id)?).await?;
        match issue.kind.as_deref() {
            None | Some("issue" | "incident" | "ticket") => Ok(Parent::Issue(Box::new(issue))),
            Some(other) => {
                let message = format!("it is a {other}, and GitLab hangs nothing below one");
                Err(Error::new(ErrorKind::Rejected, message)
                    .with_hint("name an issue or an epic as the parent"))
            }
        }
    }

    /// Hangs a task below an issue. GitLab leaves it where it is when it hangs there already.
    pub(super) async fn adopt(&self, child: &wire::Issue, parent: &wire::Issue) -> Result<()> {
        let name = |issue: &wire::Issue| format!("gid://gitlab/WorkItem/{}", issue.id);
        let variables = json!({"child": name(child), "parent": name(parent)});
        let answer: wire::Answer<wire::Adoption> = self.ask(ADOPT, &variables).await?;
        let told = answer.errors.into_iter().map(|error| error.message);
        let refused =
            answer.data.and_then(|data| data.work_item_update).map(|update| update.errors);
        let told: Vec<_> = told.chain(refused.into_iter().flatten()).collect();
        if told.is_empty() {
            return Ok(());
        }
        let message = format!("GitLab does not set the parent: {}", told.join("; "));
        Err(Error::new(ErrorKind::Rejected, message).with_hint(
            "hang tasks below issues only; servers before GitLab 16 cannot do that over their API",
        ))
    }

    /// Asks GraphQL. Both questions leave the same state however often they are asked.
    async fn ask<T: DeserializeOwned>(&self, query: &str, variables: &Value) -> Result<T> {
        let call = self.http.post("api/graphql").replaces();
        call.json(&json!({"query": query, "variables": variables})).receive().await
    }
}

/// The id of the issue (`acme/shop#7`) or epic (`acme&7`) whose page this is.
pub(super) fn id_of_page(base: &Url, page: &str) -> Option<WorkItemId> {
    // Epics are told by a path alone.
    let page = base.join(page).ok()?;
    let path = page.path();
    // The server's own name for itself need not be the one that we know it by.
    let path = path.strip_prefix(base.path()).unwrap_or(path).trim_start_matches('/');
    let (whose, number) = path.rsplit_once('/')?;
    if let Some(group) = path.strip_prefix("groups/") {
        let (group, _) = group.split_once("/-/")?;
        return number
            .parse::<u64>()
            .ok()
            .map(|number| WorkItemId::new(format!("{group}&{number}")));
    }
    let project =
        ["/-/issues", "/-/work_items", "/issues"].iter().find_map(|end| whose.strip_suffix(end))?;
    let home = Project::parse(project)?;
    Address::parse(number, &home).map(|address| WorkItemId::new(address.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_the_id() {
        for (base, page, expected) in [
            ("https://gitlab.com/", "https://gitlab.com/acme/shop/-/issues/7", Some("acme/shop#7")),
            ("https://gitlab.com/", "https://gitlab.com/a/b/c/-/work_items/12", Some("a/b/c#12")),
            (
                "https://x.example/git/",
                "https://x.example/git/acme/shop/-/issues/7",
                Some("acme/shop#7"),
            ),
            (
                "https://inner.example/",
                "http://outer.example/acme/shop/issues/11",
                Some("acme/shop#11"),
            ),
            (
                "https://gitlab.com/",
                "https://gitlab.com/groups/acme/sub/-/epics/5",
                Some("acme/sub&5"),
            ),
            (
                "https://gitlab.com/",
                "https://gitlab.com/groups/acme/-/work_items/5",
                Some("acme&5"),
            ),
            ("https://x.example/git/", "/git/groups/acme/-/epics/5", Some("acme&5")),
            ("https://gitlab.com/", "https://gitlab.com/acme/shop/-/merge_requests/7", None),
            ("https://gitlab.com/", "https://gitlab.com/acme/shop", None),
            ("https://gitlab.com/", "no page", None),
        ] {
            let found = id_of_page(&base.parse().unwrap(), page);
            assert_eq!(found.as_ref().map(WorkItemId::as_str), expected, "{page}");
        }
    }
}
