//! What several platforms need and none is the owner of: what is left out, addresses, mappings of words, titles, labels,
//! forms with a file.

pub mod absent;
pub mod address;
pub mod form;
pub mod label;
pub mod mapping;
pub mod title;
