//! `health-check` as a real process, against a Jira that is well, one that refuses the token, and one that is away.

use ::conformance::{
    fake::jira::{
        CLIENT_ID, CLIENT_SECRET, Deployment, EMAIL, GOOD_TOKEN, Tenant, WEAK_CLIENT_SECRET,
        WEAK_TOKEN,
    },
    subject::Site as _,
};
use acceptance::{Ended, Process};
use std::{fs, path::Path};

fn jira(site: &Tenant, token: &str, folder: &Path, args: &[&str]) -> Ended {
    Process::new("health-check", folder)
        .args(args)
        .env("JIRA_URL", site.server().url().as_str())
        .env("JIRA_EMAIL", EMAIL)
        .env("JIRA_API_TOKEN", token)
        .env("JIRA_PROJECT", "SHOP")
        .run()
}

#[test]
fn a_tracker_that_is_well_says_who_we_are() {
    let (site, folder) = (Tenant::new(Deployment::Cloud).unwrap(), tempfile::tempdir().unwrap());
    let ended = jira(&site, GOOD_TOKEN, folder.path(), &["--strict"]).expect_code(0);
    assert!(ended.stdout.contains("jira  healthy    Build Robot"), "{}", ended.stdout);
    let json = jira(&site, GOOD_TOKEN, folder.path(), &["--json"]).expect_code(0).json();
    assert_eq!(json["healthy"], true, "{json}");
    let tracker = &json["trackers"][0];
    assert_eq!((&tracker["plugin"], &tracker["status"]), (&"jira".into(), &"healthy".into()));
    assert!(tracker["latency_ms"].is_u64() && tracker["read_ms"].is_u64(), "{tracker}");
}

#[test]
fn a_tracker_that_is_not_well_says_why_and_what_to_do() {
    let (site, folder) = (Tenant::new(Deployment::Cloud).unwrap(), tempfile::tempdir().unwrap());
    let wrong = jira(&site, "wrong-token-0123456789", folder.path(), &[]).expect_code(1);
    assert!(wrong.stdout.contains("unhealthy") && wrong.stdout.contains("error: cannot sign in"));
    assert!(wrong.stderr.contains("not healthy: jira\nhint: check JIRA_EMAIL"), "{wrong:?}");
    let all = format!("{}{}", wrong.stdout, wrong.stderr);
    assert_eq!(all.matches("check JIRA_EMAIL").count(), 1, "what to do is said once: {all}");
    let weak = jira(&site, WEAK_TOKEN, folder.path(), &["--json"]).expect_code(1).json();
    let missing = weak["trackers"][0]["access"]["missing_scopes"].to_string();
    assert!(missing.contains("CREATE_ISSUES") && !missing.contains("BROWSE"), "{weak}");
    let away = Process::new("health-check", folder.path())
        .args(["--deadline", "2"])
        .env("JIRA_URL", "http://127.0.0.1:9")
        .env("JIRA_API_TOKEN", "x")
        .env("JIRA_PROJECT", "SHOP")
        .run()
        .expect_code(1);
    assert!(away.stdout.contains("the connection was refused"), "{}", away.stdout);
}

#[test]
fn a_development_panel_is_asked_whether_it_is_open() {
    let (site, folder) = (Tenant::new(Deployment::Cloud).unwrap(), tempfile::tempdir().unwrap());
    let run = |secret: &str, args: &[&str]| {
        Process::new("health-check", folder.path())
            .args(args)
            .env("JIRA_URL", site.server().url().as_str())
            .env("JIRA_EMAIL", EMAIL)
            .env("JIRA_API_TOKEN", GOOD_TOKEN)
            .env("JIRA_PROJECT", "SHOP")
            .env("JIRA_PANEL_CLIENT_ID", CLIENT_ID)
            .env("JIRA_PANEL_CLIENT_SECRET", secret)
            .run()
    };
    let good = run(CLIENT_SECRET, &[]).expect_code(0);
    assert!(good.stdout.trim_end().ends_with("development panel"), "{}", good.stdout);
    let json = run(CLIENT_SECRET, &["--json"]).expect_code(0).json();
    assert_eq!(json["trackers"][0]["panel"], "open", "{json}");
    let weak = run(WEAK_CLIENT_SECRET, &["--json"]).expect_code(1).json();
    assert_eq!(weak["trackers"][0]["panel"], "refused", "{weak}");
    assert!(weak["trackers"][0]["hint"].as_str().unwrap().contains("Development information"));
    let wrong = run("wrong-secret-0123456789", &[]).expect_code(1);
    let error = "error: cannot sign in to the development panel: Jira answered 401 Unauthorized";
    assert!(wrong.stdout.contains(error), "{}", wrong.stdout);
    assert!(
        wrong.stderr.contains("hint: check JIRA_PANEL_CLIENT_ID and JIRA_PANEL_CLIENT_SECRET"),
        "{wrong:?}"
    );
}

#[test]
fn every_tracker_of_the_file_is_asked_and_what_is_broken_is_told_beside() {
    let (site, folder) = (Tenant::new(Deployment::Cloud).unwrap(), tempfile::tempdir().unwrap());
    fs::write(
        folder.path().join(".devops-integrations.yaml"),
        "here:\n  platform: local\n  custom_settings:\n    colour: blue\nnotes:\n  platform: local\n",
    )
    .unwrap();
    let ended = jira(&site, GOOD_TOKEN, folder.path(), &["--json"]).expect_code(1);
    let json = ended.json();
    let states: Vec<_> = json["trackers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {}", it["plugin"].as_str().unwrap(), it["status"].as_str().unwrap()))
        .collect();
    assert_eq!(states, ["here unhealthy", "jira healthy", "notes healthy"]);
    let error = json["trackers"][0]["error"].as_str().unwrap();
    assert!(error.contains("here.custom_settings.colour: unknown key"), "{error}");
    let one = jira(&site, GOOD_TOKEN, folder.path(), &["--platform", "notes"]).expect_code(0);
    assert_eq!(one.stdout.lines().count(), 1, "{}", one.stdout);
    jira(&site, GOOD_TOKEN, folder.path(), &["--platform", "notes", "--all"]).expect_code(1);
}

#[test]
fn where_nothing_is_set_up_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let ended = Process::new("health-check", folder.path()).run().expect_code(78);
    assert!(ended.stderr.contains("--platform local"), "{}", ended.stderr);
    Process::new("health-check", folder.path()).args(["--platform", "local"]).run().expect_code(0);
}
