//! Finds the references of a message or of a branch's name.

use super::{
    Extraction, Foreign, Form, Grammar, Pattern, Place, Prefixes, Reference, Skipped, Tier, branch,
    judge::{Candidate, Judge, What},
    lexer::{self, Shape, Token},
    message::{self, Layout},
    number::{Number, Scope},
    prefixes::Verdict,
    url::Item,
};
use crate::{Error, ErrorKind, Result, model::WorkItemId};
use regex::bytes::{Regex, RegexBuilder};

/// Finds references of the given patterns, believing the given prefixes.
#[derive(Debug, Clone)]
pub struct Finder {
    prefixes: Prefixes,
    forms: Vec<Form>,
    custom: Vec<Regex>,
    grammar: Grammar,
}

impl Finder {
    /// Makes a finder. `Config` when a custom pattern is not a regular expression with a group.
    pub fn new(prefixes: Prefixes, patterns: &[Pattern]) -> Result<Self> {
        let (forms, custom, grammar) = (Vec::new(), Vec::new(), Grammar::default());
        let mut finder = Self { prefixes, forms, custom, grammar };
        for pattern in patterns {
            match pattern {
                Pattern::Key => finder.forms.push(Form::Key),
                Pattern::AzureBoards => finder.forms.push(Form::AzureBoards),
                Pattern::Number => finder.forms.push(Form::Number),
                Pattern::Custom(expression) => finder.custom.push(compile(expression)?),
            }
        }
        Ok(finder)
    }

    /// The finder of what this host's keywords can close: numbers, its own and those of Azure Boards.
    pub(super) fn of_numbers(grammar: Grammar) -> Self {
        let forms = vec![Form::Number, Form::AzureBoards];
        Self { prefixes: Prefixes::none(), forms, custom: Vec::new(), grammar }
    }

    pub(super) fn forms(&self) -> &[Form] {
        &self.forms
    }

    pub(super) fn prefixes(&self) -> &Prefixes {
        &self.prefixes
    }

    /// The same finder with the closing words of the host that the numbers belong to.
    #[must_use]
    pub fn with_grammar(self, grammar: Grammar) -> Self {
        Self { grammar, ..self }
    }

    /// The references of a commit message.
    ///
    /// Linear in the length of the message; any text will do. The cost of a message without references is one look at
    /// each of its bytes.
    pub fn find(&self, message: &str) -> Extraction {
        self.read(message, Layout::Plain)
    }

    /// The references of a text that is laid out so: in Markdown, of a pull request's title and description joined by an empty
    /// line. Linear as well.
    pub fn read(&self, text: &str, layout: Layout) -> Extraction {
        let candidates = self.candidates(text, false);
        if candidates.is_empty() {
            return Extraction::default();
        }
        let mut judge = Judge::new(text, layout, self.grammar);
        for candidate in candidates {
            judge.judge(candidate);
        }
        judge.finish()
    }

    /// The references of a branch's name. A key of a prefix that a history uses in upper case, and too rarely to be sure, may
    /// be in lower case when it begins a part of the name, as in `feature/shop-12-cart`; where nothing is known, `css-3` is as
    /// likely as `shop-12`. Names that robots give are skipped.
    pub fn find_branch(&self, name: &str) -> Extraction {
        let mut found = Extraction::default();
        let mut candidates = self.candidates(name, true);
        if candidates.is_empty() && self.forms.contains(&Form::Number) {
            candidates.extend(branch::number(name).map(|span| {
                let item = WorkItemId::new(format!("#{}", &name[span.clone()]));
                Candidate { span, what: What::Item(item, Form::Number) }
            }));
        }
        let (is_robots, about) = (branch::is_robots(name), branch::about(name));
        for Candidate { span, what } in candidates {
            let reason = match what {
                What::LookAlike(reason) => reason,
                What::Item(..) if is_robots => "a robot named the branch".into(),
                What::Item(item, form) => {
                    let (tier, place, reason) = (Tier::Refs, Place::Branch, "branch name".into());
                    found.references.push(Reference {
                        item,
                        form,
                        tier,
                        place,
                        about,
                        points: false,
                        page: None,
                        span,
                        reason,
                    });
                    continue;
                }
            };
            let text = name[span.clone()].to_owned();
            found.skipped.push(Skipped { text, span, reason, item: None });
        }
        found
    }

