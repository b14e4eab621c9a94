//! The panels of development: are their credentials accepted?

use backend::{ErrorKind, Result, health::Health, panel::Panel};
use futures_util::future::join_all;

/// What each tracker's panel answers.
pub(crate) type Answers = Vec<(String, Result<()>)>;

/// Asks all of them, at the same time.
pub(crate) async fn ask(panels: Vec<(String, Box<dyn Panel>)>) -> Answers {
    let ask = async |(name, panel): (String, Box<dyn Panel>)| (name, panel.authenticate().await);
    join_all(panels.into_iter().map(ask)).await
}

/// Whether the panel of a tracker lets us in; `None` where it has none or could not be asked. One that does not makes the
/// tracker unwell, and is told unless something else is wrong already.
pub(crate) fn note(answers: &Answers, health: &mut Health) -> Option<bool> {
    let (_, answer) = answers.iter().find(|(name, _)| *name == health.plugin)?;
    if let Err(error) = answer {
        health.healthy = false;
        if health.error.is_none() {
            health.error = Some(format!("sign in to the development panel: {error}"));
            health.hint = Some(error.hint().to_owned());
        }
    }
    match answer {
        Ok(()) => Some(true),
        Err(error) => matches!(error.kind, ErrorKind::Auth | ErrorKind::Forbidden).then_some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use backend::{Error, ErrorKind};

    #[test]
    fn a_panel_that_lets_nobody_in_makes_its_tracker_unwell() {
        let refused = || Error::new(ErrorKind::Auth, "refused").with_hint("check the secret");
        let answers = vec![("shop".to_owned(), Err(refused())), ("till".to_owned(), Ok(()))];
        let down = Error::new(ErrorKind::Unavailable, "away").with_hint("wait");
        let well = |name: &str| Health {
            healthy: true,
            error: None,
            hint: None,
            ..Health::broken(name, &down)
        };
        let mut shop = well("shop");
        assert_eq!(note(&answers, &mut shop), Some(false));
        assert_eq!(shop.error.as_deref(), Some("sign in to the development panel: refused"));
        assert_eq!((shop.healthy, shop.hint.as_deref()), (false, Some("check the secret")));
        let mut broken = Health::broken("shop", &down);
        assert_eq!(note(&answers, &mut broken), Some(false));
        assert_eq!(broken.hint.as_deref(), Some("wait"), "the first thing to do stays");
        let away = vec![("shop".to_owned(), Err(Error::new(ErrorKind::Unavailable, "away")))];
        let mut shop = well("shop");
        assert_eq!((note(&away, &mut shop), shop.healthy), (None, false), "nobody refused it");
        for (name, expected) in [("till", Some(true)), ("other", None)] {
            let mut health = well(name);
            assert_eq!(note(&answers, &mut health), expected);
            assert!(health.healthy);
        }
    }
}
