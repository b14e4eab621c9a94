//! What of a description is silent, as CommonMark's reference renderer and GitHub show the same text.

use super::silent;

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let parts: Vec<_> = silent(text, 0).into_iter().map(|(part, _)| text[part].trim()).collect();
    assert_eq!(parts, expected, "{text:?}");
}

#[test]
fn a_fence_is_closed_by_its_own_kind() {
    check("```rust\na\n```\nb", &["```rust", "a", "```"]);
    check("````\n```\na\n````\nb", &["````", "```", "a", "````"]);
    check("```\n~~~\n``` x\n````\nb", &["```", "~~~", "``` x", "````"]);
    check("~~~ a`b`\nc\n~~~\nd", &["~~~ a`b`", "c", "~~~"]);
    check("```a`b`\nc", &["`b`"]);
    check("```\na\n\nb", &["```", "a", "", "b"]);
    check("- ```\n  a\n  ```\n- b", &["```", "a", "```"]);
    check("- ```\n  a\nb\n```\nc", &["```", "a", "```", "c"]);
}

#[test]
fn what_is_indented_is_code_behind_an_empty_line_and_outside_of_lists() {
    check("a\n\n    b\n\n\tc\n\nd", &["b", "c"]);
    check("a\n    b", &[]);
    check("# a\n    b", &["b"]);
    check("- a\n\n    b\n\n      c", &["c"]);
    check("- a\n  - b\n\n        c\n      d\n\n    e", &["c"]);
    check("1. a\n\n   b\n\n       c", &["c"]);
    check("10) a\n\n    b\n\nc\n\n    d", &["d"]);
    check("-     a\n- b", &["a"]);
    check("- a\nb\n\n    c", &[]);
    check("- - - a\n\n      b", &[]);
    check("***\n    a", &["a"]);
    check("a\n===\n    b", &["b"]);
    check("- a\n===\n    b", &[]);
    check("-\n\ta", &[]);
    check("-\n\n    a", &["a"]);
    check("a\n2. b\n\n    c", &["c"]);
    check("<ul>\n    <li>a</li>\n</ul>", &[]);
}

#[test]
fn quotations_go_on_as_long_as_their_paragraph() {
    check("> a\nb\n\nc", &["> a", "b"]);
    check("> a\n- b", &["> a"]);
    check("> # a\nb", &["> # a"]);
    check("> a\n>\nb", &["> a", ">"]);
    check("> -\nb", &["> -"]);
    check("> ```\n> a\n> ```\nb", &["> ```", "> a", "> ```"]);
    check("- > a\n- b", &["> a"]);
    check("- a\n\n  > b\n\n  c", &["> b"]);
    check("1. > a\n   > b\n2. c", &["> a", "> b"]);
    check("a\n    > b", &[]);
}

#[test]
fn code_may_run_over_the_lines_of_its_paragraph() {
    check("a `b\nc` d", &["`b\nc`"]);
    check("a `b\n\nc` d", &[]);
    check("- a `b\n- c` d", &[]);
    check("a `b\n> c` d", &["> c` d"]);
    check("# a `b\nc` d", &[]);
}

#[test]
fn comments_and_elements_name_nothing() {
    check("a\n<!-- b\n\nc --> d `e`\nf", &["<!-- b\n\nc -->", "`e`"]);
    check("a <!-- b\nc --> d", &["<!-- b\nc -->"]);
    check("a <!-- b\n\nc --> d", &[]);
    check("<!-- a\n\n- b", &["<!-- a\n\n- b"]);
    check("<pre>\n\n- a `b</pre> c", &["<pre>\n\n- a `b</pre>"]);
    check("a <PRE>b</PRE> c", &["<PRE>b</PRE>"]);
    check(
        "<code>a</code> b <code class=\"x\">c</code>",
        &["<code>a</code>", "<code class=\"x\">c</code>"],
    );
    check(
        "<blockquote>a\n\nb <blockquote>c</blockquote> `d`</blockquote> e",
        &["<blockquote>a\n\nb <blockquote>c</blockquote> `d`</blockquote>"],
    );
    check("`<code>` a", &["`<code>`"]);
    check("a <code>b", &["<code>b"]);
    check("</code> a <codex> <", &[]);
}
