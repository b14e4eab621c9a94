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
use std::{fs, path::Path, time::Duration};
use tempfile::TempDir;

const KEY: &str = "key-of-hostile-1234";

async fn start(mode: &str) -> Result<Box<dyn Tracker>> {
    start_in(None, mode, Duration::from_secs(20)).await
}

/// Starts it with this timeout, and a folder for its log.
async fn start_in(
    folder: Option<&Path>,
    mode: &str,
    timeout: Duration,
) -> Result<Box<dyn Tracker>> {
    let program = Program::at(root().join("tests/plugins/tracker-hostile")).with_arguments([mode]);
    let mut settings = Settings::new("plugin:hostile").with("api_key", KEY, Origin::Default);
    (settings.timeout, settings.retry_attempts) = (timeout, 0);
    let mut wire = wire(generous()).unwrap();
    wire.search_path = path();
    wire.environment = vec![("HTTPS_PROXY", "http://proxy.example.com:3128".into())];
    wire.environment.extend(folder.map(|folder| ("TMPDIR", folder.into())));
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
    assert!(!error.hint().is_empty() && error.hint().lines().count() == 1, "{error}");
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

/// Breaks unless a read and a create fail as they must, each asked for once, and no process is left.
fn breaks_off(mode: &str, timeout: Duration, kind: ErrorKind, part: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (read, create) = block_on(async {
        let connect = || async { start_in(Some(folder.path()), mode, timeout).await.unwrap() };
        let (one, two) = tokio::join!(connect(), connect());
        let (id, draft) = (WorkItemId::new("HOSTILE-1"), Draft::default());
        let (read, create) = tokio::join!(one.get_work_item(&id), two.create_work_item(&draft));
        (read.unwrap_err(), create.unwrap_err())
    });
    check(&read, kind, part);
    check(&create, ErrorKind::Ambiguous, part);
    let asked = asked_in(&folder);
    for operation in ["get_work_item", "create_work_item"] {
        let times = asked.iter().filter(|line| line.ends_with(operation)).count();
        assert!(times == 1 || mode == "deaf" && times == 0, "{mode}: {operation} {times} times");
    }
    none_is_left(&asked);
}

/// The log of the plugins that were started in a folder: a process and what it was asked, line by line.
fn asked_in(folder: &TempDir) -> Vec<String> {
    let log = fs::read_to_string(folder.path().join("hostile.log")).unwrap();
    log.lines().map(str::to_owned).collect()
}

fn none_is_left(asked: &[String]) {
    for line in asked {
        let pid = line.split(' ').next().unwrap();
        assert!(!is_there(pid), "{line} is still there");
    }
}

#[test]
fn a_plugin_that_breaks_off_is_one_error_of_the_right_kind() {
    if !has_python() {
        return;
    }
    let cases = [
        ("die", ErrorKind::Unavailable, "(exit status: 3); it said: last [31mwords"),
        ("leave", ErrorKind::Unavailable, "ended without an answer (exit status: 0)"),
        ("signal", ErrorKind::Unavailable, "ended without an answer (signal: 9"),
        ("garbage", ErrorKind::Protocol, "which is no answer"),
        ("cut", ErrorKind::Protocol, "which is no answer"),
        ("unknown id", ErrorKind::Protocol, "answered request 4711 and was not asked"),
        ("flood", ErrorKind::Protocol, "wrote a line longer than 16777216 bytes"),
        ("close", ErrorKind::Unavailable, "closed its standard output"),
        ("deaf", ErrorKind::Unavailable, "closed its standard input"),
        ("leave a child", ErrorKind::Unavailable, "ended without an answer (exit status: 0)"),
    ];
    for (mode, kind, part) in cases {
        breaks_off(mode, Duration::from_secs(20), kind, part);
    }
}

#[test]
fn a_plugin_that_is_late_is_not_asked_again() {
    if !has_python() {
        return;
    }
    let time = Duration::from_secs(5);
    breaks_off("hang", time, ErrorKind::Unavailable, "did not answer in time");
    let folder = tempfile::tempdir().unwrap();
    let mute = block_on(start_in(Some(folder.path()), "mute", time));
    check(&mute.unwrap_err(), ErrorKind::Unavailable, "plugin hostile did not answer in time");
    none_is_left(&asked_in(&folder));
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

#[test]
fn what_a_plugin_calls_an_item_is_harmless_wherever_it_is_shown() {
    if !has_python() {
        return;
    }
    let shown = work_item("title", &["get", "X-1"]).expect_code(0).stdout;
    let is_bad = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(shown.contains("two") && !shown.contains(is_bad), "{shown:?}");
    assert!(shown.lines().all(|line| !line.starts_with("::") && !line.contains("##vso[")));
    let json = work_item("title", &["get", "X-1", "--json"]).expect_code(0);
    assert!(!json.stdout.contains(is_bad), "{}", json.stdout);
    assert!(json.json()["item"]["title"].as_str().unwrap().contains("four"));
}

#[test]
fn one_that_hangs_takes_no_time_of_the_others() {
    if !has_python() {
        return;
    }
    let cases = [
        ("asleep", "connect to plugin:hostile in half of the run's time"),
        ("hang", "did not answer before the deadline"),
    ];
    for (mode, told) in cases {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".devops-integrations.yaml");
        let first = format!("a:\n  platform: plugin:hostile\n  project: {mode}\n");
        let second = "b:\n  platform: plugin:hostile\n  project: fine\n";
        fs::write(file, first + second).unwrap();
        let process = Process::new("health-check", folder.path()).env("PATH", path_with_plugins());
        let started = std::time::Instant::now();
        let ended = process.args(["--json", "--deadline", "10"]).run().expect_code(1);
        assert!(started.elapsed() < Duration::from_secs(20), "{mode}: {:?}", started.elapsed());
        let json = ended.json();
        let [hanging, well] = [0, 1].map(|place| &json["trackers"][place]);
        let error = hanging["error"].as_str().unwrap();
        assert!(error.contains(told), "{mode}: {error}");
        assert_eq!(well["identity"]["name"], "x", "{mode}: {json}");
    }
}
