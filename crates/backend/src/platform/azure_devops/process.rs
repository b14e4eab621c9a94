//! What a project's process has: types with their fields, and states.

use super::{
    super::shared::mapping::same,
    AzureDevOps, fields,
    wire::{ItemType, List, State},
    words::default_types,
};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{Kind, Status},
};
use std::sync::Arc;

impl AzureDevOps {
    /// The work item types of a project, read once.
    pub(super) async fn types(&self, project: &str) -> Result<Arc<Vec<ItemType>>> {
        let ask = async {
            let call =
                self.api.get("{project}/_apis/wit/workitemtypes").segment("project", project);
            let list: List<ItemType> =
                call.receive().await.map_err(|error| of_project(error, project))?;
            Ok(list.value)
        };
        self.types.get(project, ask).await
    }

    /// A type of a project by name, as far as it is known.
    pub(super) async fn item_type(&self, project: &str, name: &str) -> Result<Option<ItemType>> {
        let types = self.types(project).await?;
        Ok(types.iter().find(|known| same(&known.name, name)).cloned())
    }

    /// The states of a type, read once; none of a type that is not there any more.
    pub(super) async fn states(&self, project: &str, item_type: &str) -> Result<Arc<Vec<State>>> {
        let ask = async {
            let call = self.api.get("{project}/_apis/wit/workitemtypes/{type}/states");
            let call = call.segment("project", project).segment("type", item_type);
            match call.receive::<List<State>>().await {
                Ok(list) => Ok(list.value),
                Err(error) if error.kind == ErrorKind::NotFound => Ok(Vec::new()),
                Err(error) => Err(error),
            }
        };
        self.states.get(&format!("{project}\n{item_type}"), ask).await
    }

    /// The type for a sort of work: configured, else the best of the usual names that the project has.
    pub(super) fn choose_type<'a>(
        &self,
        kind: Kind,
        types: &'a [ItemType],
    ) -> Result<&'a ItemType> {
        let usable = || types.iter().filter(|one| !one.is_disabled);
        let called = |name: &str| usable().find(|one| same(&one.name, name));
        let configured = self.words.configured_type(kind);
        let chosen = match configured {
            Some(name) => called(name),
            None => default_types(kind).iter().find_map(|name| called(name)),
        };
        chosen.ok_or_else(|| {
            let wanted =
                configured.map_or_else(|| format!("for a {kind}"), |name| format!("called {name}"));
            let all: Vec<_> = usable().map(|one| one.name.as_str()).collect();
            let message = format!(
                "{} has no work item type {wanted}; it has {}",
                self.project,
                all.join(", ")
            );
            Error::new(ErrorKind::Rejected, message)
                .with_hint(format!("name one of them in custom_settings.work_item_types.{kind}"))
        })
    }

    /// The field of an estimate: configured, else the type's own, else the one that other types of the process have,
    /// so that a type which refuses it says so itself.
    pub(super) fn estimate_field<'a>(
        &'a self,
        item_type: Option<&ItemType>,
        types: &[ItemType],
    ) -> Result<&'a str> {
        if let Some(field) = &self.story_points_field {
            return Ok(field);
        }
        let of = |one: &ItemType| fields::ESTIMATES.into_iter().find(|field| one.has(field));
        let own = item_type.and_then(of);
        own.or_else(|| types.iter().find_map(of)).or_else(|| by_process(types)).ok_or_else(|| {
            let message =
                format!("no work item type of {} has a field for estimates", self.project);
            Error::new(ErrorKind::Rejected, message)
                .with_hint("name the field in custom_settings.story_points_field")
        })
    }

    /// The state of a type to bring an item to; where the type has none for the status, those that it has are named.
    pub(super) fn choose_state<'a>(
        &self,
        status: Status,
        item_type: &str,
        of_type: &'a [State],
    ) -> Result<&'a str> {
        self.words.state(status, of_type).ok_or_else(|| {
            let all: Vec<_> = of_type
                .iter()
                .map(|state| format!("{} ({})", state.name, self.words.status(state)))
                .collect();
            let message =
                format!("a {item_type} has no state for {status}; it has {}", all.join(", "));
            let hint = format!("name one of its states in custom_settings.status_mapping.{status}");
            Error::new(ErrorKind::Rejected, message).with_hint(hint)
        })
    }
}

/// The field that goes with the types of a process, where the server does not tell the fields of its types.
fn by_process(types: &[ItemType]) -> Option<&'static str> {
    let has = |name: &str| types.iter().any(|one| same(&one.name, name));
    let [story_points, effort, size] = fields::ESTIMATES;
    let told = types.iter().any(|one| !one.fields.is_empty());
    match () {
        () if told => None,
        () if has("User Story") => Some(story_points),
        () if has("Product Backlog Item") || has("Issue") => Some(effort),
        () if has("Requirement") => Some(size),
        () => None,
    }
}

/// The field that a type's form shows its text in.
pub(super) fn text_field(item_type: Option<&ItemType>) -> &'static str {
    match item_type {
        Some(item_type) if item_type.has(fields::REPRO_STEPS) => fields::REPRO_STEPS,
        _ => fields::DESCRIPTION,
    }
}

/// A project that is not there: the setting is what people have in their hands.
pub(super) fn of_project(error: Error, project: &str) -> Error {
    if error.kind != ErrorKind::NotFound {
        return error;
    }
    error.during(format!("find the project {project}")).with_hint(
        "set AZURE_DEVOPS_PROJECT to the name of a project that the token's account may see",
    )
}
