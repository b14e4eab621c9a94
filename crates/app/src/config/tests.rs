//! Precedence, choice and problems, on the table of real platforms.

mod listed;

use super::{Chosen, Lack, Selection, Sources, Unusable, choose, file, refuse};
use backend::{Error, secret::Redactor};
use ci::Env;
use std::path::Path;

const COMPLETE: [(&str, &str); 3] = [
    ("JIRA_URL", "https://a.example.com"),
    ("JIRA_API_TOKEN", "token-1234"),
    ("JIRA_PROJECT", "SHOP"),
];

pub(super) fn chosen(
    variables: &[(&str, &str)],
    yaml: &str,
    requested: Option<&str>,
) -> Result<Chosen, Box<Unusable>> {
    let selection = choice(variables, yaml, requested, Some(Path::new("/state")))?;
    let [chosen] = <[Chosen; 1]>::try_from(selection.trackers).ok().unwrap();
    Ok(chosen)
}

fn choice(
    variables: &[(&str, &str)],
    yaml: &str,
    requested: Option<&str>,
    state: Option<&Path>,
) -> Result<Selection, Box<Unusable>> {
    let unreadable = |error: Error| {
        Box::new(Unusable { error, lack: Lack::Sense, known: Vec::new(), problems: Vec::new() })
    };
    // Inputs are read where there are inputs.
    let env: Env = variables.iter().copied().chain([("GITHUB_ACTIONS", "true")]).collect();
    let host = ci::detect(&env, None);
    let map = file::parse("config.yaml", yaml).map_err(unreadable)?;
    let file = Some(("config.yaml".to_owned(), map));
    let sources = Sources { env: &env, host: &*host, file, state, reads_only: false };
    choose(&sources, requested, &mut Redactor::default())
}

/// Whatever went well; panics where no tracker is chosen.
fn ready(variables: &[(&str, &str)], yaml: &str, requested: Option<&str>) -> Chosen {
    chosen(variables, yaml, requested).map_err(|unusable| unusable.error).unwrap()
}

/// The value of a setting; panics where no tracker is chosen.
fn value(
    variables: &[(&str, &str)],
    yaml: &str,
    requested: Option<&str>,
    key: &str,
) -> Option<String> {
    ready(variables, yaml, requested).settings.text(key).map(str::to_owned)
}

/// Why no tracker is chosen.
fn unusable(variables: &[(&str, &str)], yaml: &str, requested: Option<&str>) -> Box<Unusable> {
    chosen(variables, yaml, requested).map(|chosen| chosen.settings.tracker).err().unwrap()
}

/// The message where no tracker is chosen.
fn refused(variables: &[(&str, &str)], yaml: &str, requested: Option<&str>) -> String {
    let error = unusable(variables, yaml, requested).error;
    format!("{error}\n{}", error.hint())
}

#[test]
fn an_input_wins_over_the_environment_and_that_over_the_file() {
    let yaml = "jira:\n  api_endpoint: https://file.example.com\n  api_key: x\n  project: FILE\n";
    let project = |variables: &[(&str, &str)]| value(variables, yaml, None, "project").unwrap();
    assert_eq!(project(&[]), "FILE");
    assert_eq!(project(&[("JIRA_PROJECT", "ENV")]), "ENV");
    assert_eq!(project(&[("JIRA_PROJECT", "ENV"), ("INPUT_JIRA-PROJECT", "INPUT")]), "INPUT");
    assert_eq!(
        value(&[], "", Some("local"), "project").unwrap(),
        "LOCAL",
        "the default comes last"
    );
    assert_eq!(value(&[], "", Some("local"), "file").unwrap(), "/state/tracker.db");
}

