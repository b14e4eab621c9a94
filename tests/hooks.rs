//! The git hooks, in real repositories, under the git of this machine: what is committed, what is said, what is kept.

mod check;
mod commands;
mod history;
mod install;
mod managers;
mod prepare;
mod push;
mod repo;
