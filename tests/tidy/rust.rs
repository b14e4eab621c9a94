//! The rules for Rust files, one function each. A finding is a line and what is wrong with it.

use super::source::{File, before_tests, line_of};
use regex::Regex;
use std::{
    collections::BTreeMap,
    sync::{LazyLock, Mutex},
};

pub(super) type Finding = (usize, String);

/// A rule, with a file that breaks it and one that does not, so that the rule is known to be able to fail.
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) find: fn(&File) -> Vec<Finding>,
    pub(super) bad: (&'static str, &'static str),
    pub(super) good: (&'static str, &'static str),
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "no match on a platform's or host's name outside the tables",
        find: name_match,
        bad: ("crates/app/src/x.rs", "match name { \"jira\" => 1, _ => 2 }"),
        good: ("crates/app/src/x.rs", "// \"jira\" => 1\nmatch name { \"todo\" => 1, _ => 2 }"),
    },
    Rule {
        name: "no comparison with a platform's or host's name outside the tables",
        find: name_comparison,
        bad: ("crates/app/src/x.rs", "if platform == \"local\" { }"),
        good: ("crates/app/src/x.rs", "let help = \"--platform local\";"),
    },
    Rule {
        name: "no cfg(feature) outside platform.rs",
        find: feature_switch,
        bad: ("crates/backend/src/x.rs", "#[cfg(feature = \"jira\")]\nmod y;"),
        good: ("crates/backend/src/platform.rs", "#[cfg(feature = \"jira\")]\nmod y;"),
    },
    Rule {
        name: "#[expect(.., reason)], never #[allow]",
        find: |file| pattern(&file.code, r"#!?\[\s*(cfg_attr\(.*)?allow\s*\("),
        bad: ("crates/app/src/x.rs", "#[allow(dead_code)]\nfn x() {}"),
        good: ("crates/app/src/x.rs", "#[expect(dead_code, reason = \"#[allow(y)]\")]\nfn x() {}"),
    },
    Rule {
        name: "no unwrap outside tests",
        find: |file| product(file, r"\.unwrap\(\)"),
        bad: ("crates/app/src/x.rs", "fn x() { y.unwrap() }"),
        good: (
            "crates/app/src/x.rs",
            "fn x() {}\n#[cfg(test)]\nmod tests { fn t() { y.unwrap() } }",
        ),
    },
    Rule {
        name: "expect outside tests only with a reasoned #[expect]",
        find: bare_expect,
        bad: ("crates/app/src/x.rs", "fn x() { y.expect(\"why\") }"),
        good: (
            "crates/app/src/x.rs",
            "#[expect(clippy::expect_used, reason = \"r\")]\nfn x() { y.expect(\"why\") }",
        ),
    },
    Rule {
        name: "no environment, files, clock or printing in backend and ci",
        find: outside_world,
        bad: ("crates/ci/src/x.rs", "fn x() { std::fs::write(a, b) }"),
        good: ("crates/app/src/x.rs", "fn x() { std::fs::write(a, b) }"),
    },
    Rule {
        name: "a function has at most 40 lines of code",
        find: long_functions,
        bad: (
            "crates/app/src/x.rs",
            concat!(
                "fn x() {",
                "\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;",
                "\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\nx;\n",
                "}"
            ),
        ),
        good: ("crates/app/src/x.rs", "trait X { fn x();\n}\nfn y() -> impl Fn() {\n}"),
    },
    Rule {
        name: "no unsafe",
        find: |file| pattern(&file.code, r"\bunsafe\b"),
        bad: ("crates/app/src/x.rs", "fn x() { unsafe { y() } }"),
        good: ("crates/app/src/x.rs", "/// It is unsafe to guess.\nfn x() {}"),
    },
    Rule {
        name: "an error's message begins in lower case and is no sentence; so is its hint",
        find: messages,
        bad: ("crates/app/src/x.rs", "Error::new(ErrorKind::Config, \"Read the file.\")"),
        good: (
            "crates/app/src/x.rs",
            "Error::new(ErrorKind::Config, format!(\"read `{x}`: gone\")).with_hint(\"make it\")",
        ),
    },
];

/// Names of platforms and hosts, as they stand in the tables; `_` may stand for `-`.
static NAMES: LazyLock<String> = LazyLock::new(|| {
    let hosts = ["azure", "shell"];
    let names = backend::platform::NAMES.iter().chain(&hosts).map(|name| name.replace('-', "[-_]"));
    format!("\"({})\"", names.collect::<Vec<_>>().join("|"))
});

/// Files that are tables of platforms or hosts, or about one of them.
fn is_table(path: &str) -> bool {
    ["crates/backend/src/platform", "crates/conformance/src/", "crates/ci/src/"]
        .iter()
        .any(|start| path.starts_with(start))
}

fn name_match(file: &File) -> Vec<Finding> {
    if file.is_test() || is_table(&file.path) {
        return Vec::new();
    }
    let arm = format!(r"{}\s*(\||=>|if\b)", *NAMES);
    pattern(before_tests(&file.without_comments), &arm)
}

