//! The guide's quick start, run as it stands.
