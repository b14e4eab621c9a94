//! Whose items the panel shows: other projects, other trackers, items that were moved.

use super::super::scene::Scene;
use super::{check, scene, settle};
use ::conformance::{
    fake::faults::{Fault, Rule},
    subject::Site as _,
};
use serde_json::json;

#[test]
fn two_projects_of_one_site_share_a_panel() {
    let (mut scene, policy) = scene("noise: { default: panel }\n");
    let config = scene.file("plugins.yaml");
    let text = "shop: { platform: jira }\npay: { platform: jira, project: OTHER }\n\
        routes: { SHOP: shop, OTHER: pay }\n";
    std::fs::write(&config, text).unwrap();
    scene.ground.variables.retain(|(name, _)| *name != "DEVOPS_PLATFORM");
    scene.ground.variables.push(("DEVOPS_CONFIG", config.to_str().unwrap().to_owned()));
    let other = |scene: &Scene| scene.ground.jira().jira().development_of("OTHER-1").len();
    settle(&scene, &policy, &scene.pull("KEY-1: add", ""), &[]);
    check(&scene.ground, &[(1, "OPEN")], &[]);
    settle(&scene, &policy, &scene.pull("KEY-1 OTHER-1: add", ""), &[]);
    check(&scene.ground, &[(1, "OPEN")], &[]);
    assert_eq!(other(&scene), 1);
    settle(&scene, &policy, &scene.pull("OTHER-1: add", ""), &[]);
    check(&scene.ground, &[], &[]);
    assert_eq!(other(&scene), 1);
}

#[test]
fn an_item_that_was_moved_is_the_same_item() {
    for policy in ["{}", "noise: { default: panel }\n"] {
        let (scene, policy) = scene(policy);
        let pull = scene.pull("KEY-1: add", "");
        let policy: Vec<&str> = policy.iter().map(String::as_str).collect();
        let projects = [&policy[..], &["--projects", "SHOP,OTHER"]].concat();
        scene.run(&pull, &projects).expect_code(0);
        let id = scene.ground.id(1).to_string();
        {
            let mut store = scene.ground.jira().store();
            let item = store.find_mut(|item| item.key() == id).unwrap();
            (item.project, item.number, item.former) = ("OTHER".to_owned(), 77, Some(id));
        }
        for _ in 0..2 {
            scene.run(&pull, &projects).expect_code(0);
            let document = scene.settle(&pull, &projects, 0);
            assert_eq!(document["withdrawn"], json!([]), "{document:#}");
            assert_eq!(document["links"].as_array().unwrap().len(), 1, "{document:#}");
            let shown = scene.ground.jira().jira().development_of("OTHER-77");
            assert_eq!(shown.len(), 1, "{shown:?}");
        }
    }
}

#[test]
fn a_run_of_another_project_leaves_its_items() {
    let (scene, policy) = scene("noise: { SHOP: panel }\n");
    let other = |scene: &Scene| {
        let links =
            scene.ground.jira().store().find(|item| item.key() == "OTHER-1").unwrap().links.len();
        (scene.ground.jira().jira().development_of("OTHER-1").len(), links)
    };
    let wide = scene.pull("KEY-1 OTHER-1: add", "");
    let policy: Vec<&str> = policy.iter().map(String::as_str).collect();
    let both = [&policy[..], &["--projects", "SHOP,OTHER"]].concat();
    scene.run(&wide, &both).expect_code(0);
    assert_eq!(other(&scene), (1, 1));
    let document = scene.settle(&wide, &policy, 0);
    check(&scene.ground, &[(1, "OPEN")], &[]);
    assert_eq!((other(&scene), &document["withdrawn"]), ((1, 1), &json!([])), "{document:#}");
}

#[test]
fn of_several_trackers_each_shows_its_own_items() {
    let (mut scene, policy) = scene("noise: { default: panel }\n");
    let local = scene.file("tracker.db");
    let config = scene.file("plugins.yaml");
    std::fs::write(
        &config,
        format!(
            "shop: {{ platform: jira }}\n\
             till: {{ platform: local, file: {}, project: TILL }}\n\
             routes: {{ SHOP: shop, TILL: till }}\n",
            local.display()
        ),
    )
    .unwrap();
    scene.ground.variables.retain(|(name, _)| *name != "DEVOPS_PLATFORM");
    scene.ground.variables.push(("DEVOPS_CONFIG", config.to_str().unwrap().to_owned()));
    let made = acceptance::Process::new("work-item", &scene.place)
        .env("LOCAL_TRACKER_FILE", &local)
        .env("LOCAL_PROJECT", "TILL")
        .args(["create", "--platform", "local", "--title", "A till"])
        .run();
    made.expect_code(0);
    let document = settle(&scene, &policy, &scene.pull("KEY-1 TILL-1: add", ""), &[]);
    check(&scene.ground, &[(1, "OPEN")], &[]);
    let in_panel: Vec<_> =
        document["links"].as_array().unwrap().iter().map(|it| &it["in_panel"]).collect();
    assert_eq!(in_panel, [true, false], "{document:#}");
    let document = settle(&scene, &policy, &scene.pull("TILL-1 KEY-1: add", ""), &[]);
    let order: Vec<_> =
        document["links"].as_array().unwrap().iter().map(|it| &it["item"]).collect();
    assert_eq!(order, ["TILL-1", "SHOP-1"], "as they are named");
    settle(&scene, &policy, &scene.pull("TILL-1: add", ""), &[]);
    check(&scene.ground, &[], &[]);
    let away = Rule::new(Fault::Refuse(503, None)).on("POST", "/bulk").always();
    scene.ground.jira().server().inject(away);
    let policy: Vec<&str> = policy.iter().map(String::as_str).collect();
    let ended = scene.run(&scene.pull("KEY-2 TILL-1: add", ""), &policy).expect_code(75);
    assert!(ended.stdout.contains("was linked  TILL-1"), "{ended:?}");
    assert!(ended.stdout.contains("not shown   SHOP-2"), "{ended:?}");
}
