//! What a reference means by where it stands: its place, its tier, and why.

use super::{
    Extraction, Form, Grammar, Place, Reference, Skipped, Tier, around,
    keyword::{self, Keyword, Meaning},
    message::{Anatomy, Layout},
    position,
    subject::{self, About, Subject},
};
use crate::model::WorkItemId;
use ::url::Url;
use std::{borrow::Cow, ops::Range};

/// Something that may be a reference, before its surroundings are looked at.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) span: Range<usize>,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Item(WorkItemId, Form),
    LookAlike(Cow<'static, str>),
}

type Reason = Cow<'static, str>;

/// Names of lines that point at an item, in and out of git's trailer block. Closing ones are keywords already.
const NAMES: &[&str] = &[
    "bug",
    "bug-id",
    "bug-url",
    "contributes-to",
    "issue",
    "issue-id",
    "issue-url",
    "issues",
    "jira",
    "jira issue",
    "jira-id",
    "jira-issue",
    "linear",
    "part-of",
    "related-to",
    "relates-to",
    "reopens",
    "see-also",
    "story",
    "task",
    "task-id",
    "task-number",
    "ticket",
    "tickets",
    "work-item",
    "workitem",
];

/// Those of them that point at an item as something else than what is worked on.
const POINTING: &[&str] =
    &["contributes-to", "part-of", "related-to", "relates-to", "reopens", "see-also"];

/// Judges the candidates of one message, in order.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    message: &'a str,
    anatomy: Anatomy,
    subject: Subject,
    grammar: Grammar,
    silent: usize,
    previous: Option<Previous>,
    found: Extraction,
}

/// The reference before, whose keyword may hold for a list: `Fixes SHOP-1, SHOP-2 and SHOP-3`.
#[derive(Debug)]
struct Previous {
    end: usize,
    form: Form,
    said: Said,
}

/// What the words around a reference say of it.
#[derive(Debug, Clone)]
struct Said {
    tier: Tier,
    reason: Reason,
    /// Whether a word says no more than that it points at the item.
    points: bool,
    /// Whether it holds for a list that goes on.
    is_shared: bool,
}

impl Said {
    /// Of this reference only.
    fn alone(tier: Tier, reason: impl Into<Reason>) -> Self {
        Self { tier, reason: reason.into(), points: false, is_shared: false }
    }

    /// Of a list that may go on.
    fn shared(tier: Tier, reason: impl Into<Reason>) -> Self {
        Self { is_shared: true, ..Self::alone(tier, reason) }
    }
}

impl<'a> Judge<'a> {
    pub(super) fn new(message: &'a str, layout: Layout, grammar: Grammar) -> Self {
        Self {
            message,
            grammar,
            anatomy: Anatomy::of(message, layout),
            subject: Subject::of(message),
            silent: 0,
            previous: None,
            found: Extraction::default(),
        }
    }

    pub(super) fn judge(&mut self, candidate: Candidate) {
        let Candidate { span, what } = candidate;
        match what {
            What::LookAlike(reason) => self.skip(span, reason, None),
            What::Item(item, form) => match self
                .silence(&span)
                .or_else(|| self.foreign(&span, form))
            {
                Some((reason, is_item)) => self.skip(span, reason.into(), is_item.then_some(item)),
                None => self.accept(span, item, form),
            },
        }
    }

    pub(super) fn finish(self) -> Extraction {
        self.found
    }

    fn skip(&mut self, span: Range<usize>, reason: Reason, item: Option<WorkItemId>) {
        let text = self.message[span.clone()].to_owned();
        self.found.skipped.push(Skipped { text, span, reason, item });
    }

    fn accept(&mut self, span: Range<usize>, item: WorkItemId, form: Form) {
        let place = self.place(&span);
        let said = self.said(&span, form, place);
        let Said { tier, reason, points, is_shared } = said.clone();
        self.previous = is_shared.then_some(Previous { end: span.end, form, said });
        let written = &self.message[span.clone()];
        let page = written.contains("://").then(|| Url::parse(written).ok()).flatten();
        let about = self.subject.about_at(span.start);
        let (tier, reason) = lowered(about, tier, reason);
        self.found.references.push(Reference {
            item,
            form,
            tier,
            place,
            about,
            points,
            page,
            span,
            reason,
        });
    }

    /// Why the part of the message around a span does not speak for itself. The item is real all the same.
    fn silence(&mut self, span: &Range<usize>) -> Option<(&'static str, bool)> {
        let silent = &self.anatomy.silent;
        while silent.get(self.silent).is_some_and(|(part, _)| part.end <= span.start) {
            self.silent += 1;
        }
        let (part, reason) = silent.get(self.silent)?;
        (part.start <= span.start).then_some((*reason, true))
    }

    fn foreign(&self, span: &Range<usize>, form: Form) -> Option<(&'static str, bool)> {
        if form != Form::Number {
            return None;
        }
        Some((subject::not_an_item(self.message, span)?, false))
    }

    fn place(&self, span: &Range<usize>) -> Place {
        if self.subject.is_branch(span) || subject::is_head_of_pull_request(self.message, span) {
            Place::Branch
        } else if self.subject.holds(span) {
            Place::Subject
        } else if span.start >= self.anatomy.trailers {
            Place::Trailer
        } else {
            Place::Body
        }
    }

