//! From settings to a connection: every problem is found before any request.

use super::{CodeCatalyst, PLATFORM, WORK_ITEMS, dialect};
use crate::{
    error::Result,
    http::{Authorization, Http, Wire},
    platform::shared::address,
    secret::Secret,
    settings::{Problem, Settings, keep},
};
use url::Url;

/// The address of the API that the SDKs of AWS have.
pub(super) const AWS: &str = "https://codecatalyst.global.api.aws";

/// Makes a project from its settings. Sends nothing.
pub fn connect(settings: &Settings, wire: &Wire) -> Result<CodeCatalyst> {
    let Read { api, token, space, project } = settings.whole(read)?;
    let http = Http::new(wire, &api, Authorization::Bearer(token), dialect::CODECATALYST);
    Ok(CodeCatalyst { metadata: PLATFORM.metadata(), http, space, project })
}

/// The settings, each in its own form.
pub(super) struct Read {
    api: Url,
    token: Secret,
    space: String,
    project: String,
}

/// Reads the settings as far as that is possible; whatever is wrong with them goes to `problems`.
pub(super) fn read(settings: &Settings, problems: &mut Vec<Problem>) -> Option<Read> {
    let token = keep(settings.required_secret("api_key"), problems);
    let api = keep(api(settings), problems);
    let space = keep(name(settings, "organization"), problems);
    let project = keep(name(settings, "project"), problems);
    keep(settings.custom::<String>(WORK_ITEMS, "the name of a tracker"), problems)?;
    Some(Read { api: api?, token: token?, space: space?, project: project? })
}

fn api(settings: &Settings) -> Result<Url, Problem> {
    const KEY: &str = "api_endpoint";
    let url = settings.address(KEY, settings.text(KEY).unwrap_or(AWS), AWS)?;
    if matches!(url.host_str(), Some("codecatalyst.aws" | "codecatalyst.aws.amazon.com")) {
        let hint = format!("write {AWS}, or leave it out");
        return Err(settings.problem(KEY, address::WEBSITE).with_hint(hint));
    }
    Ok(url)
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
