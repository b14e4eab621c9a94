//! The examples of the guide are what they say.
