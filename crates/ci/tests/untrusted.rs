//! Hostile lines against the parsers of the runners, written a second time here and on the pessimistic side.

use ci::untrusted;

/// Everything that some runner, terminal or library takes for the end of a line.
const LINE_BREAKS: [&str; 8] =
    ["\n", "\r", "\r\n", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}"];

/// Characters that a comparison by culture takes for nothing.
const IGNORABLE: [&str; 16] = [
    "\u{0}",
    "\u{1}",
    "\u{8}",
    "\u{7f}",
    "\u{90}",
    "\u{ad}",
    "\u{34f}",
    "\u{61c}",
    "\u{200b}",
    "\u{200d}",
    "\u{202e}",
    "\u{2060}",
    "\u{feff}",
    "\u{fe0f}",
    "\u{e0041}",
    "\u{20dd}",
];

/// Sequences that a terminal swallows.
const ESCAPES: [&str; 5] =
    ["\u{1b}[0m", "\u{1b}[1;31m", "\u{9b}2K", "\u{1b}]0;title\u{7}", "\u{1b}]8;;x\u{1b}\\"];

const LINE_COMMANDS: [&str; 5] = [
    "::add-mask::x",
    "::error file=a,line=1::boom",
    "::set-env name=PATH::/tmp",
    "::stop-commands::word",
    "::group::",
];

const OLD_COMMANDS: [&str; 4] =
    ["##[error]boom", "##[add-mask]x", "##[group]g", "##[set-env name=A]b"];

const AGENT_COMMANDS: [&str; 5] = [
    "##vso[task.setvariable variable=PATH]/tmp",
    "##VSO[task.complete result=Succeeded;]ok",
    "##vSo[task.setsecret]x",
    "##v\u{17f}o[task.debug]x",
    "\u{ff03}\u{ff03}vso[build.addbuildtag]x",
];

fn corpus() -> Vec<String> {
    let mut lines = Vec::new();
    for command in LINE_COMMANDS {
        for space in
            ["", " ", "\t", "  \t ", "\u{a0}", "\u{3000}", "\u{2003}", "\u{200b}", "\u{feff} "]
        {
            lines.push(format!("{space}{command}"));
        }
        for end in LINE_BREAKS {
            lines.push(format!("fix: a title{end}{command}"));
        }
        lines.extend(disguised(command, 1));
    }
    for command in OLD_COMMANDS {
        for before in ["", "#", "see ", "::", "日本", "a\tb "] {
            lines.push(format!("{before}{command}"));
        }
        lines.extend(disguised(command, 1));
        lines.extend(disguised(command, 2));
    }
    for command in AGENT_COMMANDS {
        for before in ["", "##", "see ", "##vso", "日本", "##vso[a"] {
            lines.push(format!("{before}{command}"));
        }
        let hashes = command.char_indices().nth(2).map_or(0, |(at, _)| at);
        for at in [hashes, hashes + 1] {
            lines.extend(disguised(command, at));
        }
    }
    lines
}

/// The command with something invisible at byte `at`.
fn disguised(command: &str, at: usize) -> impl Iterator<Item = String> {
    let (head, tail) = command.split_at(at);
    IGNORABLE.iter().chain(&ESCAPES).map(move |hidden| format!("{head}{hidden}{tail}"))
}

/// Lines as the most eager runner would see them, with and without what its comparison might ignore.
fn views(output: &str) -> Vec<String> {
    let lines = output.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']);
    lines.flat_map(|line| [line.to_owned(), bare(line), bare(&swallowed(line))]).collect()
}

/// Only what carries weight in a comparison, with compatibility forms written plainly.
fn bare(line: &str) -> String {
    line.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            'ſ' => 's',
            c => c,
        })
        .filter(|c| {
            c.is_ascii() && !c.is_ascii_control()
                || *c == '\t'
                || c.is_whitespace()
                || c.is_alphanumeric()
        })
        .collect()
}

fn swallowed(line: &str) -> String {
    ESCAPES.iter().fold(line.to_owned(), |line, escape| line.replace(escape, ""))
}

fn github_commands(output: &str) -> usize {
    let is_line_command = |line: &str| {
        let line = line.trim_start();
        line.strip_prefix("::").is_some_and(|rest| rest.contains("::"))
    };
    let is_old_command = |line: &str| line.find("##[").is_some_and(|at| line[at..].contains(']'));
    views(output).iter().filter(|line| is_line_command(line) || is_old_command(line)).count()
}