    fn candidates(&self, text: &str, is_branch: bool) -> Vec<Candidate> {
        let subject_end = message::subject(text).end;
        let foreign = Foreign::of(text);
        let tokens = lexer::tokens(text).filter_map(|token| {
            let in_subject = token.span.start < subject_end;
            self.what(text, &token, in_subject, is_branch, &foreign)
                .map(|what| Candidate { span: token.span, what })
        });
        let mut candidates: Vec<_> = tokens.collect();
        for expression in &self.custom {
            candidates.extend(expression.captures_iter(text.as_bytes()).filter_map(|groups| {
                let span = groups.get(1)?.range();
                let id = text.get(span.clone()).filter(|id| !id.is_empty())?;
                Some(Candidate { what: What::Item(WorkItemId::new(id), Form::Custom), span })
            }));
        }
        if !self.custom.is_empty() {
            candidates.sort_by_key(|candidate| candidate.span.start);
        }
        candidates
    }

    fn what(
        &self,
        text: &str,
        token: &Token<'_>,
        in_subject: bool,
        is_branch: bool,
        foreign: &Foreign<'_>,
    ) -> Option<What> {
        match &token.shape {
            Shape::Number(number) => self.item(number_id(number)),
            Shape::Url(Item::AzureBoards(digits)) => {
                self.item((format!("AB#{digits}"), Form::AzureBoards))
            }
            Shape::Url(Item::Number { project, digits }) => {
                self.item((format!("{project}#{digits}"), Form::Number))
            }
            Shape::Key(key)
                if key.prefix == "GH" && self.forms.contains(&Form::Number) && key.number > 0 =>
            {
                self.item((format!("#{}", key.number), Form::Number))
            }
            _ if !self.forms.contains(&Form::Key) => None,
            Shape::Url(Item::Key { .. }) => self.key(text, token, in_subject, foreign),
            Shape::Key(key) => self.key(text, token, in_subject, foreign).or_else(|| {
                let prefix = key.prefix.to_ascii_uppercase();
                let is_key = is_branch
                    && key.is_clean()
                    && self.prefixes.believes(&prefix)
                    && branch::is_place(text, &token.span);
                let id = || WorkItemId::new(format!("{prefix}-{}", key.number));
                is_key.then(|| What::Item(id(), Form::Key))
            }),
        }
    }

    fn key(
        &self,
        text: &str,
        token: &Token<'_>,
        in_subject: bool,
        foreign: &Foreign<'_>,
    ) -> Option<What> {
        match self.prefixes.verdict(text, token, in_subject, foreign) {
            Verdict::Item(key) => Some(What::Item(WorkItemId::new(key), Form::Key)),
            Verdict::LookAlike(reason) => Some(What::LookAlike(reason)),
            Verdict::Noise => None,
        }
    }

    fn item(&self, (id, form): (String, Form)) -> Option<What> {
        self.forms.contains(&form).then(|| What::Item(WorkItemId::new(id), form))
    }
}

fn number_id(number: &Number<'_>) -> (String, Form) {
    match number.scope {
        Scope::Here => (format!("#{}", number.digits), Form::Number),
        Scope::Project(project) => (format!("{project}#{}", number.digits), Form::Number),
        Scope::AzureBoards => (format!("AB#{}", number.digits), Form::AzureBoards),
    }
}

/// Compiles a plugin's pattern; its classes, such as `\d`, are those of ASCII, as ids are.
fn compile(expression: &str) -> Result<Regex> {
    let refuse = |why: String| {
        Error::new(ErrorKind::Config, format!("read the reference pattern `{expression}`: {why}"))
            .with_hint("give a regular expression whose first group is the item's id")
    };
    let regex = RegexBuilder::new(expression)
        .unicode(false)
        .build()
        .map_err(|error| refuse(error.to_string()))?;
    if regex.captures_len() < 2 {
        return Err(refuse("it has no group".to_owned()));
    }
    Ok(regex)
}