#[test]
fn a_secret_may_stand_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "from-a-file\n").unwrap();
    let variables = [COMPLETE[0], COMPLETE[2], ("JIRA_API_TOKEN_FILE", path.to_str().unwrap())];
    assert_eq!(value(&variables, "", None, "api_key").unwrap(), "from-a-file");
    let gone = [COMPLETE[0], COMPLETE[2], ("JIRA_API_TOKEN_FILE", "/nowhere/token")];
    assert!(refused(&gone, "", None).contains("jira.api_key: cannot read /nowhere/token: "));
    let home = [COMPLETE[0], COMPLETE[2], ("JIRA_API_TOKEN_FILE", "~/.jira-token")];
    let message = refused(&home, "", None);
    assert!(message.contains("cannot read ~/.jira-token: ") && message.contains("only a shell"));
    let token = [COMPLETE[0], COMPLETE[2], ("JIRA_API_TOKEN_FILE", "hunter2")];
    assert!(!refused(&token, "", None).contains("hunter2"), "it may be the secret itself");
}

#[test]
fn the_only_tracker_that_is_set_up_is_chosen() {
    assert_eq!(ready(&COMPLETE, "", None).platform.name, "jira");
    // An entry whose variables are unset is not set up, and does not disturb the other.
    let yaml = "local:\n  project: HERE\njira:\n  api_key: ${GONE}\n";
    assert_eq!(ready(&[], yaml, None).platform.name, "local");
    assert!(
        refused(&COMPLETE, "local:\n  project: HERE\n", None).contains("local and jira are set up")
    );
    assert!(refused(&[], "", None).contains("--platform local"));
}

#[test]
fn a_tracker_may_have_a_name_of_its_own() {
    let yaml =
        "here:\n  platform: local\n  project: HERE\nthere:\n  platform: local\n  project: THERE\n";
    assert_eq!(value(&[], yaml, Some("there"), "project").unwrap(), "THERE");
    assert!(refused(&[], yaml, Some("local")).contains("here and there are set up"));
    assert!(refused(&[], yaml, Some("nowhere")).contains("no such platform"));
}

#[test]
fn all_problems_are_listed_with_where_was_looked() {
    let message = refused(&COMPLETE[..1], "", None);
    assert!(
        message.contains("jira.api_key: missing (looked at input jira-api-token, JIRA_API_TOKEN"),
        "{message}"
    );
    assert!(message.contains("jira.project: missing"), "{message}");
}

#[test]
fn what_is_missing_hides_nothing_that_is_wrong() {
    let check = |variables: &[(&str, &str)], yaml: &str, parts: &[&str]| {
        let message = refused(variables, yaml, Some("jira"));
        for part in parts {
            assert_eq!(message.matches(part).count(), 1, "{part} in {message}");
        }
    };
    let wrong = [
        ("JIRA_URL", "ftp://x"),
        ("JIRA_PROJECT", "SHOP-1"),
        ("JIRA_BOARD", "x"),
        ("JIRA_DEPLOYMENT", "moon"),
    ];
    let keys = [
        "jira.api_key: missing",
        "jira.api_endpoint: begins with ftp:",
        "jira.project: ",
        "jira.board: ",
        "jira.deployment: ",
    ];
    check(&wrong, "", &keys);
    check(&wrong, "jira: { colour: red }\n", &[&keys[..], &["jira.colour: unknown"]].concat());
    let mapping = "custom_settings: { status_mapping: { reviewing: QA }, issue_types: [Bug] }";
    let mapping_keys =
        ["status_mapping.reviewing: no status", "issue_types: should be a map from our words"];
    let yaml = format!("jira: {{ timeout: 0, {mapping} }}\nhere: {{ platform: jria }}\n");
    let others = ["jira.timeout: ", "here.platform: no platform"];
    check(&COMPLETE, &yaml, &[&mapping_keys[..], &others].concat());
}

#[test]
fn routes_are_checked() {
    let check = |yaml: &str, problem: &str| {
        let message = refused(&COMPLETE, yaml, Some("jira"));
        assert!(message.contains(problem), "{problem} is not in {message}");
    };
    check("routes: [jira]\n", "routes: should map prefixes to trackers");
    check("routes: { SHOP: [jira] }\n", "routes.SHOP: should be the name of a tracker");
    check("routes: { SHOP: jria }\n", "no tracker is called `jria`; did you mean `jira`?");
    ready(&COMPLETE, "routes: { SHOP: jira, 'HERE': local }\n", Some("jira"));
    ready(&COMPLETE, "routes:\n", None);
}

