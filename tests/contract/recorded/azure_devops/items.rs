//! Work items, queries and types.

use super::{Canned, Exchange, examples, ok, recorded, serve, shared, tracker};
use backend::{
    Tracker,
    model::{Change, Draft, Kind, Priority, Query, Status, WorkItem, WorkItemId},
};
use serde_json::{Value, json};

/// The states of the Basic process, in which the recorded tasks were made.
fn basic() -> Value {
    json!({"value": [{"name": "To Do", "category": "Proposed"},
        {"name": "Doing", "category": "InProgress"}, {"name": "Done", "category": "Completed"}]})
}

fn states() -> Canned {
    ok("GET", "/states", &basic())
}

/// True for an answer that is one whole item.
fn is_item(body: &Value) -> bool {
    body["fields"]["System.WorkItemType"].is_string()
        && body["fields"]["System.TeamProject"].is_string()
        && body["fields"]["System.ChangedDate"].is_string()
}

async fn read(body: &Value) -> WorkItem {
    let id = body["id"].to_string();
    let server = serve(vec![states(), ok("GET", format!("/workitems/{id}"), body)]);
    tracker(&server, "Any").await.get_work_item(&WorkItemId::new(id)).await.unwrap()
}

/// What a person reads in an item is what is read of it.
async fn check(body: &Value) {
    let item = read(body).await;
    let fields = &body["fields"];
    let text = |name: &str| fields[name].as_str().unwrap_or_default();
    assert_eq!(item.id.as_str(), body["id"].to_string());
    assert_eq!(item.title, text("System.Title"));
    assert_eq!(item.native_status, text("System.State"));
    assert_eq!(item.iteration.as_deref(), fields["System.IterationPath"].as_str());
    assert_eq!(item.labels.join("; "), text("System.Tags"));
    let assignee = &fields["System.AssignedTo"];
    let shown = assignee["displayName"].as_str().or_else(|| assignee.as_str()?.split(" <").next());
    assert_eq!(item.assignee.as_deref(), shown);
    let priorities = [Priority::Critical, Priority::High, Priority::Medium, Priority::Low];
    let number = fields["Microsoft.VSTS.Common.Priority"].as_u64();
    let number = number.and_then(|number| usize::try_from(number).ok());
    assert_eq!(item.priority, number.map(|number| priorities[number - 1]));
    let created: jiff::Timestamp = text("System.CreatedDate").parse().unwrap();
    assert_eq!(item.created_at, created);
    let parent = body["relations"].as_array().and_then(|relations| {
        let up = |it: &&Value| it["rel"] == "System.LinkTypes.Hierarchy-Reverse";
        relations.iter().find(up)?["url"].as_str()?.rsplit('/').next()
    });
    assert_eq!(item.parent_id.as_ref().map(WorkItemId::as_str), parent);
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let steps = text("Microsoft.VSTS.TCM.ReproSteps");
    let plain = if steps.is_empty() { text("System.Description") } else { steps };
    if !plain.contains(['<', '&', '#', '*', '_', '`']) {
        assert_eq!(words(item.description.as_str()), words(plain));
    }
}

#[tokio::test]
async fn every_recorded_item_is_read_as_a_person_reads_it() {
    let Some(shared) = shared() else { return };
    let exchanges = recorded(&shared, "test_boards_releations");
    let items: Vec<Value> = exchanges
        .iter()
        .filter(|it| it.uri.contains("/workItems/") && it.status == 200)
        .map(Exchange::json)
        .filter(is_item)
        .collect();
    assert!(items.len() > 30, "only {} items were recorded", items.len());
    for body in &items {
        check(body).await;
        let item = read(body).await;
        assert_eq!((item.kind, item.status), (Kind::Task, Status::Todo));
        assert_eq!(item.priority, Some(Priority::High));
    }
    let placed = items.iter().filter(|body| body["relations"].is_array()).count();
    assert!(placed > 10, "only {placed} items have relations");
}

#[tokio::test]
async fn every_item_among_the_examples_is_read_as_a_person_reads_it() {
    let Some(shared) = shared() else { return };
    let mut count = 0;
    for folder in ["workItems", "revisions", "recycleBin"] {
        for (_, body) in examples(&shared, &format!("wit/7.2/httpExamples/{folder}")) {
            let list = body["value"].as_array().cloned().unwrap_or_else(|| vec![body.clone()]);
            for body in list.iter().filter(|body| is_item(body)) {
                check(body).await;
                count += 1;
            }
        }
    }
    acceptance::say(format!("recorded: {count} example items of Azure DevOps read"));
    assert!(count > 25, "only {count} examples are items");
}

