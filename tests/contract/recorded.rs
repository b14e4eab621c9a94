//! Answers that real trackers gave, read through the platform: one module a vendor.

mod codecatalyst;
mod jira;
pub(super) mod linear;
