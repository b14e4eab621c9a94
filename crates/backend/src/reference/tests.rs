//! What references mean, case by case: `item tier place: reason`, and what is skipped as `(text: reason)`.

use super::{About, Extraction, Finder, Grammar, Layout, Pattern, Prefixes, Tier};

fn finder() -> Finder {
    let patterns = [Pattern::Key, Pattern::AzureBoards, Pattern::Number];
    Finder::new(Prefixes::allow(["SHOP", "PAY"]), &patterns).expect("no pattern is custom")
}

fn words(extraction: &Extraction) -> Vec<String> {
    let references = extraction.references.iter().map(|reference| {
        let (tier, place) = (format!("{:?}", reference.tier), format!("{:?}", reference.place));
        let words = format!("{} {} {}: {}", reference.item, tier, place, reference.reason);
        (reference.span.start, words)
    });
    let skipped = extraction
        .skipped
        .iter()
        .map(|skipped| (skipped.span.start, format!("({}: {})", skipped.text, skipped.reason)));
    let mut all: Vec<_> = references.chain(skipped).collect();
    all.sort();
    all.into_iter().map(|(_, words)| words).collect()
}

#[track_caller]
fn check(message: &str, expected: &[&str]) {
    assert_eq!(words(&finder().find(message)), expected, "{message:?}");
}

#[track_caller]
fn check_branch(name: &str, expected: &[&str]) {
    let guessing = Finder::new(Prefixes::none(), &[Pattern::Key, Pattern::Number])
        .expect("no pattern is custom");
    assert_eq!(words(&guessing.find_branch(name)), expected, "{name:?}");
}

#[test]
fn keywords_close_or_point_by_the_grammar_of_each_form() {
    check("x\n\nFixes SHOP-1", &["SHOP-1 Closes Body: keyword `Fixes`"]);
    check("x\n\nand closes: shop-1", &["SHOP-1 Closes Body: keyword `closes`"]);
    check("x\n\nimplements SHOP-1", &["SHOP-1 Closes Body: keyword `implements`"]);
    check("x\n\nimplements #1", &["#1 Refs Body: keyword `implements`"]);
    check("x\n\nwe resolved #1", &["#1 Closes Body: keyword `resolved`"]);
    check("x\n\nresolves AB#1", &["AB#1 Refs Body: keyword `resolves`"]);
    check("x\n\nfixed AB#1", &["AB#1 Closes Body: keyword `fixed`"]);
    check("x\n\nfix issue acme/shop#1", &["acme/shop#1 Closes Body: keyword `fix`"]);
    check("x\n\nthis is part of SHOP-1", &["SHOP-1 Refs Body: keyword `part of`"]);
    check("x\n\nRelates to SHOP-1", &["SHOP-1 Refs Body: keyword `Relates to`"]);
    check("x\n\nprefixes #1", &["#1 Mentions Body: bare number"]);
    check("x\n\nauto-close #1", &["#1 Mentions Body: bare number"]);
    check("x\n\nfixes\n\nSHOP-1 is", &["SHOP-1 Mentions Body: bare key"]);
    check(
        "x\n\nFixes [SHOP-1](https://acme.atlassian.net/browse/SHOP-1)",
        &["SHOP-1 Closes Body: keyword `Fixes`", "SHOP-1 Closes Body: keyword `Fixes`"],
    );
}

#[test]
fn a_place_where_only_keys_stand_does_not_say_that_it_is_worked_on() {
    let place = "SHOP-123 Refs Subject: named as the work";
    check("SHOP-123 Add a till", &[place]);
    check("[till] SHOP-123 Add a till", &[place]);
    check("#34 SHOP-123 Add a till", &["#34 Mentions Subject: bare number", place]);
    check("Add a till (SHOP-123)", &[place]);
    let bare = "SHOP-123 Mentions Subject: bare key";
    check("Prepare the data for #SHOP-123", &[bare]);
    check("Skip the test (SHOP-123, not mended yet)", &[bare]);
    check("Mend totals - SHOP-123", &[bare]);
    check("Mend totals as SHOP-123 says", &[bare]);
}

