//! The example of the guide: a whole tracker in a program of 150 lines.

use super::{has_python, path, path_with_plugins};
use acceptance::{Ended, Process, TestRepository, root};
use conformance::{
    plugin::{self, Plugin},
    suite,
};
use serde_json::json;
use std::{fs, path::Path};

const FOLDER: &str = "examples/tracker-acme";

#[test]
fn it_is_small() {
    let text = fs::read_to_string(root().join(FOLDER).join("tracker-acme")).unwrap();
    assert!(text.lines().count() <= 150 && text.lines().all(|line| line.len() <= 120));
}

#[test]
fn it_passes_the_suite() {
    if !has_python() {
        return;
    }
    let folder = root().join(FOLDER);
    let text = fs::read_to_string(folder.join("conformance.json")).unwrap();
    let (config, known) = plugin::read(&text).unwrap();
    let program = folder.join("tracker-acme");
    let (name, program) = plugin::program(program.to_str().unwrap(), None).unwrap();
    let plugin = Plugin::new(&name, program, &config, known);
    let plugin = plugin.in_environment(|name| path().filter(|_| name == "PATH"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let report = runtime.block_on(suite::run(&plugin)).unwrap();
    acceptance::say(report.to_string().lines().last().unwrap_or_default());
    assert!(report.is_good() && report.outcomes.len() >= 53, "{report}");
}

fn run(name: &'static str, folder: &Path, args: &[&str]) -> Ended {
    let process = Process::new(name, folder).env("PATH", path_with_plugins());
    process.env("PLUGIN_API_ENDPOINT", folder.join("acme.db")).args(args).run()
}

#[test]
fn items_and_links_live_in_it() {
    if !has_python() {
        return;
    }
    let repository = TestRepository::new();
    let path = repository.path();
    let named = |args: &[&'static str]| [args, &["--platform", "plugin:acme", "--json"]].concat();
    let create = named(&["create", "--title", "Pay by invoice", "--label", "payments"]);
    let made = run("work-item", path, &create).expect_code(0).json();
    assert_eq!(made["item"]["id"], "ACME-1", "{made}");
    let sha = repository.commit("feat: add invoices\n\nRefs: ACME-1\n");
    let dry = run("link-commit", path, &named(&["--dry-run"])).expect_code(0).json();
    assert_eq!(dry["links"][0]["existed"], false, "{dry}");
    for existed in [false, true] {
        let report = run("link-commit", path, &named(&[])).expect_code(0).json();
        let link = json!([report["links"][0]["commit"], report["links"][0]["existed"]]);
        assert_eq!(link, json!([sha, existed]), "{report}");
    }
    let item = run("work-item", path, &named(&["get", "ACME-1"])).expect_code(0).json();
    assert_eq!(item["links"].as_array().map(Vec::len), Some(1), "{item}");
    let moved = named(&["update", "ACME-1", "--status", "in_review", "--comment", "Ready."]);
    let moved = run("work-item", path, &moved).expect_code(0).json();
    assert_eq!(moved["item"]["native_status"], "in review", "{moved}");
    run("work-item", path, &named(&["get", "ACME-9"])).expect_code(66);
}

#[test]
fn many_links_are_in_flight_at_once() {
    if !has_python() {
        return;
    }
    let repository = TestRepository::new();
    let path = repository.path();
    run("work-item", path, &["create", "--title", "x", "--platform", "plugin:acme"]).expect_code(0);
    for number in 0..20 {
        repository.commit(&format!("fix: number {number} of ACME-1"));
    }
    let args = ["--range", "HEAD", "--platform", "plugin:acme", "--json"];
    let report = run("link-commit", path, &args).expect_code(0).json();
    assert_eq!(report["links"].as_array().map(Vec::len), Some(20), "{report}");
}

#[test]
fn a_configuration_file_names_it() {
    if !has_python() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let yaml = "ours:\n  platform: plugin:acme\n  api_endpoint: ${FOLDER}/acme.db\n  project: OURS\n  custom_settings:\n    webhook_secret: ${ACME_WEBHOOK_SECRET}\n";
    let file = folder.path().join(".devops-integrations.yaml");
    fs::write(file, yaml).unwrap();
    let create = || {
        let process = Process::new("work-item", folder.path()).env("PATH", path_with_plugins());
        process.env("FOLDER", folder.path()).args(["create", "--title", "s3cret-of-the-hook"])
    };
    let ended = create().run().expect_code(78);
    assert!(ended.stderr.contains("${ACME_WEBHOOK_SECRET} is not set"), "{ended:?}");
    let ended = create().env("ACME_WEBHOOK_SECRET", "s3cret-of-the-hook").run().expect_code(0);
    assert!(ended.stdout.contains("OURS-1") && ended.stdout.contains("***"), "{ended:?}");
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let check = |platform: &str, path: &Path, parts: [&str; 2]| {
        let process = Process::new("work-item", folder.path()).env("PATH", path);
        let ended = process.args(["get", "ACME-1", "--platform", platform]).run().expect_code(78);
        assert!(parts.iter().all(|part| ended.stderr.contains(part)), "{parts:?} in {ended:#?}");
    };
    let empty = folder.path();
    let missing = ["no folder of PATH has a program `tracker-nope", "hint: install `tracker-nope"];
    check("plugin:nope", empty, missing);
    check("plugin:nope", Path::new("bin:."), ["start plugin nope", "hint: set PATH to absolute"]);
    check("plugin:../nope", empty, ["`plugin:../nope`: it is no plugin", "letters, digits"]);
    if cfg!(unix) {
        fs::write(empty.join("tracker-plain"), "no program").unwrap();
        check("plugin:plain", empty, ["start plugin plain", "hint: make "]);
    }
    if has_python() {
        let args = ["get", "ACME-1", "--platform", "plugin:acme"];
        let process = Process::new("work-item", empty).env("PATH", path_with_plugins());
        let ended = process.args(args).run().expect_code(78);
        let told = "plugin acme: open Acme: api_endpoint is missing\nhint: set PLUGIN_API_ENDPOINT";
        assert!(ended.stderr.contains(told), "{ended:#?}");
    }
}
