//! Linear's JSON, as far as it is asked for.

use crate::platform::shared::absent::or_default;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An answer. Errors have been judged before it is read.
#[derive(Debug, Deserialize)]
pub(super) struct Answer<T> {
    pub(super) data: T,
}

/// What a mutation answers; every document calls its payload `done`.
#[derive(Debug, Deserialize)]
pub(super) struct Done<T> {
    pub(super) done: Payload<T>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Payload<T> {
    pub(super) success: bool,
    #[serde(flatten)]
    pub(super) payload: T,
}

/// The payload of a mutation that tells no more than its success.
#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

/// An error body.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Errors {
    #[serde(deserialize_with = "or_default")]
    pub(super) errors: Vec<Fault>,
    pub(super) data: Option<Map<String, Value>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fault {
    #[serde(deserialize_with = "or_default")]
    pub(super) message: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) extensions: Extensions,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Extensions {
    pub(super) code: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) user_presentable_message: Option<String>,
}

/// A page of a connection.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Connection<T> {
    pub(super) nodes: Vec<T>,
    pub(super) page_info: PageInfo,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    pub(super) has_next_page: bool,
    pub(super) end_cursor: Option<String>,
}

impl PageInfo {
    /// The cursor of the next page, where there is one.
    pub(super) fn next(self) -> Option<String> {
        self.end_cursor.filter(|_| self.has_next_page)
    }
}

/// A connection that has one page.
#[derive(Debug, Deserialize)]
pub(super) struct Few<T> {
    pub(super) nodes: Vec<T>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Whoami {
    pub(super) viewer: Viewer,
}

#[derive(Debug, Deserialize)]
pub(super) struct Viewer {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) email: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Teams {
    pub(super) teams: Few<Team>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Team {
    pub(super) id: String,
    pub(super) key: String,
    /// `notUsed` where the team does not estimate.
    pub(super) issue_estimation_type: String,
    pub(super) parent: Option<Id>,
    pub(super) states: States,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct States {
    pub(super) nodes: Vec<State>,
}

/// A state of a workflow. The states that an issue reports lack id and position.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct State {
    #[serde(deserialize_with = "or_default")]
    pub(super) id: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) name: String,
    /// triage, backlog, unstarted, started, completed, canceled or duplicate.
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub(super) kind: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) position: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct TeamKeys {
    pub(super) teams: Connection<Key>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Key {
    pub(super) key: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Id {
    pub(super) id: String,
}

/// The answer to a question about one issue.
#[derive(Debug, Deserialize)]
pub(super) struct One<T> {
    pub(super) issue: Option<T>,
}

/// As little as is needed to know that an issue is there.
#[derive(Debug, Deserialize)]
pub(super) struct Stub {
    pub(super) id: String,
    pub(super) identifier: String,
    #[serde(default)]
    pub(super) trashed: Option<bool>,
}

/// The payload of a mutation of an issue.
#[derive(Debug, Deserialize)]
pub(super) struct Changed {
    pub(super) issue: Option<Issue>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Issues {
    pub(super) issues: Connection<Issue>,
}

/// An issue.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Issue {
    pub(super) id: String,
    pub(super) identifier: String,
    pub(super) url: String,
    pub(super) title: String,
    pub(super) description: Option<String>,
    /// 0 none, 1 urgent, 2 high, 3 medium, 4 low; a float by its type.
    pub(super) priority: f64,
    pub(super) estimate: Option<f64>,
    /// True in the trash bin, from which it is deleted for good after a while.
    pub(super) trashed: Option<bool>,
    pub(super) due_date: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) completed_at: Option<Timestamp>,
    pub(super) canceled_at: Option<Timestamp>,
    pub(super) team: TeamOfIssue,
    pub(super) state: State,
    pub(super) assignee: Option<Named>,
    pub(super) parent: Option<Parent>,
    pub(super) cycle: Option<Cycle>,
    pub(super) project: Option<Title>,
    pub(super) labels: Connection<Named>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TeamOfIssue {
    pub(super) key: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Named {
    pub(super) id: String,
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Parent {
    pub(super) id: String,
    pub(super) identifier: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Title {
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Cycle {
    pub(super) number: f64,
    pub(super) name: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct MoreLabels {
    pub(super) labels: Connection<Named>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IssueLabels {
    pub(super) issue_labels: Connection<Label>,
}

/// A label: of the workspace where it has no team.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Label {
    pub(super) id: String,
    pub(super) name: String,
    /// A group holds labels, and is on no issue itself.
    pub(super) is_group: bool,
    pub(super) team: Option<Id>,
    pub(super) parent: Option<LabelGroup>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct LabelGroup {
    pub(super) name: String,
}

/// The payload of the creation of a label.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LabelMade {
    pub(super) issue_label: Id,
}

#[derive(Debug, Deserialize)]
pub(super) struct Users {
    pub(super) users: Few<User>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) display_name: String,
    pub(super) email: Option<String>,
    pub(super) active: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Pages {
    pub(super) identifier: String,
    #[serde(default)]
    pub(super) trashed: Option<bool>,
    pub(super) attachments: Connection<Page>,
}

/// An attachment: a link to a page, be it in Linear's own storage.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) shown: Shown,
}

/// What people see of an attachment, and what it is recognised by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Shown {
    /// Natural key within the issue.
    pub(super) url: String,
    pub(super) title: String,
    #[serde(default)]
    pub(super) subtitle: Option<String>,
    /// Strings and numbers only.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) metadata: Map<String, Value>,
}

/// The attachments with one address, wherever they are.
#[derive(Debug, Deserialize)]
pub(super) struct PagesOfUrl {
    #[serde(rename = "attachmentsForURL")]
    pub(super) attachments: Connection<PageOfIssue>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PageOfIssue {
    pub(super) metadata: Map<String, Value>,
    pub(super) issue: Stub,
}

/// The payload of the preparation of an upload.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Prepared {
    pub(super) upload_file: Option<Upload>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Upload {
    #[serde(rename = "uploadUrl")]
    pub(super) target: String,
    /// Where the file is found afterwards.
    pub(super) asset_url: String,
    pub(super) headers: Vec<Header>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Header {
    pub(super) key: String,
    pub(super) value: String,
}

/// A delivery, as far as it tells what happened.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Notification {
    pub(super) action: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// Milliseconds since the epoch.
    pub(super) webhook_timestamp: Option<i64>,
    pub(super) url: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) data: Value,
}
