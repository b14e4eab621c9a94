//! What several platforms need and none is the owner of: mappings of words, titles.

pub mod mapping;
pub mod title;
