//! Answers that real trackers gave, read through the platform: one module a vendor.

mod azure_devops;
mod codecatalyst;
mod github;
mod gitlab;
mod jira;
pub(super) mod linear;

use ::conformance::fake::{Handler, Request, Response};
use std::sync::Arc;

/// A fake in front of which some addresses, by method and the end of their path, answer with recorded bytes.
struct Replay {
    answers: Vec<(&'static str, &'static str, Vec<u8>)>,
    rest: Arc<dyn Handler>,
}

impl Handler for Replay {
    fn handle(&self, request: &Request) -> Response {
        let recorded = self
            .answers
            .iter()
            .find(|(method, end, _)| request.method == *method && request.path.ends_with(end));
        match recorded {
            Some((_, _, body)) => Response::with_body(200, "application/json", body.clone()),
            None => self.rest.handle(request),
        }
    }
}
