//! The panels of development: are their credentials accepted?

use backend::{Error, Result, health::Health, panel::Panel};
use futures_util::future::join_all;

/// What each tracker's panel answers.
pub(crate) type Answers = Vec<(String, Result<()>)>;

/// Asks all of them, at the same time.
pub(crate) async fn ask(panels: &[(String, Box<dyn Panel>)]) -> Answers {
    join_all(panels.iter().map(async |(name, panel)| (name.clone(), panel.authenticate().await)))
        .await
}

/// Whether the panel of a tracker is open. One that is not makes the tracker unwell, unless that is unwell already.
pub(crate) fn note(answers: &Answers, health: &mut Health) -> bool {
    match answers.iter().find(|(name, _)| *name == health.plugin) {
        Some((_, Err(error))) if health.error.is_none() => {
            health.healthy = false;
            health.error = Some(doing(error));
            health.hint = Some(error.hint().to_owned());
            false
        }
        Some((_, answer)) => answer.is_ok(),
        None => false,
    }
}

fn doing(error: &Error) -> String {
    format!("sign in to the development panel: {error}")
}
