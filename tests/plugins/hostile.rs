//! Programs that die, hang, flood and lie: each is one clear error, and none is left behind.

use super::{has_python, path, path_with_plugins};
use acceptance::{Ended, Process, root};
use backend::{
    Error, ErrorKind, Result, Tracker,
    model::{Draft, WorkItemId},
    plugin::{self, Program},
    settings::{Origin, Settings},
};
use conformance::subject::{generous, wire};
use serde_json::Value;
use std::{path::Path, time::Duration};

const KEY: &str = "key-of-hostile-1234";

async fn start(mode: &str) -> Result<Box<dyn Tracker>> {
    let program = Program::at(root().join("tests/plugins/tracker-hostile")).with_arguments([mode]);
    let settings = Settings::new("plugin:hostile").with("api_key", KEY, Origin::Default);
    let mut wire = wire(generous()).unwrap();
    wire.search_path = path();
    wire.environment = vec![("HTTPS_PROXY", "http://proxy.example.com:3128".into())];
    plugin::start(&program, &settings, &wire).await
}

fn block_on<T>(run: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(run)
}

async fn started(mode: &str) -> Box<dyn Tracker> {
    start(mode).await.unwrap_or_else(|error| panic!("{mode}: cannot {error}"))
}

fn check(error: &Error, kind: ErrorKind, part: &str) {
    assert_eq!(error.kind, kind, "{error}");
    assert!(error.message.contains(part), "`{part}` in {error}");
    assert!(!error.message.contains(KEY) && !error.message.chars().any(char::is_control));
}

#[test]
fn a_plugin_that_cannot_introduce_itself_is_told_why() {
    if !has_python() {
        return;
    }
    let refused = |mode, kind, part: &str| check(&block_on(start(mode)).unwrap_err(), kind, part);
    refused("banner", ErrorKind::Protocol, "wrote \"Welcome to the hostile tracker\" to standard");
    refused("future", ErrorKind::Protocol, "speaks protocol 2, and this build protocol 1");
    refused("stillborn", ErrorKind::Unavailable, "(exit status: 1); it said: ModuleNotFoundError");
}

#[test]
fn a_plugin_that_breaks_off_is_one_error_of_the_right_kind() {
    if !has_python() {
        return;
    }
    let cases = [
        ("die", ErrorKind::Unavailable, "(exit status: 3); it said: last [31mwords"),
        ("garbage", ErrorKind::Protocol, "which is no answer"),
        ("unknown id", ErrorKind::Protocol, "answered request 4711 and was not asked"),
        ("flood", ErrorKind::Protocol, "wrote a line longer than 16777216 bytes"),
        ("close", ErrorKind::Unavailable, "closed its standard output"),
        ("leave a child", ErrorKind::Unavailable, "ended without an answer (exit status: 0)"),
    ];
    for (mode, kind, part) in cases {
        let id = WorkItemId::new("HOSTILE-1");
        let (read, create) = block_on(async {
            let tracker = started(mode).await;
            let read = tracker.get_work_item(&id).await.unwrap_err();
            let tracker = started(mode).await;
            (read, tracker.create_work_item(&Draft::default()).await.unwrap_err())
        });
        check(&read, kind, part);
        check(&create, ErrorKind::Ambiguous, part);
    }
}

#[test]
fn an_answer_that_is_given_twice_ends_the_conversation() {
    if !has_python() {
        return;
    }
    block_on(async {
        let tracker = started("twice").await;
        tracker.authenticate().await.unwrap();
        let error = tracker.authenticate().await.unwrap_err();
        check(&error, ErrorKind::Protocol, "answered request 3 a second time");
    });
}

/// True while there is a process of this number, be it one that ended and was not waited for.
fn is_there(pid: &str) -> bool {
    Path::new("/proc/self").exists() && Path::new("/proc").join(pid).exists()
}

#[test]
fn no_process_is_left_behind() {
    if !has_python() {
        return;
    }
    for mode in ["fine", "stay"] {
        block_on(async {
            let tracker = started(mode).await;
            let pid = tracker.authenticate().await.unwrap().id;
            assert!(is_there(&pid) || !Path::new("/proc/self").exists());
            drop(tracker);
            assert!(!is_there(&pid), "{mode} is still there");
        });
    }
    block_on(async {
        let tracker = started("hang").await;
        let asked = tokio::time::timeout(Duration::from_millis(50), tracker.authenticate()).await;
        assert!(asked.is_err(), "it hangs");
        let started = std::time::Instant::now();
        drop(tracker);
        assert!(started.elapsed() < Duration::from_secs(10), "nobody waits for it");
    });
}

#[test]
fn a_plugin_sees_nothing_of_our_environment_but_what_it_needs() {
    if !has_python() {
        return;
    }
    let told = block_on(async { started("environment").await.authenticate().await.unwrap().id });
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["folder"], "/");
    assert!(!told.to_string().contains(KEY), "{told}");
    let known = ["PATH", "HTTPS_PROXY", "LC_CTYPE", "PWD", "SHLVL", "_", "OLDPWD"];
    // Launchers and shells add variables of their own.
    let foreign = |name: &&str| !known.contains(name) && !name.contains("PYENV");
    let variables = told["variables"].as_array().unwrap();
    let foreign: Vec<_> = variables.iter().filter_map(Value::as_str).filter(foreign).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
    assert!(variables.iter().any(|name| name == "HTTPS_PROXY"), "{variables:?}");
}

fn work_item(mode: &str, args: &[&str]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::new("work-item", folder.path());
    let process = process.env("PATH", path_with_plugins()).env("PLUGIN_PROJECT", mode);
    process.env("PLUGIN_API_KEY", KEY).args(args).args(["--platform", "plugin:hostile"]).run()
}

#[test]
fn what_a_plugin_says_is_harmless_on_a_console() {
    if !has_python() {
        return;
    }
    let ended = work_item("talk", &["get", "X-1", "-v"]).expect_code(65);
    let lines: Vec<&str> = ended.stderr.lines().collect();
    assert!(lines.iter().all(|line| !line.starts_with("::") && !line.contains("##vso[")));
    assert!(!ended.stderr.contains(KEY) && !ended.stderr.contains('\u{1b}'));
    let said = lines.iter().filter(|line| line.contains("plugin hostile says: ")).count();
    assert_eq!(said, 1000, "the rest is read and not shown");
    assert!(lines.iter().any(|line| line.contains("says more on standard error")));
    assert!(ended.stderr.contains("error: cannot read X-1: plugin hostile: "), "{}", lines[said]);
    let quiet = work_item("talk", &["get", "X-1"]).expect_code(65);
    assert!(!quiet.stderr.contains("says: "), "{}", quiet.stderr);
}

#[test]
fn every_misbehaviour_has_its_exit_code() {
    if !has_python() {
        return;
    }
    let get = |mode| work_item(mode, &["get", "X-1"]).code;
    assert_eq!((get("garbage"), get("die")), (76, 75));
    let ended = work_item("die", &["create", "--title", "x"]);
    assert!(ended.stderr.contains("so the outcome is unknown\nhint: look in"), "{ended:?}");
}
