//! Answers that real trackers gave, read through the platform: one module a vendor.

mod azure_devops;
mod github;
mod jira;
