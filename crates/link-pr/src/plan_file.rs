//! The plan of a run without secrets, for a run with them. Nothing in it is believed: the second run decides for itself
//! from what the code host says, and does what both say.

use crate::{
    decide::{Plan, Reason, Refusal, Verdict},
    facts::Facts,
    named,
    policy::Level,
};
use app::{Result, naming::Naming};
use backend::{
    Error, ErrorKind,
    model::{Status, WorkItemId},
};
use serde::{Deserialize, Serialize};
use std::{io::Read as _, path::Path};
use url::Url;

/// Longest plan that is read, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// Version of the format.
const VERSION: u32 = 1;

/// A plan as it is written: ids and states, and no text of anybody's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    /// Version of the format.
    pub version: u32,
    /// The pull request that it is about.
    pub pull_request: Subject,
    /// Every item whose link holds.
    pub links: Vec<WorkItemId>,
    /// Items to move.
    pub transitions: Vec<Move>,
    /// False when something could not be read whole.
    pub complete: bool,
}

/// The pull request that a plan is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Its page.
    pub url: Url,
    /// Its number.
    pub number: u64,
    /// Its newest commit.
    pub head_sha: String,
}

/// An item to move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The item.
    pub item: WorkItemId,
    /// Where to.
    pub to: Status,
}

impl PlanFile {
    /// What a run would do.
    pub(crate) fn of(plan: &Plan, facts: &Facts) -> Self {
        let pull_request = &facts.proposal.pull_request;
        let moves = plan.transitions.iter().filter(|it| it.kept.is_none());
        Self {
            version: VERSION,
            pull_request: Subject {
                url: pull_request.url.clone(),
                number: pull_request.number,
                head_sha: facts.proposal.head_sha.clone(),
            },
            links: plan.links.iter().map(|item| item.id.clone()).collect(),
            transitions: moves.map(|it| Move { item: it.item.clone(), to: it.to }).collect(),
            complete: plan.complete,
        }
    }

    /// Writes it.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let text =
            serde_json::to_string_pretty(self).map_err(|error| cannot_write(path, &error))?;
        std::fs::write(path, text + "\n").map_err(|error| cannot_write(path, &error))
    }

    /// Reads one, with a limit for its length and every id.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let wrong = |why: &dyn std::fmt::Display| {
            let message = format!("read the plan {}: {why}", path.display());
            Error::new(ErrorKind::Config, message)
                .with_hint("give the file that --plan wrote, with the same version of link-pr")
        };
        let mut text = String::new();
        let file = std::fs::File::open(path).map_err(|error| wrong(&error))?;
        file.take(LONGEST + 1).read_to_string(&mut text).map_err(|error| wrong(&error))?;
        if text.len() as u64 > LONGEST {
            return Err(wrong(&"it is longer than 1 MiB"));
        }
        if text.is_empty() {
            return Err(wrong(&"it is empty"));
        }
        // The parser's message may repeat what the file says, and anybody may have written that.
        let plan: Self = serde_json::from_str(&text)
            .map_err(|error| wrong(&app::untrusted::line(&error.to_string())))?;
        if plan.version != VERSION {
            return Err(wrong(&format!("its version is {}, and not {VERSION}", plan.version)));
        }
        let ids = plan.links.iter().chain(plan.transitions.iter().map(|it| &it.item));
        match ids.into_iter().find(|id| !named::is_plain(id.as_str())) {
            Some(_) => Err(wrong(&"one of its ids is none")),
            None => Ok(plan),
        }
    }

    /// The same with every id as the trusted run names it.
    pub(crate) fn in_full(mut self, naming: &Naming, repository: &Url) -> Self {
        let moved = self.transitions.iter_mut().map(|it| &mut it.item);
        for id in self.links.iter_mut().chain(moved) {
            *id = naming.in_full(id.clone(), repository);
        }
        self
    }

    /// What both this plan and the trusted run's own say; what only one says is not done, and said.
    pub(crate) fn agreed(&self, own: Plan, facts: &Facts) -> Plan {
        if self.pull_request.head_sha != facts.proposal.head_sha {
            return outdated(own, &self.pull_request.head_sha, &facts.proposal.head_sha);
        }
        let mut agreed = own;
        let only_here = |item: &WorkItemId| !self.links.contains(item);
        let unplanned: Vec<_> = agreed.links.extract_if(.., |item| only_here(&item.id)).collect();
        agreed.refused.extend(unplanned.iter().map(|item| Refusal {
            item: item.id.clone(),
            why: "the plan does not have it".to_owned(),
        }));
        let is_meant = |item: &WorkItemId| self.complete && only_here(item);
        agreed.withdrawn.retain(|it| is_meant(&it.item));
        let planned = |item: &WorkItemId, to| {
            self.transitions.iter().any(|it| it.item == *item && it.to == to)
        };
        agreed.transitions.retain(|it| it.kept.is_some() || planned(&it.item, it.to));
        // Nothing is moved that is not linked.
        let Plan { links, transitions, .. } = &mut agreed;
        transitions.retain(|it| links.iter().any(|item| item.id == it.item));
        let own: Vec<_> = agreed.links.iter().map(|item| &item.id).collect();
        let foreign = self.links.iter().filter(|item| !own.contains(item));
        let foreign: Vec<_> = foreign.map(WorkItemId::as_str).take(20).collect();
        let panel = agreed.panel.take();
        let is_whole = self.complete && foreign.is_empty();
        agreed.panel = panel.map(|it| it.agreed(|item| self.links.contains(item), is_whole));
        if !foreign.is_empty() || !unplanned.is_empty() {
            let told = [foreign, unplanned.iter().map(|item| item.id.as_str()).take(20).collect()];
            agreed.say(differs(&told.concat().join(", ")));
        }
        agreed
    }
}

