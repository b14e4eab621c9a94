//! What several platforms need and none is the owner of: mappings of words, titles, labels, forms with a file, addresses.

pub mod address;
pub mod form;
pub mod label;
pub mod mapping;
pub mod title;
