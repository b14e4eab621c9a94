//! How a history uses one prefix, and whether that makes it a project.

use super::{
    lookalikes::{self, Doubt},
    prefixes::{EARLY, Names, Size},
};
use std::collections::HashSet;

/// Different numbers that are counted; more say nothing new.
const NUMBERS: usize = 64;

/// Whether a number tells an item from a version, which is small or a year, and from a size, which computers count in 32s.
pub(super) fn is_telling(number: u64) -> bool {
    number >= EARLY && !number.is_multiple_of(32) && !(1900..2100).contains(&number)
}

fn telling(numbers: &HashSet<u64>) -> usize {
    numbers.iter().filter(|number| is_telling(**number)).count()
}

#[derive(Debug, Default)]
pub(super) struct Usage {
    /// Upper-case uses without a doubt about their edges.
    pub(super) uses: u64,
    /// Those in a subject.
    pub(super) in_subject: u64,
    /// Those that stand where keys stand.
    pub(super) prominent: u64,
    /// Those prominent ones outside a subject.
    pub(super) prominent_below: u64,
    /// Links to an item's page.
    pub(super) pages: u64,
    pub(super) largest: u64,
    /// Numbers of early items in the places of keys, a bit each.
    pub(super) early: u128,
    pub(super) numbers: HashSet<u64>,
    pub(super) lower: Lower,
}

/// Uses in lower case, where words with numbers are common and projects rare.
#[derive(Debug, Default)]
pub(super) struct Lower {
    pub(super) uses: u64,
    /// Those that stand where keys stand.
    pub(super) prominent: u64,
    /// Numbers of the prominent ones.
    pub(super) numbers: HashSet<u64>,
}

impl Lower {
    pub(super) fn saw(&mut self, number: u64, is_prominent: bool) {
        self.uses += 1;
        self.prominent += u64::from(is_prominent);
        if is_prominent && self.numbers.len() < NUMBERS {
            self.numbers.insert(number);
        }
    }

    /// Whether every use stands where keys stand, with numbers that tell items: `closes: shop-123`.
    pub(super) fn is_likely(&self, prefix: &str, messages: u64) -> bool {
        self.prominent >= 3
            && self.prominent == self.uses
            && self.prominent * 200 >= messages
            && telling(&self.numbers) >= 2
            && lookalikes::doubt(prefix).is_none()
            && !lookalikes::is_branch_word(&prefix.to_ascii_lowercase())
    }

    /// `node-18` and `patch-1` stand where keys stand too, with few numbers.
    pub(super) fn is_project(&self, prefix: &str, messages: u64) -> bool {
        let numbers = self.numbers.len();
        let is_common = self.prominent >= 10 && numbers >= 8 && self.prominent * 2 >= self.uses;
        let is_young = self.prominent >= 3
            && numbers >= 3
            && self.prominent * 10 >= messages
            && self.prominent * 10 >= self.uses * 9;
        let is_word = match lookalikes::doubt(prefix) {
            None => false,
            Some(Doubt::Seldom(_)) => telling(&self.numbers) < 10,
            Some(Doubt::Never(_) | Doubt::Hardly(_) | Doubt::Rarely(_) | Doubt::Often(_)) => true,
        };
        !is_word
            && !lookalikes::is_branch_word(&prefix.to_ascii_lowercase())
            && (numbers >= NUMBERS || numbers as u64 * 5 >= self.prominent)
            && (is_common || is_young)
    }
}

impl Usage {
    /// What small numbers mean in this project. Where people write keys in lower case, a small one there is one; where
    /// early items stand in the places of keys, an upper-case one is one, even if a version looks the same.
    pub(super) fn names(&self, doubt: Option<Doubt>) -> Names {
        let lower = self.lower.prominent * 10 < self.uses
            && self.lower.numbers.iter().chain([&self.largest]).any(|number| *number >= 1000);
        let is_word = matches!(doubt, Some(Doubt::Seldom(_) | Doubt::Rarely(_)));
        Names { lower, upper: lower && is_word && self.early.count_ones() < 3 }
    }

    /// Remembers the number of an early item that stands in a place of keys.
    pub(super) fn saw_early(&mut self, number: u64) {
        if number < EARLY {
            self.early |= 1 << number;
        }
    }

    pub(super) fn saw(&mut self, number: u64) {
        self.largest = self.largest.max(number);
        if self.numbers.len() < NUMBERS {
            self.numbers.insert(number);
        }
    }