#[test]
fn routes_choose_all_the_trackers_that_they_name() {
    let state = Some(Path::new("/state"));
    let select = |yaml: &str, requested| {
        let selection = choice(&COMPLETE, yaml, requested, state);
        let selection = selection.map_err(|unusable| unusable.error).unwrap();
        let trackers = selection.trackers.into_iter().map(|one| one.settings.tracker);
        let prefixes = selection.routes.into_iter().map(|route| route.prefix);
        (trackers.collect::<Vec<_>>().join(" "), prefixes.collect::<Vec<_>>().join(" "))
    };
    let own = |names: (&str, &str)| (names.0.to_owned(), names.1.to_owned());
    let yaml = "till:\n  platform: local\n  project: TILL\nroutes: { SHOP: jira, TILL: till, MORE: jira }\n";
    assert_eq!(select(yaml, None), own(("jira till", "SHOP TILL MORE")));
    assert_eq!(select(yaml, Some("jira")), own(("jira", "SHOP MORE")));
    assert_eq!(select(yaml, Some("till")), own(("till", "TILL")));
}

#[test]
fn all_that_is_wrong_with_routed_trackers_is_told_at_once() {
    let yaml =
        "jira:\n  api_endpoint: x\nlocal:\n  projekt: y\nroutes: { SHOP: jira, HERE: local }\n";
    let message = refused(&[], yaml, None);
    for problem in ["jira.api_endpoint", "jira.api_key: missing", "local.projekt: unknown key"] {
        assert_eq!(message.matches(problem).count(), 1, "{problem} in {message}");
    }
}

#[test]
fn an_embedded_tracker_that_is_set_up_says_how_it_is_chosen() {
    let given = [("LOCAL_TRACKER_FILE", "/my/tracker.db"), ("LOCAL_PROJECT", "shop")];
    let message = refused(&given, "", None);
    assert!(message.contains("is used only when it is named"), "{message}");
    assert!(message.contains("add `--platform local`"), "{message}");
    assert!(choice(&given, "", Some("local"), None).is_ok());
    assert!(refused(&[], "", None).contains("neither the environment"));
}

#[test]
fn keys_and_values_are_checked() {
    let check = |yaml: &str, part: &str| {
        let message = refused(&COMPLETE, yaml, Some("jira"));
        assert!(message.contains(part), "{yaml}: {message}");
    };
    check("jira:\n  projcet: X\n", "jira.projcet: unknown key; did you mean `project`?");
    check("jira:\n  custom_settings: { issue_typs: {} }\n", "did you mean `issue_types`?");
    check("jira:\n  timeout: 0\n", "jira.timeout: should be seconds");
    check("jira:\n  retry_attempts: -1\n", "jira.retry_attempts: should be a number");
    check("jira:\n  verify_ssl: maybe\n", "jira.verify_ssl: should be true or false");
    check("jira:\n  ca_bundle: /nowhere.pem\n", "jira.ca_bundle: cannot read /nowhere.pem");
    check("jira:\n  ca_bundle: [x]\n", "jira.ca_bundle: should be the path");
    check("jira:\n  timeout: ${GONE}\n", "jira.timeout: ${GONE} is not set");
    check("jira:\n  retry_attempts: '${GONE:-often}'\n", "jira.retry_attempts: should be a number");
    check("jira: 5\n", "jira: should map settings to values");
    check("jira:\n  custom_settings: { issue_types: { bug: '${X' } }\n", "has no closing");
    let message = refused(&COMPLETE[..2], "jira:\n  project: [A]\n", None);
    assert!(message.contains("jira.project: should be text"), "{message}");
}