impl Plan {
    fn say(&mut self, reason: Reason) {
        self.verdict = self.verdict.max(Verdict::Warn);
        self.reasons.push(reason);
    }
}

fn differs(items: &str) -> Reason {
    Reason {
        rule: "plan",
        level: Level::Warn,
        message: format!(
            "the plan and this run do not agree about {items}; nothing is done about that"
        ),
        hint: "run the planning job again if the pull request has changed since".to_owned(),
    }
}

/// A plan for an older commit does nothing: the run of the newer commit has made another.
fn outdated(mut own: Plan, planned: &str, head: &str) -> Plan {
    (own.links, own.withdrawn, own.panel, own.transitions) = Default::default();
    let short = |sha: &str| app::untrusted::line(sha.get(..12).unwrap_or(sha));
    own.say(Reason {
        rule: "plan",
        level: Level::Warn,
        message: format!(
            "the plan was made for commit {}, and the pull request is at {}: nothing is done",
            short(planned),
            short(head)
        ),
        hint: "wait for the run of the newer commit".to_owned(),
    });
    own
}

fn cannot_write(path: &Path, error: &dyn std::fmt::Display) -> Error {
    let message = format!("write the plan {}: {error}", path.display());
    Error::new(ErrorKind::Config, message)
        .with_hint("check that the folder is there and may be written")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        decide::{PanelPlan, Transition, Withdrawal},
        facts::testing::facts,
        named::{Bond, Item},
    };
    use backend::panel::Others;

    fn item(id: &str) -> Item {
        let (places, commits) = (vec!["title"], Vec::new());
        Item { id: WorkItemId::new(id), bond: Bond::Work, why: String::new(), places, commits }
    }

    fn own() -> Plan {
        let transition = |id: &str| Transition {
            item: WorkItemId::new(id),
            from: Some(Status::Todo),
            to: Status::InReview,
            kept: None,
        };
        Plan {
            links: vec![item("SHOP-1"), item("SHOP-2")],
            withdrawn: vec![Withdrawal { item: WorkItemId::new("SHOP-3"), why: String::new() }],
            panel: Some(PanelPlan {
                items: vec![WorkItemId::new("SHOP-1"), WorkItemId::new("SHOP-2")],
                foreign: vec![WorkItemId::new("TOY-4")],
                before: vec![WorkItemId::new("SHOP-3")],
                withdrawn: vec![Withdrawal { item: WorkItemId::new("SHOP-3"), why: String::new() }],
                others: Others::TakenOut,
            }),
            transitions: vec![transition("SHOP-1"), transition("SHOP-2")],
            refused: Vec::new(),
            reasons: Vec::new(),
            verdict: Verdict::Pass,
            complete: true,
        }
    }

    fn shown(plan: &Plan) -> String {
        let links = plan.links.iter().map(|item| item.id.to_string());
        let withdrawn = plan.withdrawn.iter().map(|it| format!("-{}", it.item));
        let moves = plan.transitions.iter().map(|it| format!(">{}", it.item));
        let panel = plan.panel.iter().flat_map(|it| {
            let out = it.withdrawn.iter().map(|it| format!("/-{}", it.item));
            let kept = (it.others == Others::Kept).then(|| "/+".to_owned());
            it.items.iter().map(|id| format!("/{id}")).chain(out).chain(kept)
        });
        let all: Vec<_> = links.chain(withdrawn).chain(panel).chain(moves).collect();
        format!("{} {}", all.join(" "), plan.verdict.word())
    }

    #[test]
    fn only_what_both_say_is_done() {
        let facts = facts("SHOP-1 SHOP-2", "", &[]);
        let same = PlanFile::of(&own(), &facts);
        assert_eq!(
            shown(&same.agreed(own(), &facts)),
            "SHOP-1 SHOP-2 -SHOP-3 /SHOP-1 /SHOP-2 /-SHOP-3 >SHOP-1 >SHOP-2 pass"
        );
        let mut hostile = same.clone();
        hostile.links = ["SHOP-2", "SHOP-3", "SECRET-1"].map(WorkItemId::new).to_vec();
        hostile.transitions = vec![
            Move { item: WorkItemId::new("SHOP-2"), to: Status::Done },
            Move { item: WorkItemId::new("SECRET-1"), to: Status::Done },
        ];
        let agreed = hostile.agreed(own(), &facts);
        assert_eq!(shown(&agreed), "SHOP-2 /SHOP-2 /+ warn");
        assert!(agreed.reasons[0].message.contains("SHOP-3, SECRET-1, SHOP-1"), "{agreed:?}");
        let empty = PlanFile { links: Vec::new(), complete: false, ..same.clone() };
        assert_eq!(
            shown(&empty.agreed(own(), &facts)),
            "/+ warn",
            "an incomplete plan withdraws nothing"
        );
        let partial = PlanFile { complete: false, ..same.clone() };
        assert_eq!(
            shown(&partial.agreed(own(), &facts)),
            "SHOP-1 SHOP-2 /SHOP-1 /SHOP-2 /+ >SHOP-1 >SHOP-2 pass"
        );
        let mut more = same.clone();
        more.links.push(WorkItemId::new("SHOP-9"));
        let agreed = more.agreed(own(), &facts);
        assert_eq!(agreed.panel.unwrap().others, Others::Kept, "the other plan may know why");
        let mut old = same;
        old.pull_request.head_sha = "0".repeat(40);
        assert_eq!(shown(&old.agreed(own(), &facts)), " warn");
    }

    #[test]
    fn a_plan_is_read_as_it_was_written_and_nothing_else_is_a_plan() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        let facts = facts("SHOP-1", "", &[]);
        let plan = PlanFile::of(&own(), &facts);
        plan.write(&path).unwrap();
        assert_eq!(PlanFile::read(&path).unwrap(), plan);
        let good = std::fs::read_to_string(&path).unwrap();
        for bad in [
            String::new(),
            "[]".to_owned(),
            good.replace("\"version\": 1", "\"version\": 2"),
            good.replace("\"complete\"", "\"token\": \"x\", \"complete\""),
            good.replacen("SHOP-1", "SHOP-1 --> ::set-env::", 1),
            good.replace("https://github.com", "nowhere"),
            format!("{good}{}", " ".repeat(2_000_000)),
        ] {
            std::fs::write(&path, &bad).unwrap();
            let error = PlanFile::read(&path).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Config);
            assert!(!error.message.contains("::set-env"), "{error}");
        }
        assert_eq!(
            PlanFile::read(&folder.path().join("gone")).unwrap_err().kind,
            ErrorKind::Config
        );
    }
}
