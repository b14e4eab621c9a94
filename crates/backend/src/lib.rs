//! The one common backend: the model, the contract, the transport and the platforms.
//!
//! Start reading at [`Tracker`], then [`platform`]. The code map is `crates/README.md`.

pub mod code_host;
pub mod delegate;
pub mod digest;
pub mod dry_run;
pub mod error;
pub mod health;
pub mod history;
pub mod http;
pub mod incident;
pub mod managed_comment;
pub mod model;
pub mod panel;
pub mod platform;
pub mod plugin;
pub mod reference;
pub mod registry;
pub mod secret;
pub mod settings;
pub mod text;
pub mod tracker;
pub mod velocity;
pub mod webhook;

pub use error::{Error, ErrorKind, Result};
pub use tracker::{Metadata, Operation, Tracker};
