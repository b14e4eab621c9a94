//! How health looks: a block of lines a tracker for people, JSON for programs, a table for the CI host's summary.

use crate::judge::Judged;
use app::{Failure, Report, untrusted};
use backend::{health::Health, text::Markdown};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Everything that a run found out.
pub(crate) struct Checked {
    pub(crate) trackers: Vec<Judged>,
    /// Names of trackers that a fork's run lacks the secrets of.
    pub(crate) skipped: Vec<String>,
    pub(crate) at: Timestamp,
}

/// The report of a run.
pub(crate) fn report(checked: &Checked) -> Report {
    let unwell: Vec<&Judged> = checked.trackers.iter().filter(|it| !it.well).collect();
    let bad: Vec<&str> = unwell.iter().copied().map(name).collect();
    Report {
        json: document(checked, bad.is_empty()).into(),
        text: lines(checked),
        outputs: vec![("healthy", bad.is_empty().to_string()), ("unhealthy", bad.join(","))],
        summary: summary(checked),
        unmet: (!bad.is_empty()).then(|| Failure {
            kind: None,
            message: format!("not healthy: {}", bad.join(", ")),
            hint: hints(&unwell),
        }),
        ..Report::default()
    }
}

fn name(judged: &Judged) -> &str {
    &judged.health.plugin
}

fn word(judged: &Judged) -> &'static str {
    if judged.well { "healthy" } else { "unhealthy" }
}

/// What to do; where several are not well, about each of them.
fn hints(unwell: &[&Judged]) -> String {
    if let [one] = unwell {
        return hint(one);
    }
    let each = unwell.iter().map(|judged| format!("{}: {}", name(judged), hint(judged)));
    each.collect::<Vec<_>>().join("; ")
}

fn hint(judged: &Judged) -> String {
    let Health { hint, problems, access, .. } = &judged.health;
    let problem = problems.iter().find_map(|problem| problem.hint.clone());
    let scope =
        (!access.missing_scopes.is_empty()).then(|| "give the token what it lacks".to_owned());
    let warned = (!judged.warnings.is_empty())
        .then(|| "mend what the warnings name, or leave --strict out".to_owned());
    let known = hint.clone().or(problem).or(scope).or(warned);
    known.unwrap_or_else(|| "correct what is named".to_owned())
}

fn document(checked: &Checked, healthy: bool) -> Value {
    let trackers: Vec<Value> = checked.trackers.iter().map(|it| tracker(it, checked.at)).collect();
    json!({
        "version": 1,
        "healthy": healthy,
        "trackers": trackers,
        "skipped": checked.skipped,
    })
}

/// One tracker, in the customer's words first.
fn tracker(judged: &Judged, at: Timestamp) -> Value {
    let Health { plugin, identity, latency_ms, read_ms, access, error, hint, problems, .. } =
        &judged.health;
    let mut json = json!({
        "status": word(judged),
        "plugin": plugin,
        "timestamp": at,
        "identity": identity,
        "latency_ms": latency_ms,
        "read_ms": read_ms,
        "access": access,
        "panel": judged.panel.map(|is_open| if is_open { "open" } else { "refused" }),
        "problems": problems,
        "warnings": judged.warnings,
    });
    if let Some(error) = error {
        json["error"] = json!(format!("cannot {error}"));
        json["hint"] = json!(hint);
    }
    json
}

