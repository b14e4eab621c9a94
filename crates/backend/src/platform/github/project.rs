//! Estimates and iterations: fields of a project (Projects v2), which has GraphQL only.

use super::{GitHub, octocrab::Api, values::rejected, wire::Issue};
use crate::{
    error::{Error, ErrorKind, Result},
    http::Intent,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

/// Issues whose fields are asked for at once.
const BATCH: usize = 50;

/// The configured project.
#[derive(Debug)]
pub(super) struct Project {
    pub(super) number: u64,
    pub(super) owner: String,
    pub(super) estimate: String,
    pub(super) iteration: String,
    pub(super) located: OnceCell<Located>,
}

/// GraphQL's ids of the project and of its field of estimates, where it has one.
#[derive(Debug, Clone)]
pub(super) struct Located {
    id: String,
    estimate: Option<String>,
}

/// What a project says of an issue.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Values {
    pub(super) estimate: Option<f64>,
    pub(super) iteration: Option<String>,
}

const LOCATE: &str = "query($owner: String!, $number: Int!, $estimate: String!) {
  repositoryOwner(login: $owner) {
    ... on ProjectV2Owner {
      projectV2(number: $number) {
        id
        field(name: $estimate) { ... on ProjectV2Field { id dataType } }
      }
    }
  }
}";

const READ: &str = "query($issues: [ID!]!, $estimate: String!, $iteration: String!) {
  nodes(ids: $issues) {
    ... on Issue {
      projectItems(first: 100) {
        nodes {
          project { id }
          estimate: fieldValueByName(name: $estimate) { ... on ProjectV2ItemFieldNumberValue { number } }
          iteration: fieldValueByName(name: $iteration) { ... on ProjectV2ItemFieldIterationValue { title } }
        }
      }
    }
  }
}";

/// Adding what is there already answers with the item that is there.
const ADD: &str = "mutation($project: ID!, $issue: ID!) {
  addProjectV2ItemById(input: { projectId: $project, contentId: $issue }) { item { id } }
}";

const SET: &str = "mutation($project: ID!, $item: ID!, $field: ID!, $number: Float!) {
  updateProjectV2ItemFieldValue(
    input: { projectId: $project, itemId: $item, fieldId: $field, value: { number: $number } }
  ) { projectV2Item { id } }
}";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Owned {
    repository_owner: Option<Owner>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Owner {
    project_v2: Option<Found>,
}

#[derive(Deserialize)]
struct Found {
    id: String,
    field: Option<Field>,
}

/// Fields of other sorts come without both.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Field {
    id: Option<String>,
    data_type: Option<String>,
}

#[derive(Deserialize)]
struct Nodes {
    nodes: Vec<Option<Node>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    project_items: Option<Items>,
}

#[derive(Deserialize)]
struct Items {
    nodes: Vec<Option<Item>>,
}

#[derive(Deserialize)]
struct Item {
    project: Id,
    estimate: Option<Number>,
    iteration: Option<Title>,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
struct Number {
    number: Option<f64>,
}

#[derive(Deserialize)]
struct Title {
    title: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Added {
    add_project_v2_item_by_id: AddedItem,
}

#[derive(Deserialize)]
struct AddedItem {
    item: Id,
}

impl Project {
    /// Finds the project, once.
    async fn locate(&self, api: &Api) -> Result<&Located> {
        self.located.get_or_try_init(|| self.ask(api)).await
    }

    async fn ask(&self, api: &Api) -> Result<Located> {
        let variables =
            json!({"owner": self.owner, "number": self.number, "estimate": self.estimate});
        let found: Owned = match api.graphql(Intent::Read, LOCATE, &variables).await {
            Ok(found) => found,
            Err(error) => return Err(self.unreadable(error)),
        };
        let project =
            found.repository_owner.and_then(|owner| owner.project_v2).ok_or_else(|| {
                self.unreadable(Error::new(
                    ErrorKind::NotFound,
                    "no such project is there, or it is hidden from the token",
                ))
            })?;
        let number = project.field.filter(|field| field.data_type.as_deref() == Some("NUMBER"));
        Ok(Located { id: project.id, estimate: number.and_then(|field| field.id) })
    }

    fn unreadable(&self, error: Error) -> Error {
        let error = error.during(format!("read project {} of {}", self.number, self.owner));
        if !matches!(error.kind, ErrorKind::NotFound | ErrorKind::Forbidden) {
            return error;
        }
        error.with_hint(
            "check custom_settings.project_number and project_owner, and give the token the scope \
             project (a fine-grained one: projects: write); a workflow's own token sees no projects",
        )
    }
}

impl GitHub {
    /// Makes sure that estimates can be set, before anything is made that should have one.
    pub(super) async fn must_estimate(&self) -> Result<()> {
        self.estimate_field().await.map(drop)
    }

    /// The project's id and that of its field of estimates.
    async fn estimate_field(&self) -> Result<(&str, &str)> {
        let Some(project) = &self.project else {
            return Err(rejected("GitHub's issues have no estimates; those are in a project")
                .with_hint(
                    "set custom_settings.project_number to the project that holds the story points",
                ));
        };
        let located = project.locate(&self.api).await?;
        let field = located.estimate.as_deref().ok_or_else(|| {
            let Project { number, owner, estimate, .. } = project;
            rejected(format!("project {number} of {owner} has no number field called {estimate}"))
                .with_hint("name the field in custom_settings.estimate_field")
        })?;
        Ok((&located.id, field))
    }

    /// Sets an estimate; an issue that is not in the project is added to it.
    pub(super) async fn set_estimate(&self, issue: &Issue, points: f64) -> Result<()> {
        let (project, field) = self.estimate_field().await?;
        let variables = json!({"project": project, "issue": issue.node_id});
        let added: Added = self.api.graphql(Intent::Replace, ADD, &variables).await?;
        let item = added.add_project_v2_item_by_id.item.id;
        let variables = json!({"project": project, "item": item, "field": field, "number": points});
        self.api.graphql::<Value>(Intent::Replace, SET, &variables).await.map(drop)
    }

    /// What the project says of issues, in their order; nothing where none is configured.
    pub(super) async fn values_of(&self, issues: &[&Issue]) -> Result<Vec<Values>> {
        let Some(project) = &self.project else {
            return Ok(vec![Values::default(); issues.len()]);
        };
        let located = project.locate(&self.api).await?;
        let mut all = Vec::new();
        for batch in issues.chunks(BATCH) {
            let ids: Vec<_> = batch.iter().map(|issue| issue.node_id.as_str()).collect();
            let Project { estimate, iteration, .. } = project;
            let variables = json!({"issues": ids, "estimate": estimate, "iteration": iteration});
            let mut read: Nodes = self.api.graphql(Intent::Read, READ, &variables).await?;
            // One answer for each question, so that no issue gets another's values.
            read.nodes.resize_with(batch.len(), || None);
            all.extend(read.nodes.into_iter().map(|node| values(node, &located.id)));
        }
        Ok(all)
    }
}

/// The values of an issue in one of the projects that it is in.
fn values(node: Option<Node>, project: &str) -> Values {
    let items = node.and_then(|node| node.project_items).into_iter().flat_map(|items| items.nodes);
    let ours = items.flatten().find(|item| item.project.id == project);
    let Some(item) = ours else { return Values::default() };
    Values {
        estimate: item.estimate.and_then(|value| value.number),
        iteration: item.iteration.and_then(|value| value.title),
    }
}
