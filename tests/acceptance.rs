//! The acceptance tests, one binary: each module asks one question of the whole product.

#[cfg(test)]
mod binaries;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod hosts;
#[cfg(test)]
mod wire;
