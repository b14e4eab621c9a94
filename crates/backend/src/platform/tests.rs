//! What holds for every row of the table, and what the tests of several platforms need.

mod address;

use super::*;
use crate::settings::Origin;

/// The settings of a tracker, each as if an environment's variable of its name had it.
pub(super) fn settings(tracker: &str, values: &[(&str, &str)]) -> Settings {
    values.iter().fold(Settings::new(tracker), |settings, (key, value)| {
        settings.with(key, *value, Origin::Environment(key.to_uppercase()))
    })
}

/// Every text of up to four of these characters.
pub(super) fn texts(alphabet: &[char]) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..4 {
        let longer =
            |text: &String| alphabet.iter().map(|c| format!("{text}{c}")).collect::<Vec<_>>();
        last = last.iter().flat_map(longer).collect();
        all.extend(last.iter().cloned());
    }
    all
}

#[test]
fn every_platform_is_one_of_the_product() {
    for platform in PLATFORMS {
        assert!(is_of_product(platform.name), "{} is not among NAMES", platform.name);
        assert!(find(platform.name).is_some_and(|row| row.title == platform.title));
    }
}
