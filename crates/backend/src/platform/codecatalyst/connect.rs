//! From settings to a connection: every problem is found before any request.

use super::{CodeCatalyst, PLATFORM, WORK_ITEMS, dialect};
use crate::{
    error::Result,
    http::{self, Authorization, Http, Wire},
    secret::Secret,
    settings::{self, Problem, Settings},
};
use url::Url;

/// The address of the API that the SDKs of AWS have.
pub(super) const AWS: &str = "https://codecatalyst.global.api.aws";

/// Makes a project from its settings. Sends nothing.
pub fn connect(settings: &Settings, wire: &Wire) -> Result<CodeCatalyst> {
    let mut problems = Vec::new();
    match read(settings, &mut problems) {
        Some(Read { api, token, space, project }) if problems.is_empty() => {
            let http = Http::new(wire, &api, Authorization::Bearer(token), dialect::CODECATALYST);
            Ok(CodeCatalyst { metadata: PLATFORM.metadata(), http, space, project })
        }
        _ => Err(settings::refusal(&problems)),
    }
}

/// All that is wrong with the settings.
pub(super) fn check(settings: &Settings) -> Vec<Problem> {
    let mut problems = Vec::new();
    read(settings, &mut problems);
    problems
}

/// The settings, each in its own form.
struct Read {
    api: Url,
    token: Secret,
    space: String,
    project: String,
}

/// Reads the settings as far as that is possible; whatever is wrong with them goes to `problems`.
fn read(settings: &Settings, problems: &mut Vec<Problem>) -> Option<Read> {
    let mut note = |problem| problems.push(problem);
    let token = settings.required("api_key").map(Secret::new).map_err(&mut note).ok();
    let api = api(settings).map_err(&mut note).ok();
    let space = name(settings, "organization").map_err(&mut note).ok();
    let project = name(settings, "project").map_err(&mut note).ok();
    settings.custom::<String>(WORK_ITEMS, "the name of a tracker").map_err(note).ok()?;
    Some(Read { api: api?, token: token?, space: space?, project: project? })
}

fn api(settings: &Settings) -> Result<Url, Problem> {
    http::endpoint(settings.text("api_endpoint").unwrap_or(AWS))
        .map_err(|unfit| settings.problem("api_endpoint", unfit.reason).with_hint(unfit.hint))
}

/// `[a-zA-Z0-9]+(?:[-_\.][a-zA-Z0-9]+)*`, three characters to 63: `NameString` of the service model.
fn name(settings: &Settings, key: &str) -> Result<String, Problem> {
    let name = settings.required(key)?.trim();
    let words = name.split(['-', '_', '.']);
    let mut plain = words.map(|it| !it.is_empty() && it.bytes().all(|c| c.is_ascii_alphanumeric()));
    if (3..=63).contains(&name.len()) && plain.all(|it| it) {
        return Ok(name.to_owned());
    }
    let message = "must be 3 to 63 letters and digits, with single `-`, `_` or `.` between them";
    let hint = "take the name from the address: /spaces/SPACE/projects/PROJECT";
    Err(settings.problem(key, message).with_hint(hint))
}
