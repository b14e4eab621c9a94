//! The conformance suite: what every tracker must do, asked of every platform on a real socket.
//!
//! Start reading at [`suite`]: it runs the [`check`]s on a [`subject`], which is the embedded tracker or a
//! [`fake`] that speaks a vendor's own JSON.

pub mod check;
pub mod codecatalyst;
pub mod command;
pub mod fake;
pub mod local;
pub mod piped;
pub mod plugin;
pub mod sign;
pub mod subject;
pub mod suite;