fn lines(checked: &Checked) -> String {
    let mut text = String::new();
    let width = checked.trackers.iter().map(|it| name(it).chars().count()).max().unwrap_or(0);
    for judged in &checked.trackers {
        let facts = facts(judged).join(", ");
        let name = untrusted::line(name(judged));
        let line = format!("{name:width$}  {:<9}  {}", word(judged), untrusted::line(&facts));
        let _ = writeln!(text, "{}", line.trim_end());
        for (label, detail) in details(judged) {
            let line = format!("{:width$}  {label}: {}", "", untrusted::line(&detail));
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    for name in &checked.skipped {
        let _ = writeln!(text, "{:width$}  skipped: no token", untrusted::line(name));
    }
    text
}

/// What is known of a tracker that answered.
fn facts(judged: &Judged) -> Vec<String> {
    let (health, mut facts) = (&judged.health, Vec::new());
    facts.extend(health.identity.as_ref().map(|identity| match &identity.email {
        Some(email) => format!("{} <{email}>", identity.name),
        None => identity.name.clone(),
    }));
    facts.extend(health.latency_ms.map(|ms| format!("identity {ms} ms")));
    facts.extend(health.read_ms.map(|ms| format!("read {ms} ms")));
    facts.extend(health.access.quota.map(|quota| match quota.limit {
        Some(limit) => format!("{} of {limit} requests left", quota.remaining),
        None => format!("{} requests left", quota.remaining),
    }));
    facts.extend((judged.panel == Some(true)).then(|| "development panel".to_owned()));
    facts
}

/// What is wrong, and what to know. What to do about it is said with the run's own error.
fn details(judged: &Judged) -> Vec<(&'static str, String)> {
    let Health { error, problems, access, .. } = &judged.health;
    let mut details: Vec<(&'static str, String)> = Vec::new();
    details.extend(error.iter().map(|error| ("error", format!("cannot {error}"))));
    details.extend(problems.iter().map(|problem| ("problem", problem.to_string())));
    if !access.missing_scopes.is_empty() {
        details.push(("missing", access.missing_scopes.join(", ")));
    }
    details.extend(judged.warnings.iter().map(|warning| ("warning", warning.clone())));
    details
}

fn summary(checked: &Checked) -> String {
    let mut text = "| tracker | | |\n|---|---|---|\n".to_owned();
    for judged in &checked.trackers {
        let mut cells = facts(judged);
        let hint = judged.health.hint.iter().map(|hint| ("hint", hint.clone()));
        let details = details(judged).into_iter().chain(hint);
        cells.extend(details.map(|(label, detail)| format!("{label}: {detail}")));
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            Markdown::quote_line(name(judged)),
            word(judged),
            Markdown::quote_line(&cells.join("; "))
        );
    }
    for name in &checked.skipped {
        let _ = writeln!(text, "| {} | skipped | no token |", Markdown::quote_line(name));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::judge;
    use backend::{
        Error, ErrorKind,
        health::{Access, Quota},
        model::Identity,
    };

    fn checked() -> Checked {
        let error = Error::new(ErrorKind::Auth, "sign in: Jira answered 401 | \u{1b}[31m")
            .with_hint("check it");
        let broken = Health::broken("jira", &error);
        let good = Health {
            healthy: true,
            identity: Some(Identity { id: "1".into(), name: "A Robot".into(), email: None }),
            latency_ms: Some(12),
            read_ms: Some(30),
            error: None,
            hint: None,
            access: Access {
                excessive_scopes: vec!["sudo".into()],
                quota: Some(Quota { remaining: 90, limit: Some(100) }),
                ..Access::default()
            },
            ..Health::broken("gitlab", &error)
        };
        let at = Timestamp::UNIX_EPOCH;
        let trackers = vec![judge(good, Some(true), at, false), judge(broken, None, at, false)];
        Checked { trackers, skipped: vec!["linear".into()], at }
    }

    #[test]
    fn people_see_a_block_a_tracker() {
        let report = report(&checked());
        let expected = "\
gitlab  healthy    A Robot, identity 12 ms, read 30 ms, 90 of 100 requests left, development panel
        warning: the token may do more than is ever needed: sudo
jira    unhealthy
        error: cannot sign in: Jira answered 401 |
linear  skipped: no token
";
        assert_eq!(report.text, expected);
        assert_eq!(report.exit_code(), 1);
        assert_eq!(report.unmet.unwrap().hint, "check it");
    }

    #[test]
    fn each_that_is_not_well_has_its_hint() {
        let error = |hint: &str| Error::new(ErrorKind::Auth, "sign in").with_hint(hint);
        let broken = |name: &str, hint: &str| Health::broken(name, &error(hint));
        let at = Timestamp::UNIX_EPOCH;
        let judged = |health| judge(health, None, at, false);
        let trackers = vec![judged(broken("jira", "check it")), judged(broken("acme", "wait"))];
        let unmet = report(&Checked { trackers, skipped: Vec::new(), at }).unmet.unwrap();
        assert_eq!(unmet.message, "not healthy: jira, acme");
        assert_eq!(unmet.hint, "jira: check it; acme: wait");
    }

    #[test]
    fn programs_see_the_customers_words() {
        let json = report(&checked()).json.value();
        assert_eq!(json["healthy"], false);
        let [good, bad] = json["trackers"].as_array().unwrap().as_slice() else { panic!("{json}") };
        assert_eq!((&good["status"], &good["plugin"]), (&json!("healthy"), &json!("gitlab")));
        assert!(good.get("error").is_none() && good["timestamp"].is_string());
        assert_eq!((&bad["status"], &bad["hint"]), (&json!("unhealthy"), &json!("check it")));
        assert_eq!(json["skipped"], json!(["linear"]));
    }

    #[test]
    fn a_summary_stays_a_table() {
        let summary = report(&checked()).summary;
        assert!(
            summary.lines().all(|line| line.starts_with('|') && line.ends_with('|')),
            "{summary}"
        );
        assert!(summary.contains("hint: check it"), "a page has no log beside it: {summary}");
        assert!(summary.contains("401 \\|"), "a bar in a cell is escaped: {summary}");
    }
}