    /// Counts a use of `MY_SHOP`, which is a name of code anywhere but where keys stand.
    pub(super) fn saw_wide(&mut self, number: u64, is_prominent: bool) {
        self.uses += 1;
        if is_prominent {
            self.prominent += 1;
            self.saw(number);
        }
    }

    /// Items have many numbers; `PHP-8` and `SHA-256` come back with the same few.
    pub(super) fn is_varied(&self, uses: u64) -> bool {
        self.numbers.len() >= NUMBERS || self.numbers.len() as u64 * 20 >= uses
    }

    pub(super) fn is_project(&self, doubt: Option<Doubt>, messages: u64) -> bool {
        let uses = self.in_subject + self.prominent_below + self.pages;
        let numbers = self.numbers.len();
        match doubt {
            Some(Doubt::Never(_)) => return self.pages >= 3 && numbers >= 3,
            Some(Doubt::Hardly(_)) => {
                return numbers >= 40
                    && self.prominent * 20 >= messages
                    && self.prominent * 5 >= self.uses * 4;
            }
            Some(Doubt::Seldom(_) | Doubt::Often(_)) if self.is_everywhere(messages) => {
                return true;
            }
            Some(Doubt::Seldom(_) | Doubt::Rarely(_)) => {
                return self.is_project_in_spite_of_its_name(uses, messages);
            }
            Some(Doubt::Often(_)) | None => {}
        }
        // The name of some hardware comes ten times, too, in a history of fifty thousand messages.
        let is_common = uses >= 10 && numbers >= 5 && uses * 1000 >= messages;
        let is_placed = self.prominent >= 10 && numbers >= 3 && self.prominent * 2 >= self.uses;
        let is_young = self.prominent >= 3
            && numbers >= 2
            && self.prominent * 20 >= messages
            && self.prominent * 2 >= self.uses;
        self.is_varied(uses) && (is_common || is_placed || is_young)
            || doubt.is_none() && self.is_in_both_cases()
    }

    /// Whether so many numbers tell an item that the places do not matter: `JAVA-8` and `SHA-256` come with few numbers,
    /// small ones or sizes.
    fn is_everywhere(&self, messages: u64) -> bool {
        telling(&self.numbers) >= 10 && self.is_varied(self.uses) && self.uses * 100 >= messages
    }

    /// Whether a word that is none as a rule stands where keys stand, with enough numbers for an item's.
    fn is_project_in_spite_of_its_name(&self, uses: u64, messages: u64) -> bool {
        let is_old = uses >= 10 && self.numbers.len() >= 10 && self.is_varied(uses);
        let is_young =
            self.prominent >= 3 && telling(&self.numbers) >= 3 && self.prominent * 100 >= messages;
        self.prominent * 2 >= self.uses && (is_old || is_young)
    }

    /// A word with a number that stands where keys stand is rarely written in both cases.
    fn is_in_both_cases(&self) -> bool {
        let Self { uses, prominent, lower, .. } = self;
        self.numbers.len() >= 2
            && lower.numbers.len() >= 2
            && prominent * 2 >= *uses
            && lower.prominent * 2 >= lower.uses
    }

    /// Whether upper case is to be believed; `messages` is how many were read.
    pub(super) fn is_likely(&self, doubt: Option<Doubt>, size: Size, messages: u64) -> bool {
        if !matches!(doubt, None | Some(Doubt::Often(_))) {
            return false;
        }
        let numbers = self.numbers.len();
        let is_repeated = self.prominent >= 2 && numbers >= 2;
        let is_placed = self.prominent >= 3 && self.prominent * 10 >= self.uses * 9;
        match size {
            // Other projects' items are named now and then, this one's keep coming.
            Size::Without => {
                let placed = self.prominent + self.pages;
                let is_frequent = is_repeated && self.prominent * 2 >= self.uses || self.pages >= 2;
                let is_prose = doubt.is_none() && numbers >= 5 && self.is_varied(self.uses);
                (is_frequent && placed * 500 >= messages)
                    || (is_prose && self.largest >= 100 && self.uses * 100 >= messages)
            }
            Size::Small | Size::Settled => {
                let is_in_both_cases = doubt.is_none()
                    && self.prominent.min(self.lower.prominent) >= 1
                    && telling(&self.numbers).min(telling(&self.lower.numbers)) >= 1;
                is_repeated
                    || is_placed
                    || is_in_both_cases
                    || self.pages >= 1
                    || (numbers >= 3 && self.largest >= 100)
            }
        }
    }
}
