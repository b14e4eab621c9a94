//! The examples of the guide are what they say.

use crate::{
    error::ErrorKind,
    health::Health,
    history::TeamHistory,
    model::{Found, Identity, Link, WorkItem},
    plugin::{
        metadata::{self, Introduction},
        protocol::{Answer, Incoming},
    },
    settings::Problem,
    tracker::Operation,
    velocity::Velocity,
    webhook::Event,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Deserializer, Value};
use std::collections::BTreeSet;

const GUIDE: &str = include_str!("../../../README.md");

/// The requests and answers of the guide, each block's in order.
fn conversations() -> Vec<Vec<Value>> {
    let (_, part) = GUIDE.split_once("\n## Requests and answers\n").unwrap();
    let (part, _) = part.split_once("\n## Errors\n").unwrap();
    let blocks = part.split("```json\n").skip(1).map(|rest| rest.split_once("```").unwrap().0);
    let values = |block| Deserializer::from_str(block).into_iter().map(Result::unwrap).collect();
    blocks.map(values).collect()
}

/// Breaks unless the text has every field of its type, and no other.
fn whole<T: DeserializeOwned + Serialize>(value: &Value) {
    let typed: T = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(&serde_json::to_value(typed).unwrap(), value);
}

fn check_result(op: &str, ok: &Value) {
    match op {
        "metadata" => {
            let mut said = ok.clone();
            assert_eq!(said.as_object_mut().unwrap().remove("protocol"), Some(1.into()));
            whole::<Introduction>(&said);
            metadata::abilities(said).unwrap();
        }
        "authenticate" => whole::<Identity>(ok),
        "create_work_item" => whole::<WorkItem>(ok),
        "search_work_items" => whole::<Found>(ok),
        "link_to_commit" | "link_to_pull_request" | "attach_file" => whole::<Link>(ok),
        "list_links" => whole::<Vec<Link>>(ok),
        "webhook_handler" => whole::<Event>(ok),
        "team_history" => whole::<TeamHistory>(ok),
        "get_team_velocity" => whole::<Velocity>(ok),
        "validate_config" => whole::<Vec<Problem>>(ok),
        "health_check" => whole::<Health>(ok),
        "configure" | "unlink" => assert!(ok.is_null(), "{op}"),
        other => panic!("{other} has an example of no known type"),
    }
}

#[test]
fn every_operation_has_an_example_that_is_read_as_it_stands() {
    let mut seen = BTreeSet::new();
    for conversation in conversations() {
        let request = &conversation[0];
        let asked: Incoming = serde_json::from_value(request.clone()).unwrap();
        let (id, ask) = (asked.id, asked.ask().unwrap());
        let line: Value = serde_json::from_slice(&ask.line(id).unwrap()).unwrap();
        assert_eq!(&line, request, "every argument is there, and no other");
        seen.insert(ask.word());
        for answer in &conversation[1..] {
            let answer = Answer::parse(answer.to_string().as_bytes()).unwrap();
            assert_eq!(answer.id, id);
            match answer.outcome {
                Ok(ok) => check_result(ask.word(), &ok),
                Err(refusal) => assert_eq!(refusal.kind, ErrorKind::NotFound),
            }
        }
    }
    let operations = Operation::ALL.iter().map(|operation| operation.word());
    let expected: BTreeSet<_> = operations.chain(["metadata", "configure"]).collect();
    assert_eq!(seen, expected);
    assert!(seen.iter().all(|word| GUIDE.contains(&format!("### `{word}`"))));
}

#[test]
fn the_fields_that_an_item_has_at_least_are_named() {
    let (_, named) = GUIDE.split_once("item in an answer has at least ").unwrap();
    let named = named.split_once(';').unwrap().0;
    let conversations = conversations();
    let created = conversations.iter().find(|it| it[0]["op"] == "create_work_item").unwrap();
    let item = created[1]["ok"].as_object().unwrap();
    for field in item.keys() {
        let mut without = item.clone();
        without.remove(field);
        let is_required = serde_json::from_value::<WorkItem>(without.into()).is_err();
        assert_eq!(named.contains(&format!("`{field}`")), is_required, "{field}");
    }
}
