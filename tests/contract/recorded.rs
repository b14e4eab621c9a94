//! Answers that real trackers gave, read through the platform: one module a vendor.

mod github;
mod jira;