fn name_comparison(file: &File) -> Vec<Finding> {
    if file.is_test() || is_table(&file.path) {
        return Vec::new();
    }
    pattern(
        before_tests(&file.without_comments),
        &format!(r"[=!]=\s*{names}|{names}\s*[=!]=", names = *NAMES),
    )
}

fn feature_switch(file: &File) -> Vec<Finding> {
    if file.path == "crates/backend/src/platform.rs" {
        return Vec::new();
    }
    pattern(&file.code, r"\bcfg(_attr)?!?\s*\([^\])]*\bfeature\s*=")
}

fn bare_expect(file: &File) -> Vec<Finding> {
    let reasoned = file.code.contains("clippy::expect_used");
    if reasoned { Vec::new() } else { product(file, r#"([^f]|[^l]f)\.expect\(\s*""#) }
}

fn outside_world(file: &File) -> Vec<Finding> {
    let pure =
        file.path.starts_with("crates/backend/src/") || file.path.starts_with("crates/ci/src/");
    let apart = ["crates/backend/src/platform/local", "crates/backend/src/plugin/process.rs"];
    if !pure || apart.iter().any(|start| file.path.starts_with(start)) {
        return Vec::new();
    }
    let uses = r"\bstd::(env|fs|process)\b|\buse std::\{[^;]*\b(env|fs|process)\b|\benv::(var|args|current)";
    let calls = r"\bfs::\w|\be?print(ln)?!|\b(SystemTime|Timestamp|Zoned)::now\b|\bio::(stdin|stdout|stderr)\b";
    product(file, &format!("{uses}|{calls}"))
}

fn messages(file: &File) -> Vec<Finding> {
    if file.is_test() {
        return Vec::new();
    }
    let text = before_tests(&file.without_comments);
    let head = r"(?:\bError::new\(\s*[\w:.]+,|\bwith_hint\()";
    let message = regex(&format!(r#"{head}\s*(?:format!\(\s*)?"((?:[^"\\]|\\.)*)""#));
    message
        .captures_iter(text)
        .filter_map(|found| {
            let words = found.get(1)?;
            let first = words.as_str().chars().next()?;
            let second = words.as_str().chars().nth(1).unwrap_or(' ');
            let capital = first.is_uppercase() && !second.is_uppercase();
            let sentence = words.as_str().ends_with('.');
            (capital || sentence).then(|| (line_of(text, words.start()), words.as_str().to_owned()))
        })
        .collect()
}

/// Findings in what is compiled for the product.
fn product(file: &File, expression: &str) -> Vec<Finding> {
    if file.is_test() {
        return Vec::new();
    }
    let text = if expression.contains('"') { &file.without_comments } else { &file.code };
    pattern(before_tests(text), expression)
}

/// Compiled once: the same few expressions meet every file. Classes are those of ASCII, since the product's `regex` is
/// built without the tables of Unicode.
pub(super) fn regex(expression: &str) -> Regex {
    static COMPILED: Mutex<BTreeMap<String, Regex>> = Mutex::new(BTreeMap::new());
    let ascii =
        [(r"\w", "[0-9A-Za-z_]"), (r"\s", r"[ \t\r\n]"), (r"\d", "[0-9]"), (r"\b", r"(?-u:\b)")];
    let plain =
        ascii.iter().fold(expression.to_owned(), |text, (class, plain)| text.replace(class, plain));
    let mut compiled = COMPILED.lock().unwrap();
    compiled.entry(plain).or_insert_with_key(|plain| Regex::new(plain).unwrap()).clone()
}

fn pattern(text: &str, expression: &str) -> Vec<Finding> {
    regex(expression)
        .find_iter(text)
        .map(|found| (line_of(text, found.start()), found.as_str().trim().to_owned()))
        .collect()
}

fn long_functions(file: &File) -> Vec<Finding> {
    let code = &file.code;
    let head = regex(r"\bfn\s+(\w+)");
    let long = head.captures_iter(code).filter_map(|found| {
        let start = found.get(0)?.start();
        let lines = body(&code[start..])?.lines().filter(|line| !line.trim().is_empty()).count();
        (lines > 40).then(|| (line_of(code, start), format!("{} has {lines} lines", &found[1])))
    });
    long.collect()
}

/// What stands between the braces of the function that begins here; none for a declaration.
fn body(code: &str) -> Option<&str> {
    let (mut round, mut curly, mut start) = (0_i32, 0_i32, 0);
    for (at, byte) in code.bytes().enumerate() {
        match byte {
            b'(' | b'[' => round += 1,
            b')' | b']' => round -= 1,
            b';' if round == 0 && curly == 0 => return None,
            b'{' => {
                curly += 1;
                start = if curly == 1 { at + 1 } else { start };
            }
            b'}' => curly -= 1,
            _ => {}
        }
        if byte == b'}' && curly == 0 {
            return Some(&code[start..at]);
        }
    }
    None
}
