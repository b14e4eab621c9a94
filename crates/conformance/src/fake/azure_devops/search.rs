//! Queries and batches.

use super::{
    Answer, AzureDevOps, Caller, HIDDEN_PROJECT, process, refuse,
    wiql::{self, Site},
};
use crate::fake::{Request, Response, store::WebLink};
use serde_json::{Value, json};

/// Items that one batch may name.
const LARGEST_BATCH: usize = 200;

/// Fields that every organisation has, besides those of its types.
const KNOWN: &[&str] = &[
    "System.Id",
    "System.TeamProject",
    "System.WorkItemType",
    "System.CreatedDate",
    "System.ChangedDate",
    "Microsoft.VSTS.TCM.ReproSteps",
    "Microsoft.VSTS.Common.ClosedDate",
    "Microsoft.VSTS.Common.StateChangeDate",
];

impl AzureDevOps {
    /// The numbers of what a query finds. Of too many there are none at all.
    pub(super) fn query(&self, request: &Request, project: Option<&str>) -> Answer {
        let body: Value = request.json().unwrap_or_default();
        let text = body["query"].as_str().unwrap_or_default();
        let query = wiql::parse(text)
            .map_err(|why| refuse(400, &format!("TF51006: The query is not valid: {why}.")))?;
        let times = request.parameter("timePrecision") == Some("true");
        let knows = |field: &str| self.knows(field);
        let site = Site { project, times, knows: &knows };
        let store = self.store();
        let mut found = Vec::new();
        for item in &store.items {
            let fields = self.fields(&store, item);
            let fits = query.condition.as_ref().map_or(Ok(true), |it| site.fits(it, &fields));
            if fits.map_err(|why| refuse(400, &why))? && item.project != HIDDEN_PROJECT {
                found.push((item.serial, fields));
            }
        }
        if found.len() > self.longest_answer {
            let message = format!(
                "VS402337: The number of work items returned exceeds the size limit of {}. Change the query to return \
                 fewer items.",
                self.longest_answer
            );
            return Err(refuse(400, &message));
        }
        wiql::sort(&query.order, &mut found);
        found.truncate(request.number("$top").unwrap_or(usize::MAX));
        let items: Vec<_> = found.iter().map(|(id, _)| json!({"id": id})).collect();
        Ok(Response::json(
            200,
            &json!({"queryType": "flat", "queryResultType": "workItem", "columns": [],
                "asOf": super::view::time(store.now()), "workItems": items}),
        ))
    }

    fn knows(&self, field: &str) -> bool {
        let of_types = process::types(self.deployment).iter().any(|it| it.field(field).is_some());
        of_types || KNOWN.contains(&field)
    }

    /// Items by number, in no order that was asked for. Without a policy one that is missing fails all.
    pub(super) fn batch(&self, request: &Request, _: Caller) -> Answer {
        let body: Value = request.json().unwrap_or_default();
        let mut ids: Vec<u64> = serde_json::from_value(body["ids"].clone())
            .map_err(|_| refuse(400, "VS403474: ids is no list of numbers."))?;
        if ids.is_empty() || ids.len() > LARGEST_BATCH {
            return Err(refuse(400, "VS402339: The number of ids is not between 1 and 200."));
        }
        let expand = body["$expand"].as_str();
        if expand.is_some() && !body["fields"].is_null() {
            return Err(refuse(
                400,
                "The expand parameter can not be used with the fields parameter.",
            ));
        }
        ids.sort_unstable();
        let omit = body["errorPolicy"].as_str() == Some("omit");
        let store = self.store();
        let mut views = Vec::new();
        for id in ids {
            match super::visible(&store, &id.to_string()) {
                Ok(item) => {
                    let relations = expand == Some("relations");
                    views.push(self.item(&store, item, relations, request));
                }
                Err(_) if omit => views.push(Value::Null),
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(Response::json(200, &json!({"count": views.len(), "value": views})))
    }

    /// The items with links to artifacts, under the names by which they were asked for.
    pub(super) fn holders(&self, request: &Request) -> Answer {
        let body: Value = request.json().unwrap_or_default();
        let wanted: Vec<String> = serde_json::from_value(body["artifactUris"].clone())
            .map_err(|_| refuse(400, "VS403474: artifactUris is no list of addresses."))?;
        let store = self.store();
        let visible = || store.items.iter().filter(|item| item.project != HIDDEN_PROJECT);
        let mut told = serde_json::Map::new();
        for uri in wanted {
            let leads_there = |link: &WebLink| {
                let url = link.body["url"].as_str().unwrap_or_default();
                link.body["rel"] == "ArtifactLink" && url.eq_ignore_ascii_case(&uri)
            };
            let holders = visible().filter(|item| item.links.iter().any(leads_there));
            let address = super::base(request, self.deployment);
            let holders: Vec<_> = holders
                .map(|it| json!({"id": it.serial, "url": format!("{address}/_apis/wit/workItems/{}", it.serial)}))
                .collect();
            told.insert(uri, holders.into());
        }
        Ok(Response::json(200, &json!({"artifactUrisQueryResult": told})))
    }
}
