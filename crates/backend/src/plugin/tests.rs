//! Plugins over a pipe.
