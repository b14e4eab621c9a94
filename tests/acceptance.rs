//! The acceptance tests, one binary: each module asks one question of the whole product.

#[cfg(test)]
mod azure_devops;
#[cfg(test)]
mod binaries;
#[cfg(test)]
mod canary;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod gitlab;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod hints;
#[cfg(test)]
#[cfg(unix)]
mod hooks;
#[cfg(test)]
mod hosts;
#[cfg(test)]
mod link_pr;
#[cfg(test)]
mod missing;
#[cfg(test)]
mod plugins;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod wire;
#[cfg(test)]
mod wrappers;