    fn said(&self, span: &Range<usize>, form: Form, place: Place) -> Said {
        let before = around::before(self.message, span.start);
        let after = around::after(self.message, span.end);
        if place == Place::Branch {
            return Said::alone(Tier::Refs, "branch name");
        }
        let in_subject = place == Place::Subject;
        if in_subject && form == Form::Number && before.ends_with('(') && after.trim_end() == ")" {
            let reason = "number at the subject's end, often a pull request's";
            return Said::alone(Tier::Mentions, reason);
        }
        if let Some(said) = self.listed(span, form, place) {
            return said;
        }
        if let Some(mut keyword) = keyword::before(before, after) {
            // A revert's subject quotes a whole one, which speaks as it did before.
            keyword.is_quoted &= self.subject.about_at(span.start) == About::This;
            return by_keyword(keyword, form, place, self.grammar);
        }
        if let Some(said) = by_line(before, place) {
            return said;
        }
        if in_subject && form != Form::Number && position::is_at_work(self.message, span, true) {
            // A word that points at the item says more than the brackets around it.
            let pointing = keyword::before(before.trim_end_matches(['[', '(']), after)
                .filter(|keyword| keyword.meaning == Meaning::Refs);
            let place = || Said::shared(Tier::Refs, "named as the work");
            return pointing.map_or_else(place, |keyword| {
                by_keyword(keyword, form, Place::Subject, self.grammar)
            });
        }
        Said::alone(Tier::Mentions, bare(form))
    }

    /// What is said of a reference that continues a list.
    fn listed(&self, span: &Range<usize>, form: Form, place: Place) -> Option<Said> {
        let previous = self.previous.as_ref().filter(|previous| previous.form == form)?;
        let gap = &self.message[previous.end..span.start];
        let is_folded = place == Place::Trailer && !gap.contains("\n\n");
        if gap.len() > 16 || (gap.contains('\n') && !is_folded) || !is_separator(gap) {
            return None;
        }
        // GitLab and Linear close the whole list, GitHub and Azure Boards its first: do not close what may stay open.
        let closes_first_only = match form {
            Form::AzureBoards => true,
            Form::Number => self.grammar != Grammar::GitLab,
            Form::Key | Form::Custom => false,
        };
        let said = &previous.said;
        if said.tier == Tier::Closes && closes_first_only {
            let reason = format!("list after {}, which closes the first only", said.reason);
            return Some(Said::shared(Tier::Refs, reason));
        }
        Some(said.clone())
    }
}

/// Nothing is closed by words that take work back, or by a commit that will be folded into another.
fn lowered(about: About, tier: Tier, reason: Reason) -> (Tier, Reason) {
    match about {
        About::This => (tier, reason),
        About::Reverted => (Tier::Mentions, "subject of a revert".into()),
        About::Reapplied => (tier.min_refs(), "subject of a revert of a revert".into()),
        About::Folded => (Tier::Mentions, "fixup of another commit".into()),
    }
}

fn by_keyword(keyword: Keyword<'_>, form: Form, place: Place, grammar: Grammar) -> Said {
    let word = keyword.word;
    if let Some(negation) = keyword.negation {
        return Said::shared(Tier::Mentions, format!("`{negation}` before `{word}`"));
    }
    // Hosts close it all the same, which is what `closing` warns of; what somebody only cites is nobody's will.
    if keyword.is_quoted {
        return Said::shared(Tier::Mentions, "it is quoted");
    }
    let closes = keyword::closes(word, form, grammar);
    let tier = if closes { Tier::Closes } else { Tier::Refs };
    let kind = if place == Place::Trailer { "trailer" } else { "keyword" };
    let points = keyword.meaning == Meaning::Refs;
    Said { points, ..Said::shared(tier, format!("{kind} `{word}`")) }
}

/// What the name of a trailer, or a well-known name of a line, says of the value right behind it.
fn by_line(before: &str, place: Place) -> Option<Said> {
    let name = line_name(before)?;
    let lower = name.to_ascii_lowercase();
    let is_known = NAMES.contains(&lower.as_str());
    let tier = if is_known { Tier::Refs } else { Tier::Mentions };
    let kind = match place {
        Place::Trailer => "trailer",
        _ if is_known => "line",
        _ => return None,
    };
    let points = POINTING.contains(&lower.as_str());
    Some(Said { points, ..Said::shared(tier, format!("{kind} `{name}`")) })
}

/// The name of a line whose value starts right here.
fn line_name(before: &str) -> Option<&str> {
    let label = before.trim_end_matches([' ', '\t', '[', '<']);
    position::label_name(label.strip_suffix(':')?)
}

fn is_separator(gap: &str) -> bool {
    gap.split(|c: char| c.is_whitespace() || ",;&()[]/+".contains(c))
        .all(|word| word.is_empty() || word == "and" || word == "or")
}

fn bare(form: Form) -> &'static str {
    match form {
        Form::Key => "bare key",
        Form::AzureBoards | Form::Number => "bare number",
        Form::Custom => "bare id",
    }
}
