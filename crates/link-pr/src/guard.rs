//! The guard against closing by accident: a code host closes whatever a closing word stands in front of, negated, quoted or
//! on the line before.

use crate::{facts::Facts, named::Named};
use app::naming::Naming;
use backend::{
    model::Commit,
    reference::{Closing, Form, Grammar, Layout, closings},
};

/// Something that the code host will close though a reader would not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Accident {
    /// `body`, or a commit's short id.
    pub(crate) place: String,
    /// What will be closed.
    pub(crate) reference: String,
    /// The words that do it.
    pub(crate) words: String,
    /// Why nobody meant it.
    pub(crate) why: String,
}

/// What merging the pull request would close by accident. A branch that is not the default one closes nothing.
pub(crate) fn accidents(facts: &Facts, named: &Named, naming: &Naming) -> Vec<Accident> {
    if facts.grammar == Grammar::Common || !facts.is_for_default_branch() {
        return Vec::new();
    }
    let guard = Guard { facts, has_numbers: naming.has_numbers() };
    let mut accidents = guard.in_body();
    for (index, commit) in facts.proposal.commits.iter().enumerate() {
        let by = named.taken_back.get(index).copied().flatten();
        accidents.extend(guard.in_commit(commit, by));
    }
    accidents
}

struct Guard<'a> {
    facts: &'a Facts,
    /// Whether the tracker's items have numbers, so that such a number can be meant.
    has_numbers: bool,
}

impl Guard<'_> {
    /// In a pull request's text, what is code or a comment closes nothing.
    fn in_body(&self) -> Vec<Accident> {
        // With something above it, the first line is no subject.
        let closings =
            self.closings(&format!("x\n\n{}", self.facts.proposal.description), Layout::Markdown);
        let loud = closings.into_iter().filter(|closing| !closing.is_silent);
        loud.filter_map(|closing| Some(accident("body", self.why(&closing)?, closing))).collect()
    }

    fn in_commit(&self, commit: &Commit, taken_back: Option<usize>) -> Vec<Accident> {
        let by = taken_back.and_then(|by| self.facts.proposal.commits.get(by));
        let by = by
            .map(|by| format!("commit {} takes it back in this very pull request", by.short_sha()));
        let closings = self.closings(&commit.message, Layout::Plain).into_iter();
        closings
            .filter_map(|closing| {
                let why = by.clone().or_else(|| self.why(&closing))?;
                Some(accident(commit.short_sha(), why, closing))
            })
            .collect()
    }

    /// Numbers of Azure Boards are closed by another service, which is not this guard's.
    fn closings(&self, text: &str, layout: Layout) -> Vec<Closing> {
        let mut closings = closings(text, layout, self.facts.grammar);
        closings.retain(|closing| closing.form == Form::Number);
        closings
    }

    /// Why nobody meant a closing; `None` for one that is meant.
    fn why(&self, closing: &Closing) -> Option<String> {
        let reason = "the tracker has no such item; the host's own would be closed";
        let doubt = closing.doubt.as_ref().map(ToString::to_string);
        doubt.or_else(|| (!self.has_numbers).then(|| reason.to_owned()))
    }
}

fn accident(place: &str, why: String, closing: Closing) -> Accident {
    let Closing { item: reference, words, .. } = closing;
    Accident { place: place.to_owned(), reference, words, why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{facts::testing::facts, named, policy::Policy};

    fn check(facts: &Facts, has_numbers: bool, expected: &[(&str, &str)]) {
        let naming = Naming::keys();
        let named = named::read(facts, &naming, &Policy::default()).unwrap();
        let naming = if has_numbers { Naming::numbers() } else { naming };
        let found = accidents(facts, &named, &naming);
        let found: Vec<_> = found.iter().map(|it| (it.words.as_str(), it.why.as_str())).collect();
        assert_eq!(found, expected, "{:?}", facts.proposal);
    }

    #[test]
    fn accidents_are_told_from_what_is_meant() {
        let body = |body: &str| facts("x", body, &[]);
        check(&body("Fixes #1"), true, &[]);
        check(
            &body("This doesn't fix #1"),
            true,
            &[("This doesn't fix #1", "`doesn't` before `fix`")],
        );
        check(&body("it fixes\n#1"), true, &[("it fixes #1", "the number is on another line")]);
        check(&body("`fixes #1` <!-- fixes #2 -->"), true, &[]);
        check(&body("a\n\n    fixes #1\n\n- > fixes #2"), true, &[]);
        check(
            &body("Fixes #1"),
            false,
            &[("Fixes #1", "the tracker has no such item; the host's own would be closed")],
        );
        let commits = |messages: &[&str]| facts("x", "", messages);
        check(&commits(&["x\n\n`fixes #1`"]), true, &[("` fixes #1", "it is in code")]);
        check(
            &commits(&["Revert \"fix #1\""]),
            true,
            &[("Revert \" fix #1", "subject of a revert")],
        );
        let taken_back = commits(&["a\n\nFixes #1", "Revert \"a\""]);
        let by = taken_back.proposal.commits[1].short_sha().to_owned();
        let why = format!("commit {by} takes it back in this very pull request");
        check(&taken_back, true, &[("Fixes #1", &why)]);
    }

    #[test]
    fn what_goes_elsewhere_than_into_the_default_branch_closes_nothing() {
        let mut facts = facts("x", "This doesn't fix #1", &[]);
        facts.proposal.target_branch = "release/1.x".to_owned();
        check(&facts, true, &[]);
    }
}
