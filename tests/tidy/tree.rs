//! The rules for everything that is not about one Rust file: sizes, manifests, workflows, links, the code map.

use super::{
    rust::{Finding, Rule, regex},
    source::{File, line_of},
};
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "a file has at most 400 lines, a main.rs 60, an action script 150",
        find: size,
        bad: (
            "crates/x/src/main.rs",
            concat!(
                "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n",
                "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n",
                "x"
            ),
        ),
        good: ("crates/x/src/main.rs", "x"),
    },
    Rule {
        name: "nothing is left to do",
        find: unfinished,
        bad: ("scripts/x", concat!("# TO", "DO: write it")),
        good: ("scripts/x", "# Todo is a status."),
    },
    Rule {
        name: "no path of one machine and no registry's address",
        find: machine,
        bad: ("scripts/x", concat!("cd /ho", "me/someone")),
        good: ("scripts/x", "cd \"$HOME\""),
    },
    Rule {
        name: "every action is pinned by commit, with its version beside it",
        find: unpinned,
        bad: (".github/workflows/x.yml", "      - uses: actions/checkout@v6"),
        good: (
            ".github/workflows/x.yml",
            "      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2",
        ),
    },
    Rule {
        name: "a workflow begins without permissions and keeps no credentials",
        find: permissions,
        bad: (".github/workflows/x.yml", "permissions: {}\nsteps:\n  - uses: actions/checkout@v6"),
        good: (
            ".github/workflows/x.yml",
            "permissions: {}\nsteps:\n  - uses: actions/checkout@v6\n    with:\n      persist-credentials: false",
        ),
    },
    Rule {
        name: "what a workflow is given reaches a script through env only",
        find: injection,
        bad: (".github/workflows/x.yml", "jobs: {x: {steps: [{run: 'echo ${{ inputs.x }}'}]}}"),
        good: (
            ".github/workflows/x.yml",
            "jobs: {x: {steps: [{run: 'echo $X', env: {X: '${{ inputs.x }}'}}]}}",
        ),
    },
    Rule {
        name: "a crate takes version, licence, lints and dependencies from the workspace",
        find: manifest,
        bad: (
            "crates/x/Cargo.toml",
            "[package]\nversion.workspace = true\nlicense.workspace = true\npublish.workspace = true\n[dependencies]\nserde = \"1\"",
        ),
        good: (
            "crates/x/Cargo.toml",
            "[package]\nversion.workspace = true\nlicense.workspace = true\npublish.workspace = true\n[lints]\nworkspace = true\n[dependencies]\nserde.workspace = true",
        ),
    },
    Rule {
        name: "backend knows no command line, git or CI host; ci knows no tracker",
        find: edges,
        bad: ("crates/ci/Cargo.toml", "[dependencies]\nbackend.workspace = true"),
        good: ("crates/ci/Cargo.toml", "[dependencies]\nserde_json.workspace = true"),
    },
    Rule {
        name: "a script stops at the first failure and says what it is for",
        find: script,
        bad: ("scripts/x", "#!/usr/bin/env bash\necho"),
        good: ("scripts/x", "#!/usr/bin/env bash\n# Says nothing.\nset -euo pipefail\necho"),
    },
];

fn size(file: &File) -> Vec<Finding> {
    let limit = match file.path.rsplit('.').next() {
        Some("rs") if file.path.ends_with("/main.rs") => 60,
        Some("rs") => 400,
        Some("cjs") if file.path.starts_with("actions/") => 150,
        _ if file.path.starts_with("scripts/") || file.path == ".ci/run" => 400,
        _ => return Vec::new(),
    };
    let lines = file.text.lines().count();
    if lines > limit { vec![(limit, format!("{lines} lines"))] } else { Vec::new() }
}

fn unfinished(file: &File) -> Vec<Finding> {
    // The conventions name what they forbid.
    if file.has_extension("md") {
        return Vec::new();
    }
    let marks = regex(concat!(r"\b(TO", r"DO|FIX", r"ME|XX", r"X)\b"));
    marks
        .find_iter(&file.comments)
        .map(|found| (line_of(&file.comments, found.start()), found.as_str().to_owned()))
        .collect()
}

