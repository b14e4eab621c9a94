//! The one common backend: the model, the contract, the transport and the platforms.
//!
//! Start reading at [`Tracker`], then [`platform`]. The code map is `crates/README.md`.

pub mod digest;
pub mod error;
pub mod history;
pub mod http;
pub mod model;
pub mod reference;
pub mod secret;
pub mod settings;
pub mod text;

pub use error::{Error, ErrorKind, Result};
