//! One tracker that could be chosen: its settings from every source, and what is wrong with them.

use super::{Chosen, Lack, Sources, Unusable, common, file, lookup};
use backend::{
    platform::{self, Platform},
    secret::{Redactor, Secret},
    settings::{self, Origin, Problem, Setting, Settings},
};
use serde_json::{Map, Value};

/// A tracker that could be chosen, with what is known about it.
pub(super) struct Candidate {
    pub(super) tracker: String,
    pub(super) platform: &'static Platform,
    /// True when somebody set it up at all, be it halfway.
    pub(super) named: bool,
    /// True when somebody gave any of its settings.
    pub(super) given: bool,
    pub(super) settings: Settings,
    flaws: Vec<Flaw>,
}

/// What a tracker is called, and what it is.
pub(super) struct Named<'a> {
    tracker: &'a str,
    /// The platform's name as it stands in the tables, that of a plugin whole.
    pub(super) platform: String,
    row: &'static Platform,
}

impl<'a> Named<'a> {
    /// The tracker that has its platform's name, where this build has the platform.
    pub(super) fn new(name: &'a str) -> Option<Self> {
        Some(Self { tracker: name, platform: platform::spelt(name), row: platform::find(name)? })
    }

    /// The tracker of an entry of the file, where this build has its platform.
    pub(super) fn of_entry(tracker: &'a str, entry: &Value) -> Option<Self> {
        let name = file::platform_name(tracker, entry);
        Some(Self { tracker, platform: platform::spelt(name), row: platform::find(name)? })
    }
}

/// A problem and what it comes from: a fork's run, which gets no secrets, may lack those.
pub(super) struct Flaw {
    pub(super) problem: Problem,
    pub(super) cause: Cause,
}

/// What a problem comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// A value that nobody gave.
    Missing,
    /// A secret that nobody gave.
    MissingSecret,
    /// A value that cannot be used.
    Wrong,
}

impl Cause {
    /// The cause when nobody gave this setting.
    pub(super) fn missing(setting: &Setting) -> Self {
        if setting.secret { Self::MissingSecret } else { Self::Missing }
    }
}

impl Candidate {
    /// True when nothing is missing.
    pub(super) fn is_ready(&self) -> bool {
        self.flaws.iter().all(|flaw| flaw.cause == Cause::Wrong)
    }

    /// The tracker as far as it is known, whatever is missing.
    pub(super) fn known(self) -> Chosen {
        Chosen { platform: self.platform, settings: self.settings, work_items: None }
    }

    /// The tracker, or all that is wrong with it and with the file.
    pub(super) fn finish(mut self, file: Vec<Problem>) -> Result<Chosen, Box<Unusable>> {
        let chosen = Chosen { platform: self.platform, settings: self.settings, work_items: None };
        for problem in file {
            push(&mut self.flaws, problem);
        }
        if self.flaws.is_empty() {
            return Ok(chosen);
        }
        let lack = lack(&self.flaws);
        let problems: Vec<Problem> = self.flaws.into_iter().map(|flaw| flaw.problem).collect();
        let error = settings::refusal(&problems);
        Err(Box::new(Unusable { error, lack, known: vec![chosen], problems }))
    }
}

/// Adds what is wrong with a setting, unless something is said about that setting already.
fn push(flaws: &mut Vec<Flaw>, problem: Problem) {
    if flaws.iter().all(|flaw| flaw.problem.key != problem.key) {
        flaws.push(Flaw { problem, cause: Cause::Wrong });
    }
}

fn lack(flaws: &[Flaw]) -> Lack {
    let any = |cause| flaws.iter().any(|flaw| flaw.cause == cause);
    if any(Cause::Wrong) || !any(Cause::MissingSecret) {
        Lack::Sense
    } else if any(Cause::Missing) {
        Lack::SecretsAndValues
    } else {
        Lack::Secrets
    }
}

/// Gathers one tracker's settings from every source.
pub(super) fn resolve(
    sources: &Sources<'_>,
    named: Named<'_>,
    entry: Option<&Map<String, Value>>,
    redactor: &mut Redactor,
) -> Candidate {
    let Named { tracker, platform: name, row: platform } = named;
    let mut flaws = Vec::new();
    let mut settings = Settings::new(tracker);
    settings.platform = name;
    let mut given = entry.is_some();
    for setting in platform.settings {
        let at = format!("{tracker}.{}", setting.key);
        match lookup::look_up(sources, setting, entry, &at) {
            Ok(Some((value, origin))) => {
                if setting.secret {
                    redactor.learn(&Secret::new(&value), None);
                }
                given |= chooses(&origin, setting);
                if setting.secret && sources.is_too_weak(&value) {
                    flaws.extend(setting.required.then(|| lent(at, &origin)));
                } else {
                    settings = settings.with(setting.key, value, origin);
                }
            }
            Ok(None) if setting.required => flaws.push(missing(setting, at, sources)),
            Ok(None) => {}
            Err(flaw) => flaws.push(flaw),
        }
    }
    let common = common::apply(&mut settings, sources, entry);
    if common::takes_any(platform) {
        settings = hiding(settings, common::values_of_variables(sources, entry), redactor);
    }
    for problem in common.into_iter().chain((platform.check)(&settings)) {
        push(&mut flaws, problem);
    }
    learn_basic_pairs(&settings, platform, redactor);
    let named = entry.is_some() || given && !platform.embedded;
    Candidate { tracker: tracker.to_owned(), platform, named, given, settings, flaws }
}