#[test]
fn the_connection_is_expanded_and_read_from_text() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("ca.pem");
    std::fs::write(&bundle, "PEM").unwrap();
    let yaml = "jira:\n  timeout: ${T:-2.5}\n  retry_attempts: \"${R}\"\n  verify_ssl: ${V}\n  ca_bundle: ${CA}\n";
    let own = [("R", "7"), ("V", "False"), ("CA", bundle.to_str().unwrap())];
    let settings = ready(&[&COMPLETE[..], &own].concat(), yaml, None).settings;
    assert_eq!((settings.timeout.as_millis(), settings.retry_attempts), (2500, 7));
    assert_eq!((settings.verify_tls, settings.ca_bundle.as_deref()), (false, Some(&b"PEM"[..])));
    let yaml = "jira:\n  timeout: ${T:-}\n  retry_attempts: 5\n  verify_ssl: true\n  ca_bundle:\n";
    let settings = ready(&COMPLETE, yaml, None).settings;
    assert_eq!((settings.timeout.as_secs(), settings.retry_attempts), (30, 5));
    assert_eq!((settings.verify_tls, settings.ca_bundle), (true, None));
}

#[test]
fn an_unknown_platform_is_named_with_the_nearest() {
    let check = |yaml: &str, part: &str| {
        let message = refused(&COMPLETE, yaml, None);
        assert!(message.contains(part), "{yaml}: {message}");
    };
    check("Route: { SHOP: jira }\n", "Route: unknown key; did you mean `routes`?");
    check("jria: {}\n", "jria: no platform is called `jria`; did you mean `jira`?");
    check(
        "prod: { platform: jria }\n",
        "prod.platform: no platform is called `jria`; did you mean",
    );
    check("Azure_Devop: {}\n", "did you mean `azure-devops`?");
    check(
        "prod: { project: X }\n",
        "prod: no platform is called `prod`; known: jira, azure-devops",
    );
    check("prod: { platform: 5 }\n", "prod.platform: should be the name of a platform");
}

/// A full build lacks nothing, so that only what is said can be asked for here.
#[test]
fn a_platform_that_a_build_lacks_is_named() {
    let check = |tracker: &str, platform: &str, part: &str| {
        let unusable = refuse::not_built(tracker, platform);
        assert_eq!(unusable.lack, Lack::Sense);
        assert!(unusable.error.message.contains(part), "{}", unusable.error);
        assert!(unusable.error.hint().contains("jira"), "{}", unusable.error.hint());
    };
    check("azure_devops", "azure_devops", "this build has no azure_devops");
    check("forge", "codecatalyst", "use `forge`: this build has no codecatalyst");
}

#[test]
fn a_plugin_is_chosen_by_its_name() {
    let key = [("PLUGIN_API_KEY", "key-1234"), ("ACME_TOKEN", "token-of-acme")];
    let asked = ready(&key, "", Some("plugin:Own_Tracker"));
    assert_eq!(asked.settings.platform, "plugin:own-tracker");
    assert_eq!(asked.settings.text("api_key"), Some("key-1234"));
    assert!(refused(&key, "", None).contains("neither the environment"), "it names no plugin");
    let yaml = "mine: { platform: 'plugin:acme', project: M }\n'plugin:own': { project: O }\n";
    let project = |requested| value(&[], yaml, Some(requested), "project");
    assert_eq!(project("mine").as_deref(), Some("M"));
    assert_eq!(project("plugin:acme").as_deref(), Some("M"));
    assert_eq!(project("plugin:own").as_deref(), Some("O"));
    assert_eq!(project("plugin:other"), None);
    assert!(refused(&[], yaml, None).contains("mine and plugin:own are set up"));
    let check = |yaml: &str, requested, part: &str| {
        let message = refused(&[], yaml, requested);
        assert!(message.contains(part), "{message}");
    };
    check("", Some("plugin:../sh"), "it is no plugin");
    check("", Some("plugin:"), "it is no plugin");
    check("a: { platform: 'plugin:a b' }\n", None, "`plugin:a b` is no plugin: a name is 1 to 50");
    check("'plugin:a': { projcet: X }\n", None, "did you mean `project`?");
}