fn machine(file: &File) -> Vec<Finding> {
    if file.path == "Cargo.lock" {
        return Vec::new();
    }
    let paths = concat!(r"(^|[\s\x22'=:(])(/ho", r"me|/Us", r"ers|/ro", r"ot|/wo", r"rk)/\w");
    let hosts = concat!(
        r"index\.crates\.",
        r"io|static\.crates\.",
        r"io|registry\.npm",
        r"js|py",
        r"pi\.org|python",
        r"hosted\.org"
    );
    pattern(file, &format!("(?m){paths}|{hosts}"))
}

fn is_workflow(file: &File) -> bool {
    file.path.starts_with(".github/workflows/")
}

fn unpinned(file: &File) -> Vec<Finding> {
    if !is_workflow(file) && !file.path.ends_with("/action.yml") {
        return Vec::new();
    }
    let pinned = regex(r"uses:\s*[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*\s*$");
    let used = file
        .text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains("uses:") && !line.contains("uses: ./"));
    used.filter(|(_, line)| !pinned.is_match(line))
        .map(|(at, line)| (at + 1, line.trim().to_owned()))
        .collect()
}

fn permissions(file: &File) -> Vec<Finding> {
    if !is_workflow(file) {
        return Vec::new();
    }
    let count = |words: &str| file.text.matches(words).count();
    let mut findings = Vec::new();
    if !file.text.lines().any(|line| line == "permissions: {}") {
        findings.push((1, "no `permissions: {}` at the top".to_owned()));
    }
    if count("uses: actions/checkout@") != count("persist-credentials: false") {
        findings.push((1, "a checkout keeps its credentials".to_owned()));
    }
    findings
}

fn injection(file: &File) -> Vec<Finding> {
    if !is_workflow(file) {
        return Vec::new();
    }
    let workflow: Value = yaml_serde::from_str(&file.text).unwrap();
    let mut findings = Vec::new();
    scripts(&workflow, &mut |run| {
        if run.contains("${{") {
            findings.push((
                file.text.find(run).map_or(1, |at| line_of(&file.text, at)),
                run.to_owned(),
            ));
        }
    });
    findings
}

fn scripts(value: &Value, each: &mut dyn FnMut(&str)) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value.as_str().filter(|_| key == "run") {
                    Some(run) => each(run),
                    None => scripts(value, each),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| scripts(value, each)),
        _ => {}
    }
}

fn is_manifest(file: &File) -> bool {
    file.path != "Cargo.toml" && file.path.ends_with("Cargo.toml")
}

fn manifest(file: &File) -> Vec<Finding> {
    if !is_manifest(file) {
        return Vec::new();
    }
    let wanted = [
        "version.workspace = true",
        "license.workspace = true",
        "publish.workspace = true",
        "[lints]\nworkspace = true",
    ];
    let missing = wanted
        .iter()
        .filter(|words| !file.text.contains(**words))
        .map(|words| (1, format!("no `{words}`")));
    let mut findings: Vec<Finding> = missing.collect();
    findings.extend(
        pattern(file, r#"(?m)^[\w-]+ = ("|\{ (version|path|git) )"#).into_iter().filter(
            |(_, line)| {
                !["name", "description", "path", "default"]
                    .iter()
                    .any(|key| line.starts_with(&format!("{key} =")))
            },
        ),
    );
    findings
}

fn edges(file: &File) -> Vec<Finding> {
    match file.path.as_str() {
        "crates/backend/Cargo.toml" => pattern(file, r"(?m)^(clap|git2|ci|app|anyhow)\b"),
        "crates/ci/Cargo.toml" => pattern(file, r"(?m)^(backend|app|clap|reqwest|tokio)\b"),
        _ => Vec::new(),
    }
}

fn script(file: &File) -> Vec<Finding> {
    if !file.text.starts_with("#!/usr/bin/env bash\n") {
        return Vec::new();
    }
    let mut findings = Vec::new();
    if !file.text.contains("\nset -euo pipefail\n") {
        findings.push((1, "no `set -euo pipefail`".to_owned()));
    }
    if !file.text.lines().nth(1).is_some_and(|line| line.starts_with("# ")) {
        findings.push((2, "no sentence about what it is for".to_owned()));
    }
    findings
}

fn pattern(file: &File, expression: &str) -> Vec<Finding> {
    regex(expression)
        .find_iter(&file.text)
        .map(|found| (line_of(&file.text, found.start()), found.as_str().trim().to_owned()))
        .collect()
}
