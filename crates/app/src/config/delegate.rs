//! Trackers that hand their work items to another one of the configuration.

use super::{Chosen, Sources, Unusable, candidates, choose_named, refuse};
use backend::{secret::Redactor, settings::Problem};

/// The key under `custom_settings` that names the other tracker.
const KEY: &str = "work_items";

/// Finds the tracker that has the work items of this one, where its settings name one.
pub(super) fn complete(sources: &Sources<'_>, chosen: Chosen) -> Result<Chosen, Box<Unusable>> {
    follow(sources, chosen, &mut Vec::new())
}

/// The same, for a tracker that others above it name.
fn follow(
    sources: &Sources<'_>,
    mut chosen: Chosen,
    above: &mut Vec<String>,
) -> Result<Chosen, Box<Unusable>> {
    if chosen.platform.delegates.is_empty() {
        return Ok(chosen);
    }
    // Another shape has been told already, with the other problems of the settings.
    let Ok(Some(name)) = chosen.settings.custom::<String>(KEY, "the name of a tracker") else {
        return Ok(chosen);
    };
    // Its secrets have been learnt with those of all the others.
    let mut redactor = Redactor::default();
    let other = choose_named(
        sources,
        candidates(sources, [name.trim()].into_iter(), &mut redactor),
        name.trim(),
    );
    let other = other.map_err(|_| refused(&chosen, format!("no tracker is called `{name}`")))?;
    above.push(chosen.settings.tracker.clone());
    if above.contains(&other.tracker) {
        let circle = [above.as_slice(), std::slice::from_ref(&other.tracker)].concat();
        let message = format!("leads back to where it began: {}", circle.join(" > "));
        return Err(refused(&chosen, message));
    }
    let other = follow(sources, other.finish(Vec::new())?, above)?;
    chosen.work_items = Some(Box::new(other));
    Ok(chosen)
}

fn refused(chosen: &Chosen, message: String) -> Box<Unusable> {
    let problem: Problem = chosen.settings.problem(&format!("custom_settings.{KEY}"), message);
    let hint = "name another tracker of the configuration file, or a platform that the environment sets up";
    refuse::misshapen(&[problem.with_hint(hint)])
}

#[cfg(test)]
mod tests {
    use super::super::tests::chosen;

    /// Two projects of CodeCatalyst, whose work items are where `first` and `second` say, and a Jira.
    fn items_of_first(first: &str, second: &str) -> Result<String, String> {
        let project =
            "platform: codecatalyst\n  api_key: t-1234567\n  organization: acme\n  project: shop";
        let jira =
            "jira:\n  api_endpoint: https://a.example.com\n  api_key: t-7654321\n  project: SHOP\n";
        let handed = |name: &str| format!("\n  custom_settings:\n    work_items: {name}\n");
        let (first, second) = (handed(first), handed(second));
        let yaml = format!("first:\n  {project}{first}second:\n  {project}{second}{jira}");
        match chosen(&[], &yaml, Some("first")) {
            Ok(chosen) => Ok(chosen.items().settings.tracker.clone()),
            Err(unusable) => Err(format!("{} / {}", unusable.error, unusable.error.hint())),
        }
    }

    #[test]
    fn another_tracker_of_the_file_has_the_work_items() {
        assert_eq!(items_of_first("jira", "jira").unwrap(), "jira");
        assert_eq!(items_of_first("second", "jira").unwrap(), "jira", "over two of them");
        assert_eq!(items_of_first("local", "jira").unwrap(), "local", "a platform will do");
        assert_eq!(items_of_first("null", "jira").unwrap(), "first", "nobody has them");
    }

    #[test]
    fn circles_and_unknown_names_are_problems_of_the_configuration() {
        let own = items_of_first("first", "jira").unwrap_err();
        assert!(own.contains("first.custom_settings.work_items: leads back"), "{own}");
        let circle = items_of_first("second", "first").unwrap_err();
        assert!(
            circle.contains("leads back to where it began: first > second > first"),
            "{circle}"
        );
        let unknown = items_of_first("jria", "jira").unwrap_err();
        assert!(unknown.contains("no tracker is called `jria`"), "{unknown}");
        assert!(unknown.contains("name another tracker"), "{unknown}");
        let misshapen = items_of_first("[jira]", "jira").unwrap_err();
        assert!(misshapen.contains("should be the name of a tracker"), "{misshapen}");
    }
}
