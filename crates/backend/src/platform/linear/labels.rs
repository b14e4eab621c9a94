//! Labels by name: of the team, of the team above it, or of the workspace.

use super::{Linear, document, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    platform::shared::mapping::same,
};
use serde_json::json;

impl Linear {
    /// The ids of labels that items of the team can have. Those that are missing are made in the team, and not in the
    /// workspace, where every other team would see them.
    pub(super) async fn label_ids(
        &self,
        team: &wire::Team,
        names: &[String],
    ) -> Result<Vec<String>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let known = self.find_labels(names).await?;
        let mut ids = Vec::with_capacity(names.len());
        for name in names {
            ids.push(match choose(&known, team, name)? {
                Some(label) => label.id.clone(),
                None => self.make_label(team, name).await?,
            });
        }
        Ok(ids)
    }

    /// Every label that is called so, and those that may be meant by `group/label`, wherever they belong.
    async fn find_labels(&self, names: &[String]) -> Result<Vec<wire::Label>> {
        let parts = names.iter().filter_map(|name| Some(name.split_once('/')?.1));
        let called = names.iter().map(String::as_str).chain(parts);
        let any: Vec<_> =
            called.map(|name| json!({"name": {"eqIgnoreCase": name.trim()}})).collect();
        let mut variables = json!({"filter": {"or": any}});
        let mut labels = Vec::new();
        loop {
            let found: wire::IssueLabels = self.ask(&document::FIND_LABELS, &variables).await?;
            labels.extend(found.issue_labels.nodes);
            match found.issue_labels.page_info.next() {
                Some(cursor) => variables["after"] = cursor.into(),
                None => return Ok(labels),
            }
        }
    }

    /// Makes a label. Somebody else may make it at the same moment, and Linear then refuses the second of the name.
    async fn make_label(&self, team: &wire::Team, name: &str) -> Result<String> {
        let input = json!({"input": {"name": name, "teamId": team.id}});
        let made: Result<wire::LabelMade> = self.add(&document::ADD_LABEL, &input).await;
        let error = match made {
            Ok(made) => return Ok(made.issue_label.id),
            Err(error) => error.during(format!("make the label {name}")),
        };
        if !matches!(error.kind, ErrorKind::Rejected | ErrorKind::Ambiguous) {
            return Err(error);
        }
        let known = self.find_labels(&[name.to_owned()]).await?;
        choose(&known, team, name)?.map(|label| label.id.clone()).ok_or(error)
    }
}

/// The label that is meant: the team's own before the one of the team above, and that before the workspace's. Labels
/// of other teams cannot be on the team's items.
fn choose<'a>(
    known: &'a [wire::Label],
    team: &wire::Team,
    name: &str,
) -> Result<Option<&'a wire::Label>> {
    let place = |label: &wire::Label| match &label.team {
        Some(of) if of.id == team.id => Some(0),
        Some(of) if team.parent.as_ref().is_some_and(|parent| parent.id == of.id) => Some(1),
        Some(_) => None,
        None => Some(2),
    };
    let best = |fits: &dyn Fn(&wire::Label) -> bool| {
        let fitting = known.iter().filter(|label| fits(label));
        fitting.filter_map(|label| Some((place(label)?, label))).min_by_key(|(place, _)| *place)
    };
    let called = best(&|label| same(&label.name, name));
    let in_group = || {
        let (group, child) = name.split_once('/')?;
        best(&|label| {
            let parent = label.parent.as_ref();
            same(&label.name, child) && parent.is_some_and(|parent| same(&parent.name, group))
        })
    };
    match called.or_else(in_group).map(|(_, label)| label) {
        Some(group) if group.is_group => {
            let message = format!("{} is a group of labels and on no issue itself", group.name);
            Err(Error::new(ErrorKind::Rejected, message)
                .with_hint(format!("name one of its labels, as in `{}/LABEL`", group.name)))
        }
        label => Ok(label),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(id: &str, name: &str, team: Option<&str>, group: Option<&str>) -> wire::Label {
        wire::Label {
            id: id.into(),
            name: name.into(),
            is_group: false,
            team: team.map(|id| wire::Id { id: id.into() }),
            parent: group.map(|name| wire::LabelGroup { name: name.into() }),
        }
    }

    fn check(known: &[wire::Label], name: &str, expected: Option<&str>) {
        let team = wire::Team {
            id: "team".into(),
            key: "ENG".into(),
            issue_estimation_type: "linear".into(),
            parent: Some(wire::Id { id: "above".into() }),
            states: wire::States { nodes: Vec::new() },
        };
        let chosen = choose(known, &team, name).unwrap();
        assert_eq!(chosen.map(|label| label.id.as_str()), expected, "{name}");
    }

    #[test]
    fn the_nearest_label_is_meant() {
        let all = [
            label("workspace", "Shop", None, None),
            label("above", "SHOP", Some("above"), None),
            label("own", "shop", Some("team"), None),
            label("other", "shop", Some("another"), None),
        ];
        check(&all, "Shop", Some("own"));
        check(&all[..2], "shop", Some("above"));
        check(&all[..1], "shop", Some("workspace"));
        check(&all[3..], "shop", None);
    }

    #[test]
    fn a_label_of_a_group_may_be_named_with_it() {
        let all = [label("1", "Web", None, Some("Area")), label("2", "Web", None, Some("Client"))];
        check(&all, "client/web", Some("2"));
        check(&all, "Else/Web", None);
        let whole = [label("3", "area/web", None, None)];
        check(&[all.as_slice(), &whole].concat(), "Area/Web", Some("3"));
    }

    #[test]
    fn a_group_is_no_label() {
        let group = wire::Label { is_group: true, ..label("1", "Area", None, None) };
        let team = wire::Team {
            id: "team".into(),
            key: "ENG".into(),
            issue_estimation_type: "linear".into(),
            parent: None,
            states: wire::States { nodes: Vec::new() },
        };
        let error = choose(&[group], &team, "area").unwrap_err();
        assert!(error.hint().contains("`Area/LABEL`"), "{}", error.hint());
    }
}
