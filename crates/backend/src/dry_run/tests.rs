//! What cannot be done is not planned.

use super::*;
use crate::{error::ErrorKind, platform};

/// A tracker that can do nothing.
#[derive(Debug)]
struct Idle(Metadata);

#[async_trait]
impl Tracker for Idle {
    fn metadata(&self) -> &Metadata {
        &self.0
    }

    async fn authenticate(&self) -> Result<Identity> {
        Err(self.unsupported(Operation::Authenticate))
    }
}

#[tokio::test]
async fn what_the_tracker_cannot_do_is_not_planned() {
    let row = platform::find("local").unwrap();
    let idle = Idle(Metadata { operations: Vec::new(), ..row.metadata() });
    let plan = Plan::default();
    let tracker = DryRun::new(Box::new(idle), plan.clone());
    let (id, url) = (WorkItemId::new("SHOP-1"), crate::model::PLANNED_URL.clone());
    let file = Attachment {
        name: "a".to_owned(),
        media_type: "text/plain".to_owned(),
        content: Vec::new(),
    };
    let link = Link { item: id.clone(), url: url.clone(), title: None, existed: true };
    for refused in [
        tracker.create_work_item(&Draft::default()).await.map(drop),
        tracker.update_work_item(&id, &Change::default()).await.map(drop),
        tracker.unlink(&link).await,
        tracker.attach_file(&id, &file).await.map(drop),
    ] {
        assert_eq!(refused.unwrap_err().kind, ErrorKind::Unsupported);
    }
    assert!(plan.lines().is_empty(), "{:?}", plan.lines());
}