/// The settings of which these values are never shown.
fn hiding(settings: Settings, values: Vec<Secret>, redactor: &mut Redactor) -> Settings {
    values.iter().for_each(|value| redactor.learn(value, None));
    settings.hiding(values)
}

/// True when somebody gave the value for this setting, and not a CI host that sets the variable by itself.
fn chooses(origin: &Origin, setting: &Setting) -> bool {
    match origin {
        Origin::Default => false,
        Origin::Environment(name) => {
            let borrowed = |other: &&str| {
                name.strip_prefix(other).is_some_and(|rest| matches!(rest, "" | "_FILE"))
            };
            !setting.set_by_host && !setting.fallback_env.iter().any(borrowed)
        }
        Origin::Flag(_) | Origin::Input(_) | Origin::File(_) => true,
    }
}

/// HTTP Basic sends `user:secret` in base64; every pair of a plain setting and a secret is learnt in that form.
fn learn_basic_pairs(settings: &Settings, platform: &Platform, redactor: &mut Redactor) {
    for secret in platform.settings.iter().filter(|setting| setting.secret) {
        for user in platform.settings.iter().filter(|setting| !setting.secret) {
            if let (Some(secret), Some(user)) =
                (settings.secret(secret.key), settings.text(user.key))
            {
                redactor.learn(&secret, Some(user));
            }
        }
    }
}

fn missing(setting: &Setting, key: String, sources: &Sources<'_>) -> Flaw {
    let mut looked_at = vec![
        format!("input {}", setting.input_name()),
        setting.env.to_owned(),
        format!("{}_FILE", setting.env),
    ];
    looked_at.extend(setting.fallback_env.iter().map(ToString::to_string));
    let file = sources.file.as_ref().map_or("no configuration file", |(path, _)| path);
    looked_at.push(file.to_owned());
    let problem = Problem::new(key, "missing").at(format!("looked at {}", looked_at.join(", ")));
    Flaw { problem, cause: Cause::missing(setting) }
}

/// A token that is there and may not write is no more than none.
fn lent(key: String, origin: &Origin) -> Flaw {
    let problem = Problem::new(key, "is the token of a fork's job, which may not write")
        .at(origin.to_string())
        .with_hint("run where the repository's own secrets are given, such as after the merge");
    Flaw { problem, cause: Cause::MissingSecret }
}

#[cfg(test)]
mod tests {
    use super::*;
    use backend::tracker::Limits;
    use ci::Env;

    const BORROWED: &[Setting] = &[
        Setting::new("token", "GIVEN_TOKEN", "").or_env(&["HOST_TOKEN"]).secret(),
        Setting::new("project", "HOST_PROJECT", "").set_by_host(),
    ];

    const PLATFORM: Platform = Platform {
        name: "borrower",
        title: "Borrower",
        settings: BORROWED,
        custom_settings: &[],
        references: &[],
        limits: Limits { title: 1, text: 1, label: 1 },
        unsupported: &[],
        delegates: &[],
        embedded: false,
        check: |_| Vec::new(),
        connect: |settings, _| Box::pin(async { Err(settings.problem("token", "unused").into()) }),
    };

    fn check(name: &str, named: bool) {
        static ROW: Platform = PLATFORM;
        let env = Env::from_iter([("GITHUB_ACTIONS", "true"), (name, "value")]);
        let host = ci::detect(&env, None);
        let sources =
            Sources { env: &env, host: &*host, file: None, state: None, reads_only: false };
        let borrower = Named { tracker: "borrower", platform: "borrower".to_owned(), row: &ROW };
        let candidate = resolve(&sources, borrower, None, &mut Redactor::default());
        assert_eq!(candidate.named, named, "{name}");
        let given = ["token", "project"].iter().any(|key| candidate.settings.origin(key).is_some());
        assert!(given, "{name} is used, whoever set it");
    }

    #[test]
    fn what_a_host_sets_by_itself_chooses_no_tracker() {
        check("GIVEN_TOKEN", true);
        check("HOST_TOKEN", false);
        check("HOST_PROJECT", false);
        check("INPUT_HOST-PROJECT", true);
    }
}
