//! What holds for every format, on inputs by hand and on generated ones.

mod cutting;
mod formats;
mod generator;
mod quoting;
mod reading;
