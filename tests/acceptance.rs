//! The acceptance tests, one binary: each module asks one question of the whole product.

#[cfg(test)]
mod binaries;
