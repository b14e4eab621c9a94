//! The wrapper of actions and tasks under a real Node 24, and their manifests against the tables they come from.

mod describe;
mod manifests;
mod real;
mod render;

use acceptance::{Ended, Process, root};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};
use tempfile::TempDir;

/// Says what it was given, hands something on, and ends as it is told; in place of a binary.
const RECORDER: &str = include_str!("wrappers/recorder.cjs");

/// A Node of at least version 24, from `NODE24` or PATH; without one these tests have nothing to run.
fn node() -> Option<&'static Path> {
    static NODE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let node = NODE.get_or_init(|| {
        let variable =
            |name: &str| std::env::vars_os().find(|(key, _)| key == name).map(|(_, value)| value);
        let on_path = variable("PATH").unwrap_or_default();
        let on_path = std::env::split_paths(&on_path).map(|folder| folder.join("node"));
        variable("NODE24")
            .map(PathBuf::from)
            .into_iter()
            .chain(on_path)
            .find(|node| is_node_24(node))
    });
    if node.is_none() {
        acceptance::say("skipped: no Node 24");
    }
    node.as_deref()
}

fn is_node_24(node: &Path) -> bool {
    let version = Command::new(node)
        .arg("--version")
        .output()
        .map(|output| output.stdout)
        .unwrap_or_default();
    let version = String::from_utf8_lossy(&version).into_owned();
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    major.is_some_and(|major| major >= 24)
}

/// A folder for one test, with recorders in folders of it.
struct Place {
    folder: TempDir,
    node: &'static Path,
}

