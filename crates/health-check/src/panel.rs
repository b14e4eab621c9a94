//! The panels of development: are their credentials accepted?

use backend::{Result, health::Health, panel::Panel};
use futures_util::future::join_all;

/// What each tracker's panel answers.
pub(crate) type Answers = Vec<(String, Result<()>)>;

/// Asks all of them, at the same time.
pub(crate) async fn ask(panels: Vec<(String, Result<Box<dyn Panel>>)>) -> Answers {
    let ask = async |(name, panel): (String, Result<Box<dyn Panel>>)| match panel {
        Ok(panel) => (name, panel.authenticate().await),
        Err(error) => (name, Err(error)),
    };
    join_all(panels.into_iter().map(ask)).await
}

/// Whether the panel of a tracker lets us in; `None` where it has none. One that does not makes the tracker unwell, and is
/// told unless something else is wrong already.
pub(crate) fn note(answers: &Answers, health: &mut Health) -> Option<bool> {
    let (_, answer) = answers.iter().find(|(name, _)| *name == health.plugin)?;
    if let Err(error) = answer {
        health.healthy = false;
        if health.error.is_none() {
            health.error = Some(format!("sign in to the development panel: {error}"));
            health.hint = Some(error.hint().to_owned());
        }
    }
    Some(answer.is_ok())
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
        for (name, expected) in [("till", Some(true)), ("other", None)] {
            let mut health = well(name);
            assert_eq!(note(&answers, &mut health), expected);
            assert!(health.healthy);
        }
    }
}