#[test]
fn a_keyword_that_is_taken_back_closes_nothing() {
    check("x\n\nThis doesn't fix #1", &["#1 Mentions Body: `doesn't` before `fix`"]);
    check("x\n\nPartially fixes SHOP-1", &["SHOP-1 Mentions Body: `Partially` before `fixes`"]);
    check("x\n\ndoes not yet fully close SHOP-1", &["SHOP-1 Mentions Body: `not` before `close`"]);
    check("x\n\nrather than fixed: #391", &["#391 Mentions Body: `rather` before `fixed`"]);
    check("x\n\ninstead of fixing SHOP-1", &["SHOP-1 Mentions Body: `instead` before `fixing`"]);
    check("x\n\nThis wont close SHOP-1", &["SHOP-1 Mentions Body: `wont` before `close`"]);
    check("x\n\nand a TODO: fix SHOP-1", &["SHOP-1 Mentions Body: `TODO` before `fix`"]);
    check("Don't create two (Fixes #244)\n\nx", &["#244 Closes Subject: keyword `Fixes`"]);
    check("x\n\nDo not crash. Fixes SHOP-1", &["SHOP-1 Closes Body: keyword `Fixes`"]);
}

#[test]
fn a_keyword_that_is_quoted_closes_nothing() {
    check("say \"fixes #1\"", &["#1 Mentions Subject: it is quoted"]);
    check("say “closes SHOP-1”", &["SHOP-1 Mentions Subject: it is quoted"]);
    check("s\n\nThe words 'part of SHOP-1' are", &["SHOP-1 Mentions Body: it is quoted"]);
    check("s\n\nit's fixes #1", &["#1 Closes Body: keyword `fixes`"]);
    check("the \"cart\" fixes #1", &["#1 Closes Subject: keyword `fixes`"]);
}

#[test]
fn a_list_shares_its_keyword_as_far_as_every_host_agrees() {
    check(
        "x\n\nFixes SHOP-1, SHOP-2 and PAY-3; SHOP-4 is next",
        &[
            "SHOP-1 Closes Body: keyword `Fixes`",
            "SHOP-2 Closes Body: keyword `Fixes`",
            "PAY-3 Closes Body: keyword `Fixes`",
            "SHOP-4 Closes Body: keyword `Fixes`",
        ],
    );
    check(
        "x\n\nFixes #1, #2",
        &[
            "#1 Closes Body: keyword `Fixes`",
            "#2 Refs Body: list after keyword `Fixes`, which closes the first only",
        ],
    );
    check(
        "x\n\nFixes AB#1, AB#2 and fixes AB#3",
        &[
            "AB#1 Closes Body: keyword `Fixes`",
            "AB#2 Refs Body: list after keyword `Fixes`, which closes the first only",
            "AB#3 Closes Body: keyword `fixes`",
        ],
    );
    check(
        "x\n\nFixes SHOP-1\nSHOP-2 is",
        &["SHOP-1 Closes Body: keyword `Fixes`", "SHOP-2 Mentions Body: bare key"],
    );
}

#[test]
fn numbers_are_closed_by_the_grammar_of_their_host() {
    let closed = |text: &str, grammar| {
        let found = finder().with_grammar(grammar).find(text);
        let closes = found.references.iter().filter(|found| found.tier == Tier::Closes);
        closes.map(|found| found.item.to_string()).collect::<Vec<_>>().join(" ")
    };
    let list = "x\n\nCloses #1, #2 and #3. Implements #4. Completes #5. Fixes AB#6, AB#7";
    assert_eq!(closed(list, Grammar::GitHub), "#1 AB#6");
    assert_eq!(closed(list, Grammar::GitLab), "#1 #2 #3 #4 AB#6");
    assert_eq!(closed(list, Grammar::Common), "#1 AB#6");
}

