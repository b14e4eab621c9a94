//! Answers that real trackers gave, read through the platform: one module a vendor.

mod jira;
pub(super) mod linear;