/// The exchange of a creation, replayed: the item that was made is the one that is returned.
#[tokio::test]
async fn a_recorded_creation_gives_the_item() {
    let Some(shared) = shared() else { return };
    let exchanges = recorded(&shared, "test_boards_releations");
    let made = exchanges.iter().find(|it| it.is("POST", "workItems/$Task")).unwrap().json();
    let types = json!({"value": [{"name": "Epic"}, {"name": "Issue"}, {"name": "Task"}]});
    let answers = vec![
        ok("GET", "/workitemtypes", &types),
        states(),
        ok("POST", "/workitems/$Task", &made),
        ok("GET", "/workitems/973", &made),
    ];
    let server = serve(answers);
    let tracker = tracker(&server, "WIRel000001").await;
    let draft = Draft { title: "Task_0".to_owned(), ..Draft::default() };
    let item = tracker.create_work_item(&draft).await.unwrap();
    assert_eq!((item.id.as_str(), item.title.as_str()), ("973", "Task_0"));
    let sent = server.exchanges();
    let create = sent.iter().find(|it| it.request.method == "POST").unwrap();
    assert_eq!(create.request.header("content-type"), Some("application/json-patch+json"));
    let body: Value = create.request.json().unwrap();
    let title = json!([{"op": "add", "path": "/fields/System.Title", "value": "Task_0"}]);
    assert_eq!(body, title, "as Microsoft's own client sends it");
    let epic = Change { parent_id: Some(WorkItemId::new("973")), ..Change::default() };
    let error = tracker.update_work_item(&item.id, &epic).await.unwrap_err();
    assert!(error.message.contains("below itself"), "{error}");
}

/// The recorded answers of queries name their items, which are then read in their order.
#[tokio::test]
async fn recorded_queries_are_read() {
    let Some(shared) = shared() else { return };
    let exchanges = recorded(&shared, "test_boards_releations");
    let items: Vec<Value> = exchanges
        .iter()
        .filter(|it| it.is("GET", "$expand=relations") && it.status == 200)
        .map(Exchange::json)
        .collect();
    let queries = exchanges.iter().filter(|it| it.is("POST", "/_apis/wit/wiql"));
    let mut count = 0;
    for query in queries {
        let answer = query.json();
        let expected: Vec<String> =
            answer["workItems"].as_array().unwrap().iter().map(|it| it["id"].to_string()).collect();
        let fits = |it: &&Value| expected.contains(&it["id"].to_string());
        let mut batch: Vec<&Value> = items.iter().filter(fits).collect();
        batch.dedup_by_key(|it| it["id"].clone());
        batch.reverse();
        let server = serve(vec![
            states(),
            ok("POST", "/wiql", &answer),
            ok("POST", "/workitemsbatch", &json!({"value": batch})),
        ]);
        let found = tracker(&server, "WIRel000001").await;
        let found = found.search_work_items(&Query::default()).await.unwrap();
        let ids: Vec<_> = found.items.iter().map(|item| item.id.as_str().to_owned()).collect();
        assert_eq!((ids, found.complete), (expected, true));
        count += 1;
    }
    assert!(count >= 2, "only {count} queries were recorded");
}

/// Microsoft's list of types, which names their fields, and its list of a bug's states.
#[tokio::test]
async fn the_types_of_the_examples_take_what_their_forms_show() {
    let Some(shared) = shared() else { return };
    let named = |folder: &str, end: &str| {
        let all = examples(&shared, folder);
        all.into_iter().find(|(file, _)| file.ends_with(end)).unwrap().1
    };
    let types = named("wit/7.2/httpExamples/workItemTypes", "GET__wit_workItemTypes.json");
    let states = named("wit/7.2/httpExamples/workItemTypeStates", "GET__workitem_type_states.json");
    let made = named("wit/7.2/httpExamples/workItems", "POST__wit_workitems_create.json");
    let answers = vec![
        ok("GET", "/workitemtypes", &types),
        ok("GET", "/states", &states),
        ok("POST", "/workitems/$Bug", &made),
        ok("POST", "/workitems/$User%20Story", &made),
        ok("POST", "/workitems/$Epic", &made),
    ];
    let server = serve(answers);
    let tracker = tracker(&server, "Fabrikam-Fiber-Git").await;
    for (kind, text, points) in [
        (Kind::Bug, "Microsoft.VSTS.TCM.ReproSteps", "Microsoft.VSTS.Scheduling.StoryPoints"),
        (Kind::Feature, "System.Description", "Microsoft.VSTS.Scheduling.StoryPoints"),
        (Kind::Epic, "System.Description", "Microsoft.VSTS.Scheduling.Effort"),
    ] {
        let fields = sent_fields(&*tracker, &server, kind).await;
        assert!(fields.contains(&text.to_owned()), "{kind}: {fields:?}");
        assert!(fields.contains(&points.to_owned()), "{kind}: {fields:?}");
    }
}

/// The fields that the creation of an item with text and estimate sets.
async fn sent_fields(
    tracker: &dyn Tracker,
    server: &::conformance::fake::Server,
    kind: Kind,
) -> Vec<String> {
    let draft = Draft {
        title: "A".to_owned(),
        description: backend::text::Markdown::from_template("B"),
        kind,
        story_points: Some(3.0),
        ..Draft::default()
    };
    tracker.create_work_item(&draft).await.unwrap();
    let last = server.exchanges().into_iter().rfind(|it| it.request.method == "POST").unwrap();
    let operations: Vec<Value> = last.request.json().unwrap();
    let field = |it: &Value| it["path"].as_str().unwrap().replace("/fields/", "");
    operations.iter().map(field).collect()
}