#[test]
fn titles_and_branches_say_whose_work_they_are_about() {
    let about = |title| finder().find(title).references[0].about;
    assert_eq!(about("Revert \"Reapply \"SHOP-1 add\"\""), About::Reverted);
    let about_branch = |name| finder().find_branch(name).references[0].about;
    assert_eq!(about_branch("revert-12-feature/SHOP-1"), About::Reverted);
    assert_eq!(about_branch("revert-13-revert-12-feature/SHOP-1"), About::Reapplied);
    assert_eq!(about_branch("revert-the-cart-SHOP-1"), About::This);
    assert_eq!(about_branch("refs/heads/revert-7-SHOP-1"), About::Reverted);
}

#[test]
fn trailers_are_git_s_and_lines_are_read_all_the_same() {
    check("x\n\nFixes: SHOP-1", &["SHOP-1 Closes Trailer: trailer `Fixes`"]);
    check(
        "x\n\nRefs: SHOP-1,\n  SHOP-2",
        &["SHOP-1 Refs Trailer: trailer `Refs`", "SHOP-2 Refs Trailer: trailer `Refs`"],
    );
    check("x\n\nIssue-ID: SHOP-1", &["SHOP-1 Refs Trailer: trailer `Issue-ID`"]);
    check("x\n\nHelped-by: SHOP-1", &["SHOP-1 Mentions Trailer: trailer `Helped-by`"]);
    check("x\n\nJira: SHOP-1\ntext", &["SHOP-1 Refs Body: line `Jira`"]);
    check("x\n\nHelped-by: SHOP-1\ntext", &["SHOP-1 Mentions Body: bare key"]);
    check("x\n\nFix: the crash of SHOP-1 here", &["SHOP-1 Mentions Trailer: bare key"]);
    check("x\n\nFixes: 0123456789ab (\"x\")", &[]);
}

#[test]
fn subjects_name_work_at_their_edges() {
    check("SHOP-1 add", &["SHOP-1 Refs Subject: named as the work"]);
    check("[SHOP-1] add", &["SHOP-1 Refs Subject: named as the work"]);
    check("feat(cart): SHOP-1 add", &["SHOP-1 Refs Subject: named as the work"]);
    check("feat(SHOP-1): add", &["SHOP-1 Refs Subject: named as the work"]);
    check("add (SHOP-1)", &["SHOP-1 Refs Subject: named as the work"]);
    check("add SHOP-1 to cart", &["SHOP-1 Mentions Subject: bare key"]);
    check(
        "add (#12)\n\nx",
        &["#12 Mentions Subject: number at the subject's end, often a pull request's"],
    );
    check("fix #12: add", &["#12 Closes Subject: keyword `fix`"]);
}

#[test]
fn subjects_that_machines_wrote_name_other_commits_and_branches() {
    check("Revert \"Fix SHOP-1\"", &["SHOP-1 Mentions Subject: subject of a revert"]);
    check("Revert \"x\"\n\nFixes SHOP-1", &["SHOP-1 Closes Body: keyword `Fixes`"]);
    let taken_back = "SHOP-1 Mentions Subject: subject of a revert";
    let own = "SHOP-2 Refs Subject: named as the work";
    check("SHOP-2: Revert \"Fix SHOP-1\"", &[own, taken_back]);
    check("[SHOP-2] revert: SHOP-1 add", &[own, taken_back]);
    check("Revert \"SHOP-1 add\" for SHOP-2", &[taken_back, "SHOP-2 Mentions Subject: bare key"]);
    check(
        "Revert \"Revert \"fix SHOP-1\"\"",
        &["SHOP-1 Refs Subject: subject of a revert of a revert"],
    );
    check(
        "fixup! SHOP-1 add\n\nFixes SHOP-2",
        &[
            "SHOP-1 Mentions Subject: fixup of another commit",
            "SHOP-2 Mentions Body: fixup of another commit",
        ],
    );
    check(
        "Merge pull request #12 from acme/shop-1-cart\n\nSHOP-2: add",
        &[
            "(#12: it is the number of a pull request)",
            "SHOP-1 Refs Branch: branch name",
            "SHOP-2 Refs Subject: named as the work",
        ],
    );
    check("Merge branch 'feature/SHOP-1' into main", &["SHOP-1 Refs Branch: branch name"]);
    check(
        "x\n\nCloses #4415 from user/SHOP-6205_x",
        &["(#4415: it is the number of a pull request)", "SHOP-6205 Refs Branch: branch name"],
    );
    check("x\n\nReverts acme/shop#12", &["(acme/shop#12: it is the number of a pull request)"]);
}

