//! Reading the settings of a platform as a whole: everything that is wrong with them is told at once.

use super::{Problem, Settings, refusal};
use crate::{error, http, secret::Secret};
use url::Url;

/// Reads what a platform needs, as far as that is possible; whatever is wrong with the settings goes to the list.
pub type Read<T> = fn(&Settings, &mut Vec<Problem>) -> Option<T>;

/// The value of a setting; what is wrong with it goes to the list.
pub fn keep<T>(read: Result<T, Problem>, problems: &mut Vec<Problem>) -> Option<T> {
    read.map_err(|problem| problems.push(problem)).ok()
}

impl Settings {
    /// What `read` makes of the settings, if there is nothing wrong with any of them.
    pub fn whole<T>(&self, read: Read<T>) -> error::Result<T> {
        let mut problems = Vec::new();
        match read(self, &mut problems) {
            Some(whole) if problems.is_empty() => Ok(whole),
            _ => Err(refusal(&problems)),
        }
    }

    /// All that is wrong with the settings by what `read` finds.
    pub fn problems<T>(&self, read: Read<T>) -> Vec<Problem> {
        let mut problems = Vec::new();
        read(self, &mut problems);
        problems
    }

    /// A credential that `Setting::required` already vouched for.
    pub fn required_secret(&self, key: &str) -> Result<Secret, Problem> {
        self.required(key).map(Secret::new)
    }

    /// The value `text` of a setting as an address that a token may be sent to; `example` is one in the right form.
    pub fn address(&self, key: &str, text: &str, example: &str) -> Result<Url, Problem> {
        http::endpoint(text).map_err(|unfit| {
            let hint = unfit.hint(example);
            self.problem(key, unfit.reason).with_hint(hint)
        })
    }
}