impl Place {
    fn new() -> Option<Self> {
        Some(Self { node: node()?, folder: tempfile::tempdir().unwrap() })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A recorder that calls itself `version`, as `folder/name`.
    fn recorder(&self, folder: &str, name: &str, version: &str) -> PathBuf {
        fs::create_dir_all(self.path(folder)).unwrap();
        fs::write(self.path(folder).join("version"), version).unwrap();
        let file = self.path(folder).join(name);
        fs::write(&file, format!("#!{}\n{RECORDER}", self.node.display())).unwrap();
        make_executable(&file);
        file
    }

    /// What the recorder in a folder wrote down, call by call.
    fn recorded(&self, folder: &str) -> Vec<Value> {
        let record = fs::read_to_string(self.path(folder).join("record")).unwrap_or_default();
        record.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn action(&self) -> Process {
        self.entry(&root().join("actions/link-commit/index.cjs"))
    }

    fn entry(&self, entry: &Path) -> Process {
        Process::of(self.node, self.folder.path()).args([entry])
    }
}

#[cfg(unix)]
fn make_executable(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn make_executable(_file: &Path) {}

fn version() -> String {
    format!("link-commit {}", env!("CARGO_PKG_VERSION"))
}

/// The folder name of the machine, as Node calls it.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    }
}

#[test]
fn inputs_reach_the_binary_and_what_it_hands_on_reaches_the_host() {
    let Some(place) = Place::new() else { return };
    let binary = place.recorder("bin", "any-name", "no version is asked for");
    let ended = place
        .action()
        .env("GITHUB_ACTIONS", "true")
        .env("INPUT_BINARY-PATH", binary)
        .env("INPUT_JIRA-API-TOKEN", "s3cr3t $(id) `id` \"x\"")
        .env("INPUT_RANGE", "a..b; touch injected")
        .env("GITHUB_OUTPUT", place.path("output"))
        .env("GITHUB_STEP_SUMMARY", place.path("summary"))
        .run();
    assert_eq!(
        ended,
        Ended { code: 0, stdout: "the report\n".to_owned(), stderr: "a message\n".to_owned() }
    );
    let [call] = &place.recorded("bin")[..] else { panic!("called once") };
    assert_eq!(call["argv"], serde_json::json!([]));
    assert_eq!(call["env"]["INPUT_JIRA-API-TOKEN"], "s3cr3t $(id) `id` \"x\"");
    assert_eq!(call["env"]["INPUT_RANGE"], "a..b; touch injected");
    assert_eq!(fs::read_to_string(place.path("output")).unwrap(), "linked=2\n");
    assert_eq!(fs::read_to_string(place.path("summary")).unwrap(), "# Links\n");
    assert!(!place.path("injected").exists());
}

#[test]
fn the_binary_s_exit_code_is_the_step_s() {
    let Some(place) = Place::new() else { return };
    let binary = place.recorder("bin", "link-commit", "");
    for code in [1, 75, 78] {
        let ended =
            place.action().env("INPUT_BINARY_PATH", &binary).env("EXIT", code.to_string()).run();
        assert_eq!(ended.code, code);
    }
    // A folder will do as well, in the spelling of a task's input.
    let ended = place.action().env("INPUT_BINARYPATH", place.path("bin")).env("EXIT", "3").run();
    assert_eq!(ended.code, 3);
}

#[test]
fn a_missing_binary_is_an_error_with_a_hint_in_the_words_of_the_host() {
    let Some(place) = Place::new() else { return };
    let version = env!("CARGO_PKG_VERSION");
    let sentence =
        format!("cannot start link-commit: no link-commit {version} on PATH or in the tool cache");
    for (variable, start, line_break) in [
        ("GITHUB_ACTIONS", "::error::", "%0A"),
        ("TF_BUILD", "##vso[task.logissue type=error]", "%0A"),
        ("NO_HOST", "error: ", "\n"),
    ] {
        let ended = place.action().env(variable, "true").run().expect_code(78);
        let expected = format!("{start}{sentence}{line_break}hint: install it in an earlier step");
        assert!(ended.stderr.starts_with(&expected), "{ended:?}");
        assert_eq!(ended.stdout, "");
    }
}

#[test]
fn a_given_path_that_is_no_program_is_not_replaced_by_another() {
    let Some(place) = Place::new() else { return };
    place.recorder("bin", "link-commit", &version());
    fs::write(place.path("text"), "not a program").unwrap();
    for given in ["nowhere", "text"] {
        let ended = place
            .action()
            .env("PATH", place.path("bin"))
            .env("INPUT_BINARY-PATH", place.path(given))
            .run();
        assert!(
            ended.clone().expect_code(78).stderr.contains("is no program\nhint: correct the input"),
            "{ended:?}"
        );
    }
    assert!(place.recorded("bin").is_empty());
}

#[test]
fn only_the_right_version_on_path_is_started_and_secrets_are_not_shown_to_the_others() {
    let Some(place) = Place::new() else { return };
    place.recorder("old", "link-commit", "link-commit 0.0.9");
    place.recorder("other", "link-commit", "");
    place.recorder("relative", "link-commit", &version());
    place.recorder("right", "link-commit", &version());
    let folders = ["old", "other", "right"].map(|folder| place.path(folder));
    let path =
        std::env::join_paths([PathBuf::from("relative"), PathBuf::new()].iter().chain(&folders))
            .unwrap();
    let ended = place
        .action()
        .env("PATH", path)
        .env("INPUT_JIRA-API-TOKEN", "s3cr3t")
        .env("JIRA_API_TOKEN", "s3cr3t")
        .run();
    assert_eq!(ended.clone().expect_code(0).stdout, "the report\n");
    assert_eq!(ended.stderr.matches("skipped ").count(), 2, "{ended:?}");
    assert!(place.recorded("relative").is_empty(), "the work tree is not to be trusted");
    for folder in ["old", "other"] {
        let [call] = &place.recorded(folder)[..] else { panic!("{folder} is asked once") };
        assert!(!call.to_string().contains("s3cr3t"), "{call}");
    }
    assert!(place.recorded("right")[1].to_string().contains("s3cr3t"));
}

#[test]
fn the_tool_cache_of_either_host_is_looked_into() {
    let Some(place) = Place::new() else { return };
    let folder = format!("cache/link-commit/{}/{}", env!("CARGO_PKG_VERSION"), architecture());
    place.recorder(&folder, "link-commit", &version());
    for variable in ["RUNNER_TOOL_CACHE", "AGENT_TOOLSDIRECTORY"] {
        let ended = place.action().env(variable, place.path("cache")).run();
        assert_eq!(ended.expect_code(0).stdout, "the report\n", "{variable}");
    }
}

#[test]
fn a_packed_task_starts_the_binary_beside_it_though_packing_lost_its_permission() {
    let Some(place) = Place::new() else { return };
    let system = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
    let packed =
        place.recorder(&format!("task/bin/{system}-{}", architecture()), "link-commit", &version());
    let bytes = fs::read(&packed).unwrap();
    fs::remove_file(&packed).unwrap();
    fs::write(&packed, bytes).unwrap();
    fs::copy(root().join("actions/link-commit/index.cjs"), place.path("task/index.cjs")).unwrap();
    fs::copy(root().join("actions/run.cjs"), place.path("task/run.cjs")).unwrap();
    let ended = place.entry(&place.path("task/index.cjs")).env("TF_BUILD", "True").run();
    assert_eq!(ended.expect_code(0).stdout, "the report\n");
}

/// A copy of the actions with a source around them, and a cargo that builds a recorder.
fn place_with_cargo(result: &str) -> Option<Place> {
    let place = Place::new()?;
    for file in ["run.cjs", "link-commit/index.cjs"] {
        let copy = place.path("source/actions").join(file);
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(root().join("actions").join(file), copy).unwrap();
    }
    fs::write(place.path("source/Cargo.lock"), "").unwrap();
    place.recorder("built", "link-commit", "");
    let cargo = place.recorder("cargo", "cargo", "");
    let script = format!(
        "#!{}\nconst fs = require('node:fs');
fs.appendFileSync(`${{__dirname}}/record`, JSON.stringify({{ argv: process.argv.slice(2), env: process.env, cwd: process.cwd() }}));
fs.cpSync(`${{__dirname}}/../built`, 'target/release', {{ recursive: true }});
console.log('noise of a build');
process.exitCode = {result};\n",
        place.node.display()
    );
    fs::write(cargo, script).unwrap();
    Some(place)
}

#[test]
fn the_action_s_own_source_is_built_when_that_is_allowed() {
    let Some(place) = place_with_cargo("0") else { return };
    let entry = place.path("source/actions/link-commit/index.cjs");
    let action = || {
        place
            .entry(&entry)
            .env("PATH", place.path("cargo"))
            .env("INPUT_JIRA-API-TOKEN", "s3cr3t")
            .env("JIRA_API_TOKEN", "s3cr3t")
    };
    let _ = action().run().expect_code(78);
    let _ = action().env("INPUT_ALLOW-BUILD", "false").run().expect_code(78);
    assert!(place.recorded("cargo").is_empty());

    let ended =
        action().env("INPUT_ALLOW-BUILD", "true").env("CARGO_HOME", "/cargo").run().expect_code(0);
    assert_eq!(ended.stdout, "the report\n", "a build says nothing on stdout");
    let [call] = &place.recorded("cargo")[..] else { panic!("one build") };
    let source = fs::canonicalize(place.path("source")).unwrap();
    let target = source.join("target");
    let expected = [
        "build",
        "--release",
        "--locked",
        "--package",
        "link-commit",
        "--target-dir",
        target.to_str().unwrap(),
    ];
    assert_eq!(call["argv"], serde_json::json!(expected));
    assert_eq!(call["cwd"], source.to_str().unwrap());
    assert_eq!(call["env"]["CARGO_HOME"], "/cargo");
    assert!(!call.to_string().contains("s3cr3t"), "a build script must not see secrets: {call}");
    assert!(place.path("source/target/release/record").exists());
}

#[test]
fn a_build_that_fails_starts_nothing() {
    let Some(place) = place_with_cargo("101") else { return };
    let action = place.entry(&place.path("source/actions/link-commit/index.cjs"));
    let ended = action
        .env("PATH", place.path("cargo"))
        .env("INPUT_ALLOWBUILD", "True")
        .run()
        .expect_code(78);
    assert!(
        ended
            .stderr
            .contains("error: cannot start link-commit: build link-commit: cargo failed\nhint: "),
        "{ended:?}"
    );
    assert!(!place.path("source/target/release/record").exists());
}

#[cfg(unix)]
#[test]
fn a_cancelled_step_ends_the_binary_and_passes_on_how_it_ended() {
    use std::{io::BufRead as _, process::Stdio};
    let Some(place) = Place::new() else { return };
    let binary = place.recorder("bin", "link-commit", "");
    let mut action = Command::new(place.node);
    action
        .arg(root().join("actions/link-commit/index.cjs"))
        .env("INPUT_BINARY-PATH", binary)
        .env("WAIT", "1");
    let mut running = action.stdout(Stdio::piped()).spawn().unwrap();
    let mut ready = String::new();
    std::io::BufReader::new(running.stdout.take().unwrap()).read_line(&mut ready).unwrap();
    assert_eq!(ready, "ready\n");
    let id = running.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert_eq!(running.wait().unwrap().code(), Some(42));
}

#[test]
fn the_wrapper_is_small_needs_nothing_and_knows_its_version() {
    let text = fs::read_to_string(root().join("actions/run.cjs")).unwrap();
    assert!(text.lines().count() < 150);
    assert!(text.contains(&format!("\nconst VERSION = \"{}\";\n", env!("CARGO_PKG_VERSION"))));
    let modules: Vec<_> =
        text.split("require(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(
        !modules.is_empty() && modules.iter().all(|module| module.starts_with("node:")),
        "{modules:?}"
    );
}