#[test]
fn what_is_quoted_is_skipped_and_said() {
    check(
        "x\n\n`SHOP-1` and SHOP-2",
        &["(SHOP-1: it is in code)", "SHOP-2 Mentions Body: bare key"],
    );
    check("x\n\n```\nfixes SHOP-1\n```", &["(SHOP-1: it is in a code block)"]);
    check("x\n\n> fixes SHOP-1", &["(SHOP-1: it is in a quoted message)"]);
    check("x\n\n<!-- fixes SHOP-1 -->", &["(SHOP-1: it is in an HTML comment)"]);
    check(
        "x\n\nSquashed commit of the following:\n\ncommit 0123456789\nAuthor: A\n\n    fixes SHOP-1\n\nFixes SHOP-2",
        &["(SHOP-1: it is in the list of squashed commits)", "SHOP-2 Closes Body: keyword `Fixes`"],
    );
    check(
        "x\n\n* fixes SHOP-1\n    - SHOP-2",
        &["SHOP-1 Closes Body: keyword `fixes`", "SHOP-2 Mentions Body: bare key"],
    );
}

#[test]
fn numbers_that_are_no_items_are_told_apart() {
    check(
        "see PR #12, step #3 and #4",
        &[
            "(#12: it is the number of a pull request)",
            "(#3: it counts something else)",
            "#4 Mentions Subject: bare number",
        ],
    );
    check("x &#39; #0 #012 x#3 #4a ##5 /#6 repo#7 !8", &[]);
    check(
        "group/sub/project#5 acme/shop#6",
        &[
            "group/sub/project#5 Mentions Subject: bare number",
            "acme/shop#6 Mentions Subject: bare number",
        ],
    );
    check("GH-12: add", &["#12 Mentions Subject: bare number"]);
}

#[test]
fn pages_of_items_are_the_items() {
    check(
        "add (https://linear.app/acme/issue/SHOP-4)",
        &["SHOP-4 Refs Subject: named as the work"],
    );
    let cases = [
        ("https://acme.atlassian.net/browse/SHOP-1.", "SHOP-1"),
        ("https://acme.atlassian.net/jira/software/projects/SHOP/issues/SHOP-2?x=1", "SHOP-2"),
        (
            "https://acme.atlassian.net/jira/software/c/projects/SHOP/boards/1?selectedIssue=SHOP-3&x=1",
            "SHOP-3",
        ),
        ("https://linear.app/acme/issue/shop-4/add-a-cart", "SHOP-4"),
        ("https://github.com/acme/web/issues/5#issuecomment-6", "acme/web#5"),
        ("https://gitlab.com/acme/sub/web/-/issues/6", "acme/sub/web#6"),
        ("https://gitlab.com/acme/web/-/work_items/7", "acme/web#7"),
        ("https://dev.azure.com/acme/Web%20Shop/_workitems/edit/8/", "AB#8"),
    ];
    for (url, item) in cases {
        check(&format!("x\n\nsee {url} there"), &[&format!("{item} Refs Body: keyword `see`")]);
    }
    check(
        "x https://github.com/acme/web/pull/5 https://gitlab.com/acme/web/-/merge_requests/6#note_7",
        &[],
    );
    check("x https://ci.acme.dev/browse/SHOP-1", &["(SHOP-1: it is inside the URL of a build)"]);
}