#[test]
fn a_plugin_takes_any_custom_settings_and_tells_none_of_their_variables() {
    let yaml = "plugin:acme: { custom_settings: { a: [\"x ${ACME_TOKEN}\"], b: 7 } }\n";
    let env: Env = [("ACME_TOKEN", "token-of-acme")].into_iter().collect();
    let host = ci::detect(&env, None);
    let file = Some(("config.yaml".to_owned(), file::parse("config.yaml", yaml).unwrap()));
    let sources = Sources { env: &env, host: &*host, file, state: None, reads_only: false };
    let mut redactor = Redactor::default();
    let chosen = choose(&sources, None, &mut redactor).map_err(|unusable| unusable.error).unwrap();
    assert_eq!(chosen.trackers[0].settings.custom_settings()["a"][0], "x token-of-acme");
    assert_eq!(redactor.redact("<token-of-acme>"), "<***>");
}

#[test]
fn what_a_fork_lacks_is_told_apart() {
    let check = |variables: &[(&str, &str)], yaml: &str, requested, lack, known: Option<&str>| {
        let unusable = unusable(variables, yaml, requested);
        assert_eq!(unusable.lack, lack, "{variables:?} {yaml}: {}", unusable.error);
        assert_eq!(unusable.known.first().map(|known| known.platform.name), known);
    };
    let [url, token, project] = COMPLETE;
    let jira = Some("jira");
    check(&[url, project], "", None, Lack::Secrets, jira);
    check(&[url, project], "jira:\n  api_key: ${TOKEN}\n", None, Lack::Secrets, jira);
    check(&[url, project], "jira:\n  api_key: ${TOKEN\n", None, Lack::Sense, jira);
    check(&[url, project], "jira:\n  timeout: no\n", None, Lack::Sense, jira);
    check(&[url], "", None, Lack::SecretsAndValues, jira);
    check(&[url, token], "", None, Lack::Sense, jira);
    check(&[], "", None, Lack::SecretsAndValues, None);
    check(&[], "jira:\n  projcet: X\n", None, Lack::Sense, jira);
    check(&[], "jria: {}\n", None, Lack::Sense, None);
    check(&[url, project, ("JIRA_BOARD", "x")], "", None, Lack::Sense, jira);
    check(&[], "", Some("jria"), Lack::SecretsAndValues, None);
}

#[test]
fn an_empty_file_of_a_secret_is_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "\n").unwrap();
    let variables = [COMPLETE[0], COMPLETE[2], ("JIRA_API_TOKEN_FILE", path.to_str().unwrap())];
    assert_eq!(unusable(&variables, "", None).lack, Lack::Secrets);
}

#[test]
fn without_a_folder_of_the_users_own_only_the_embedded_tracker_needs_a_path() {
    let refused = choice(&[], "", Some("local"), None).err().unwrap().error;
    assert!(refused.message.contains("local.file: missing, and"), "{refused}");
    assert!(refused.hint().contains("LOCAL_TRACKER_FILE"));
    let given = [("LOCAL_TRACKER_FILE", "/my/tracker.db")];
    assert!(choice(&given, "", Some("local"), None).is_ok());
    assert!(choice(&COMPLETE, "", None, None).is_ok());
}

#[test]
fn what_gitlab_sets_in_every_job_chooses_no_tracker_and_completes_one() {
    let job = [
        ("CI_SERVER_URL", "https://git.example.com"),
        ("CI_PROJECT_PATH", "acme/shop"),
        ("CI_JOB_TOKEN", "glcbt-0123456789"),
    ];
    let with_jira: Vec<_> = job.into_iter().chain(COMPLETE).collect();
    assert_eq!(ready(&with_jira, "", None).platform.name, "jira");
    let with_token: Vec<_> =
        job.into_iter().chain([("GITLAB_TOKEN", "glpat-0123456789")]).collect();
    let gitlab = ready(&with_token, "", None);
    assert_eq!(gitlab.platform.name, "gitlab");
    let value = |key| gitlab.settings.text(key);
    assert_eq!(value("api_endpoint"), Some("https://git.example.com"));
    assert_eq!(value("project"), Some("acme/shop"));
    assert_eq!(value("api_key"), Some("glpat-0123456789"));
    let by_name = ready(&job, "", Some("gitlab"));
    assert_eq!(by_name.settings.text("api_key"), Some("glcbt-0123456789"));
    assert!(
        refused(&job, "", None).contains("nor a configuration file sets one up"),
        "{}",
        refused(&job, "", None)
    );
}
