//! Deliveries: believed when signed, understood when known.

use super::{Case, Check, Verdict, ensure, fails, known, same};
use crate::subject::Sample;
use backend::{
    ErrorKind, Operation,
    webhook::{Delivery, EventKind},
};

const NEEDS: &[Operation] = &[Operation::WebhookHandler];

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "a_signed_delivery_is_understood",
        needs: NEEDS,
        run: |case| Box::pin(a_signed_delivery(case)),
    },
    Check {
        name: "a_forged_delivery_is_refused",
        needs: NEEDS,
        run: |case| Box::pin(a_forged_delivery(case)),
    },
    Check {
        name: "a_rotated_secret_is_believed",
        needs: NEEDS,
        run: |case| Box::pin(a_rotated_secret(case)),
    },
    Check {
        name: "an_unknown_event_is_no_error",
        needs: NEEDS,
        run: |case| Box::pin(an_unknown_event(case)),
    },
    Check {
        name: "a_signed_payload_that_is_none",
        needs: NEEDS,
        run: |case| Box::pin(a_signed_payload_that_is_none(case)),
    },
];

fn deliver(case: &Case<'_>, sample: &Sample<'_>) -> Verdict<Delivery> {
    let secret = known(case.facts.webhook_secrets.first())?;
    known(case.subject.deliver(sample, secret))
}

async fn a_signed_delivery(case: &Case<'_>) -> Verdict {
    let id = case.facts.webhook_item.clone();
    let delivery = deliver(case, &Sample::Updated(&id))?;
    let event = case.tracker.webhook_handler(&delivery).await?;
    same("the kind", &event.kind, &EventKind::Updated)?;
    same("the item", &event.item, &Some(id))?;
    ensure(!event.id.is_empty(), || "the event has no id".to_owned())?;
    let again = case.tracker.webhook_handler(&delivery).await?;
    same("the id of the same delivery", &again.id, &event.id)
}

async fn a_forged_delivery(case: &Case<'_>) -> Verdict {
    let id = case.facts.webhook_item.clone();
    let good = deliver(case, &Sample::Updated(&id))?;
    let wrong_secret = known(case.subject.deliver(&Sample::Updated(&id), "somebody else's"))?;
    let mut changed = good.clone();
    changed.body.push(b' ');
    let unsigned = Delivery { headers: Vec::new(), ..good.clone() };
    let mut forgeries = vec![wrong_secret, unsigned];
    forgeries.extend(case.facts.bodies_are_signed.then_some(changed));
    for (index, (_, value)) in good.headers.iter().enumerate() {
        let secret_or_signature = value.len() > 20;
        let mutations =
            [String::new(), value.replace('=', ":"), value[1..].to_owned(), format!("{value}0")];
        let changed = mutations.into_iter().filter(|it| secret_or_signature && it != value);
        for mutation in changed {
            let mut forged = good.clone();
            forged.headers[index].1 = mutation;
            forgeries.push(forged);
        }
    }
    let mut messages = Vec::new();
    for forged in forgeries {
        let outcome = case.tracker.webhook_handler(&forged).await;
        messages.push(fails("a forgery", outcome, &[ErrorKind::Auth])?.message);
    }
    messages.dedup();
    same("how many messages a forger can tell apart", &messages.len(), &1)
}

async fn a_rotated_secret(case: &Case<'_>) -> Verdict {
    let id = case.facts.webhook_item.clone();
    known(case.facts.webhook_secrets.get(1))?;
    for secret in &case.facts.webhook_secrets {
        let delivery = known(case.subject.deliver(&Sample::Updated(&id), secret))?;
        case.tracker.webhook_handler(&delivery).await?;
    }
    Ok(())
}

async fn an_unknown_event(case: &Case<'_>) -> Verdict {
    let event = case.tracker.webhook_handler(&deliver(case, &Sample::Unknown)?).await?;
    same("the kind", &event.kind, &EventKind::Other)
}

async fn a_signed_payload_that_is_none(case: &Case<'_>) -> Verdict {
    let delivery = deliver(case, &Sample::Garbage)?;
    let outcome = case.tracker.webhook_handler(&delivery).await;
    fails("garbage", outcome, &[ErrorKind::Rejected]).map(drop)
}