#[test]
fn branches_name_work_where_it_stands_as_work() {
    check_branch("feature/SHOP-12-add", &["SHOP-12 Refs Branch: branch name"]);
    check_branch("patch-1", &[]);
    check_branch("dependabot/npm/SHOP-1", &["(SHOP-1: a robot named the branch)"]);
    check_branch("release-2.0", &[]);
    check_branch("12-add-cart", &["#12 Refs Branch: branch name"]);
    check_branch("2023-04-11-x", &[]);
    // In lower case a word with a number looks the same, as long as nobody knows the projects.
    for name in
        ["refactor-2", "css-3", "kafka-3", "fix/typo-2", "maria-2", "shop-12", "acme/node-18"]
    {
        check_branch(name, &[]);
    }
}

#[test]
fn branches_name_known_projects_in_any_case() {
    let rare = ["SHOP-1 add", "SHOP-102 mend", "tidy"];
    let often: Vec<String> = (101..160).map(|number| format!("SHOP-{number}: add")).collect();
    for prefixes in [Prefixes::allow(["shop"]), Prefixes::learn(rare), Prefixes::learn(&often)] {
        let finder = Finder::new(prefixes, &[Pattern::Key]).expect("no pattern is custom");
        for name in ["feature/shop-112-add", "shop-112", "shop-112_add", "feature/Shop-112/x"] {
            let found = words(&finder.find_branch(name));
            assert_eq!(found, ["SHOP-112 Refs Branch: branch name"], "{name:?}");
        }
        for name in ["refactor-2", "css-3", "fix/typo-2"] {
            assert_eq!(finder.find_branch(name), Extraction::default(), "{name:?}");
        }
    }
}

#[test]
fn a_tracker_names_items_its_own_way() {
    // As in the row of a platform.
    const OWN: &[Pattern] = &[Pattern::Custom(std::borrow::Cow::Borrowed(r"\bitem (\d+)"))];
    let finder = Finder::new(Prefixes::none(), OWN).expect("valid");
    assert_eq!(words(&finder.find("fixes item 12")), ["12 Mentions Subject: bare id"]);
    for wrong in ["(", "item"] {
        assert!(
            Finder::new(Prefixes::none(), &[Pattern::Custom(wrong.into())]).is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn the_strongest_reference_to_an_item_wins() {
    let found = finder().find("SHOP-1 add PAY-2\n\nFixes SHOP-1");
    let strongest: Vec<_> = found
        .strongest()
        .into_iter()
        .map(|found| format!("{} {:?}", found.item, found.tier))
        .collect();
    assert_eq!(strongest, ["SHOP-1 Closes", "PAY-2 Mentions"]);
}

const PIECES: &str = "SHOP-1|#12|-|é|修|`|```|\n|\r\n|> |<!--|-->|://|https|/|AB|#|fixes |:| |not |[|](|)|0|9|a/b|_|.|\
    Merge branch '|Revert \"|Squashed commit of the following:|\u{301}|<code>|</code>|<pre>|</pre>|- |    |\t|~~~|\\";

/// Pseudo-random texts made of the pieces that the rules are about.
fn texts() -> impl Iterator<Item = String> {
    let pieces: Vec<&str> = PIECES.split('|').collect();
    let mut state = 1_u64;
    (0..20_000).map(move |_| {
        let piece = |_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            pieces[usize::try_from(state >> 33).unwrap_or(0) % pieces.len()]
        };
        (0..12).map(piece).collect()
    })
}

#[test]
fn any_text_is_taken_and_spans_are_its_slices() {
    let finder = finder();
    for text in texts() {
        for layout in [Layout::Plain, Layout::Markdown] {
            let found = finder.read(&text, layout);
            let references = found.references.into_iter().map(|reference| reference.span);
            for span in references.chain(found.skipped.into_iter().map(|skipped| skipped.span)) {
                assert!(
                    text.get(span.clone()).is_some_and(|slice| !slice.is_empty()),
                    "{text:?} {span:?}"
                );
            }
        }
        finder.find_branch(&text);
        Prefixes::learn([&text]).keys(&text);
    }
}
