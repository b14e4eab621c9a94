//! The documents that are sent, all of them: whatever is asked for, only variables differ.
//!
//! `tests.rs` holds every request to this list, and the contract test holds the list to the vendor's own schema.

/// A fixed GraphQL document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Document {
    /// The operation's name. None is the beginning of another, so that logs and tests can tell them apart.
    pub(super) name: &'static str,
    /// The operation.
    operation: &'static str,
    /// Fragments that it uses.
    fragments: &'static [&'static str],
}

impl Document {
    const fn new(name: &'static str, operation: &'static str) -> Self {
        Self { name, operation, fragments: &[] }
    }

    const fn with(mut self, fragments: &'static [&'static str]) -> Self {
        self.fragments = fragments;
        self
    }

    /// The text that is sent.
    pub(super) fn text(&self) -> String {
        [&[self.operation], self.fragments].concat().concat()
    }
}

pub(super) const WHO_AM_I: Document =
    Document::new("WhoAmI", "query WhoAmI { viewer { id name email } }");

pub(super) const TEAM: Document = Document::new(
    "TeamByKey",
    "query TeamByKey($key: String!) { teams(filter: {key: {eq: $key}}, first: 1) { nodes { \
        id key name issueEstimationType parent { id } \
        states(first: 100) { nodes { id name type position } } } } }",
);

pub(super) const TEAM_KEYS: Document = Document::new(
    "AllTeamKeys",
    "query AllTeamKeys { teams(first: 100) { nodes { key } pageInfo { hasNextPage endCursor } } }",
);

pub(super) const READ_ISSUE: Document = Document::new(
    "ReadIssue",
    "query ReadIssue($id: String!) { issue(id: $id) { ...IssueParts } }",
)
.with(&[ISSUE_PARTS]);

pub(super) const FIND_ISSUE: Document = Document::new(
    "FindIssue",
    "query FindIssue($id: String!) { issue(id: $id) { id identifier trashed } }",
);

pub(super) const MORE_LABELS: Document = Document::new(
    "MoreLabels",
    "query MoreLabels($id: String!, $after: String) { issue(id: $id) { \
        labels(first: 250, after: $after) { nodes { id name } pageInfo { hasNextPage endCursor } } } }",
);

pub(super) const SEARCH: Document = Document::new(
    "SearchIssues",
    "query SearchIssues($filter: IssueFilter!, $first: Int!, $after: String, $archived: Boolean!) { \
        issues(filter: $filter, first: $first, after: $after, includeArchived: $archived, \
            orderBy: createdAt) { \
            nodes { ...IssueParts } pageInfo { hasNextPage endCursor } } }",
)
.with(&[ISSUE_PARTS]);

pub(super) const CREATE_ISSUE: Document = Document::new(
    "CreateIssue",
    "mutation CreateIssue($input: IssueCreateInput!) { done: issueCreate(input: $input) { \
        success issue { ...IssueParts } } }",
)
.with(&[ISSUE_PARTS]);

pub(super) const UPDATE_ISSUE: Document = Document::new(
    "UpdateIssue",
    "mutation UpdateIssue($id: String!, $input: IssueUpdateInput!) { \
        done: issueUpdate(id: $id, input: $input) { success issue { ...IssueParts } } }",
)
.with(&[ISSUE_PARTS]);

pub(super) const ADD_COMMENT: Document = Document::new(
    "AddComment",
    "mutation AddComment($input: CommentCreateInput!) { \
        done: commentCreate(input: $input) { success } }",
);

pub(super) const FIND_COMMENT: Document =
    Document::new("FindComment", "query FindComment($id: String!) { comment(id: $id) { id } }");

pub(super) const FIND_LABELS: Document = Document::new(
    "FindLabels",
    "query FindLabels($filter: IssueLabelFilter!, $after: String) { \
        issueLabels(filter: $filter, first: 250, after: $after) { \
            nodes { id name isGroup team { id } parent { name } } \
            pageInfo { hasNextPage endCursor } } }",
);

pub(super) const ADD_LABEL: Document = Document::new(
    "AddLabel",
    "mutation AddLabel($input: IssueLabelCreateInput!) { \
        done: issueLabelCreate(input: $input) { success issueLabel { id } } }",
);

pub(super) const FIND_USERS: Document = Document::new(
    "FindUsers",
    "query FindUsers($filter: UserFilter!) { \
        users(filter: $filter, first: 50) { nodes { id name displayName email active } } }",
);

pub(super) const LIST_PAGES: Document = Document::new(
    "ListPages",
    "query ListPages($id: String!, $filter: AttachmentFilter!, $after: String) { issue(id: $id) { \
        identifier trashed attachments(filter: $filter, first: 100, after: $after) { \
            nodes { id url title subtitle metadata } pageInfo { hasNextPage endCursor } } } }",
);

/// Links of items that were archived count as well: an item is archived when it is done, and its link is as true.
pub(super) const ITEMS_OF_PAGE: Document = Document::new(
    "ItemsOfPage",
    "query ItemsOfPage($url: String!, $after: String) { \
        attachmentsForURL(url: $url, first: 100, after: $after, includeArchived: true) { \
            nodes { metadata issue { id identifier trashed } } pageInfo { hasNextPage endCursor } } }",
);

pub(super) const LINK_PAGE: Document = Document::new(
    "LinkPage",
    "mutation LinkPage($input: AttachmentCreateInput!) { \
        done: attachmentCreate(input: $input) { success } }",
);

pub(super) const UNLINK_PAGE: Document = Document::new(
    "UnlinkPage",
    "mutation UnlinkPage($id: String!) { done: attachmentDelete(id: $id) { success } }",
);

pub(super) const PREPARE_UPLOAD: Document = Document::new(
    "PrepareUpload",
    "mutation PrepareUpload($contentType: String!, $filename: String!, $size: Int!) { \
        done: fileUpload(contentType: $contentType, filename: $filename, size: $size) { \
            success uploadFile { uploadUrl assetUrl headers { key value } } } }",
);

/// What is read of an issue. A page of a hundred of them costs about 6,100 of the 10,000 points that one query may:
/// a tenth for a property, one for an object, and each connection as often as its `first` says.
const ISSUE_PARTS: &str = " fragment IssueParts on Issue { \
    id identifier url title description priority estimate trashed dueDate \
    createdAt updatedAt completedAt canceledAt \
    team { id key } state { name type } assignee { id name } parent { id identifier } \
    cycle { number name } project { name } \
    labels(first: 20) { nodes { id name } pageInfo { hasNextPage endCursor } } }";

/// All of them.
#[cfg(test)]
pub(super) const ALL: &[Document] = &[
    WHO_AM_I,
    TEAM,
    TEAM_KEYS,
    READ_ISSUE,
    FIND_ISSUE,
    MORE_LABELS,
    SEARCH,
    CREATE_ISSUE,
    UPDATE_ISSUE,
    ADD_COMMENT,
    FIND_COMMENT,
    FIND_LABELS,
    ADD_LABEL,
    FIND_USERS,
    LIST_PAGES,
    ITEMS_OF_PAGE,
    LINK_PAGE,
    UNLINK_PAGE,
    PREPARE_UPLOAD,
];
