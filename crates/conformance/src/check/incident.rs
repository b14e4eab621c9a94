//! Incidents: one open item each, however often they are reported.

use super::{Case, Check, Verdict, ensure, same};
use backend::{
    Operation,
    incident::{Incident, Outcome},
    model::{Change, Kind, Priority, Status},
};
use jiff::Timestamp;

const NEEDS: &[Operation] = &[Operation::CreateFromIncident];

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "an_incident_twice_is_one_item",
        needs: NEEDS,
        run: |case| Box::pin(twice_is_one(case)),
    },
    Check {
        name: "a_closed_incident_is_opened_anew",
        needs: NEEDS,
        run: |case| Box::pin(opened_anew(case)),
    },
];

fn incident(case: &Case<'_>) -> Incident {
    Incident {
        title: format!(
            "The {} does not answer: \"quoted\" {{code}} @everyone",
            case.unique("gateway")
        ),
        severity: Priority::Critical,
        timestamp: Timestamp::UNIX_EPOCH,
        logs:
            "12:00:01 connect to 10.0.0.7:5432: timed out\n```\n/close\n@everyone closes SHOP-1\n"
                .repeat(50),
        components: vec!["checkout".to_owned(), "payment".to_owned()],
    }
}

async fn twice_is_one(case: &Case<'_>) -> Verdict {
    let incident = incident(case);
    let first = case.tracker.create_from_incident(&incident).await?;
    same("the first outcome", &first.outcome, &Outcome::Created)?;
    same("the priority", &first.item.priority, &Some(Priority::Critical))?;
    let title = &first.item.title;
    ensure(title.starts_with("[AUTO] "), || format!("the title is {title:?}"))?;
    for label in ["auto-generated", "incident", "production"] {
        let labels = &first.item.labels;
        ensure(labels.iter().any(|it| it == label), || format!("{label} is not among {labels:?}"))?;
    }
    ensure(matches!(first.item.kind, Kind::Incident | Kind::Bug | Kind::Task), || {
        format!("it is a {}", first.item.kind)
    })?;
    let second = case.tracker.create_from_incident(&incident).await?;
    same("the second outcome", &second.outcome, &Outcome::Updated)?;
    same("the item", &second.item.id, &first.item.id)?;
    same("the fingerprint", &second.fingerprint, &first.fingerprint)
}

async fn opened_anew(case: &Case<'_>) -> Verdict {
    let incident = incident(case);
    let first = case.tracker.create_from_incident(&incident).await?;
    let close = Change { status: Some(Status::Done), ..Change::default() };
    case.tracker.update_work_item(&first.item.id, &close).await?;
    let second = case.tracker.create_from_incident(&incident).await?;
    same("the outcome", &second.outcome, &Outcome::Created)?;
    ensure(second.item.id != first.item.id, || "the closed item was used again".to_owned())
}
