//! The checks: each asks one question that every tracker must answer in the same way.
//!
//! A check is selected when the tracker declares the operations that it needs, and steps aside when the
//! subject lacks what it asks about (a file has no wrong password). It works on items of its own making and
//! expects nothing of the site, so that the same suite runs on a fake and on a real account.

mod access;
mod code_host;
mod contract;
mod incident;
mod injection;
mod item;
mod limits;
mod link;
pub mod panel;
mod search;
mod status;
mod webhook;

use crate::subject::{Facts, Subject};
use backend::{
    Error, ErrorKind, Operation, Result, Tracker,
    model::{Draft, WorkItem},
};
use futures_util::future::BoxFuture;
use std::{
    fmt,
    sync::atomic::{AtomicU32, Ordering},
};

/// Why a check did not pass.
#[derive(Debug)]
pub enum Failure {
    /// The subject lacks what the check asks about.
    DoesNotApply,
    /// What went otherwise than it must.
    Broken(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Broken(format!("unexpected {} error: {error}", error.kind.word()))
    }
}

/// What a check says.
pub type Verdict<T = ()> = Result<T, Failure>;

/// A named check.
#[derive(Clone, Copy)]
pub struct Check {
    /// Name in the report.
    pub name: &'static str,
    /// The operations that the tracker must declare for the check to be selected.
    pub needs: &'static [Operation],
    /// The check itself.
    pub run: for<'a> fn(&'a Case<'a>) -> BoxFuture<'a, Verdict>,
}

/// What a check works with.
pub struct Case<'a> {
    /// Where the tracker comes from.
    pub subject: &'a dyn Subject,
    /// The tracker, connected with good credentials.
    pub tracker: &'a dyn Tracker,
    /// What is known about the site.
    pub facts: Facts,
}

/// Every check, in the order of the report.
pub fn all() -> Vec<Check> {
    [
        contract::CHECKS,
        access::CHECKS,
        item::CHECKS,
        status::CHECKS,
        limits::CHECKS,
        search::CHECKS,
        injection::CHECKS,
        link::CHECKS,
        webhook::CHECKS,
        incident::CHECKS,
        code_host::CHECKS,
        panel::CHECKS,
    ]
    .concat()
}

impl Case<'_> {
    /// A word that occurs nowhere else on the site.
    pub fn unique(&self, stem: &str) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        // Letters only: a tracker's index may take digits and hyphens for the ends of words.
        let letters = |number: u32| -> String {
            let digits = number.to_string().into_bytes();
            digits.into_iter().map(|digit| char::from(b'a' + (digit - b'0'))).collect()
        };
        format!("{stem}{}x{}", letters(std::process::id()), letters(count))
    }

    /// Makes an item with a title and nothing else.
    pub async fn make(&self, title: &str) -> Result<WorkItem> {
        self.tracker.create_work_item(&Draft { title: title.to_owned(), ..Draft::default() }).await
    }

    /// Makes an item with a label of its own, and returns both.
    pub async fn make_labelled(&self, stem: &str) -> Result<(WorkItem, String)> {
        let label = self.unique(stem);
        let (title, labels) = (format!("{stem} {label}"), vec![label.clone()]);
        let draft = Draft { title, labels, ..Draft::default() };
        Ok((self.tracker.create_work_item(&draft).await?, label))
    }
}

/// Breaks the check unless something holds.
pub fn ensure(holds: bool, what: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(Failure::Broken(what())) }
}

/// Breaks the check unless two things are equal.
pub fn same<T: PartialEq + fmt::Debug>(what: &str, found: &T, expected: &T) -> Verdict {
    ensure(found == expected, || format!("{what} is {found:?} and should be {expected:?}"))
}

/// Breaks the check unless something failed in the expected way, and well described; returns the error.
pub fn fails<T: fmt::Debug>(what: &str, result: Result<T>, kinds: &[ErrorKind]) -> Verdict<Error> {
    let error = match result {
        Ok(value) => return Err(Failure::Broken(format!("{what} succeeded: {value:?}"))),
        Err(error) => error,
    };
    ensure(kinds.contains(&error.kind), || {
        format!("{what} failed as {} and should as {kinds:?}: {error}", error.kind.word())
    })?;
    well_described(&error)?;
    Ok(error)
}

/// Breaks the check unless an error says what happened and what to do.
pub fn well_described(error: &Error) -> Verdict {
    let message = error.message.as_str();
    let proper =
        !message.trim().is_empty() && message.lines().count() == 1 && !message.ends_with('.');
    ensure(proper, || format!("the message is no one-line fragment: {message:?}"))?;
    ensure(!error.hint().trim().is_empty(), || format!("no hint beside: {message}"))
}

/// A fact of the subject's, or a step aside.
pub fn known<T>(fact: Option<T>) -> Verdict<T> {
    fact.ok_or(Failure::DoesNotApply)
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
