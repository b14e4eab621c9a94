//! The git hooks, in real repositories, under the git of this machine: what is committed, what is said, what is kept.
//! On Unix: Git for Windows runs the same scripts in a shell of its own.

mod check;
mod commands;
mod history;
mod install;
mod managers;
mod prepare;
mod push;
mod repo;
mod settings;
mod uninstall;
mod verdict;
