//! Pull requests from their first commit to their end: the real binary, over real git repositories, on the embedded
//! tracker and on Jira. Every scenario asserts what the tracker holds, and that a second run changes nothing.

mod bad_input;
mod everywhere;
mod forks;
mod ground;
mod history;
mod host;
mod life;
mod panel;
mod rules;
mod scene;
mod table;