fn azure_commands(output: &str) -> usize {
    let is_command = |line: &String| {
        let line = line.to_lowercase();
        line.find("##vso[").is_some_and(|at| line[at..].contains(']'))
    };
    views(output).iter().filter(|line| is_command(line)).count()
}

fn commands(output: &str) -> usize {
    github_commands(output) + azure_commands(output)
}

/// Characters that change what a terminal or a page shows, rather than being shown.
fn acts_on_a_terminal(c: char) -> bool {
    (c.is_control() && c != '\t' && c != '\n')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn assert_harmless(hostile: &str, output: &str) {
    assert_eq!(commands(output), 0, "{hostile:?} became {output:?}");
    assert!(!output.contains(acts_on_a_terminal), "{hostile:?} became {output:?}");
}

#[test]
fn every_line_of_the_corpus_is_hostile() {
    let corpus = corpus();
    assert!(corpus.len() >= 200, "{}", corpus.len());
    for hostile in corpus {
        assert_ne!(commands(&hostile), 0, "{hostile:?}");
    }
}

#[test]
fn the_runners_find_no_command_in_print() {
    for hostile in corpus() {
        assert_harmless(&hostile, &untrusted::print(&hostile));
    }
}

#[test]
fn the_runners_find_no_command_in_line() {
    for hostile in corpus() {
        let line = untrusted::line(&hostile);
        assert_harmless(&hostile, &line);
        assert!(!line.contains('\n'), "{hostile:?} became {line:?}");
        assert_harmless(&hostile, &format!("  {line}"));
    }
}

#[test]
fn the_runners_find_no_command_in_json_and_json_loses_nothing() {
    for hostile in corpus() {
        let value = serde_json::json!({ "title": hostile });
        for document in [value.to_string(), format!("{value:#}")] {
            let safe = untrusted::json(document);
            assert_harmless(&hostile, &safe);
            assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value, "{safe}");
        }
    }
}

#[test]
fn a_second_pass_changes_nothing() {
    for hostile in corpus() {
        let once = untrusted::print(&hostile);
        assert_eq!(untrusted::print(&once), once, "{hostile:?}");
    }
}

fn check(input: &str, expected: &str) {
    assert_eq!(untrusted::print(input), expected, "{input:?}");
}

#[test]
fn harmless_text_stays_as_it_is() {
    for text in [
        "fix(cart): keep items (#12)",
        "use std::collections::BTreeMap;",
        "## Heading",
        "a [link](https://example.com/#top)",
        "SHOP-12\t日本語 Ünïcödé – “quotes”",
        "#[test]",
        "C# [1]",
        "line one\nline two",
        "",
    ] {
        check(text, text);
    }
}

#[test]
fn commands_are_broken_where_they_begin() {
    check("::add-mask::x", ": :add-mask::x");
    check("  ::add-mask::x", "  : :add-mask::x");
    check(":::group::", ": ::group::");
    check("see ##[error]x", "see # #[error]x");
    check("###[error]x", "## #[error]x");
    check("##vso[task.debug]##[x]", "# #vso[task.debug]# #[x]");
    check("a\u{1b}[31mred\u{1b}[0m", "ared");
    check("#\u{1b}[31m#[error]", "# #[error]");
    check("a\r\nb\rc\u{2028}d", "a\nb\nc\nd");
    check("a\r\n\r\nb\n", "a\n\nb");
    check("a\u{b}b\u{c}c\u{85}d\u{2029}e", "a\nb\nc\nd\ne");
    check("a\u{e0041}b\u{fe0f}c\u{202e}d", "abcd");
    check("\u{1b}]0;no end", "0;no end");
}

#[test]
fn one_line_stays_one_line() {
    assert_eq!(untrusted::line("a\r\nb\u{2029}c\n"), "a b c");
    assert_eq!(untrusted::line("#\n#[error]"), "# #[error]");
}

#[test]
fn a_long_line_is_cut_at_a_character_with_a_note() {
    let cut = untrusted::line(&"é".repeat(5_000));
    assert_eq!(cut, format!("{} ... (1000 more characters)", "é".repeat(4_000)));
}
