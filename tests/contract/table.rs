//! Which description judges which subject, and which of its refusals are wrong.

/// The mock that judges the requests of a subject: the first whose part the request's path holds.
pub(super) const JUDGES: &[(&str, &str, &str)] = &[
    ("azure-devops", "/_apis/git/", "ado-git"),
    ("azure-devops", "", "ado-wit"),
    ("azure-devops-server", "/_apis/git/", "ado-git"),
    ("azure-devops-server", "", "ado-wit"),
    ("github", "", "github"),
    ("github-enterprise", "", "github"),
    ("gitlab", "", "gitlab"),
    ("gitlab-free", "", "gitlab"),
    ("jira-cloud", "/rest/agile", "jira-agile"),
    ("jira-cloud", "/devinfo/", "jira-agile"),
    ("jira-cloud", "", "jira"),
    ("jira-dc", "", "jira-dc"),
    ("linear", "", "linear"),
];

/// What stands before the paths of a subject that is not at the root of its server; the descriptions do not know it.
pub(super) const BELOW: &[(&str, &str)] =
    &[("github-enterprise", "/api/v3"), ("gitlab-free", "/git")];

/// What a mock wants beside what was sent. GitLab takes a token in either of two headers, and its description knows only
/// the other one.
pub(super) const MORE_HEADERS: &[(&str, &str, &str)] =
    &[("gitlab", "private-token", "in the other header")];

/// Requests that the fake is right to accept and the vendor's description refuses, with the reason.
pub(super) struct Defect {
    pub(super) mock: &'static str,
    pub(super) methods: &'static [&'static str],
    pub(super) path_part: &'static str,
    pub(super) reason: &'static str,
}

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        mock: "jira",
        methods: &["POST"],
        path_part: "/attachments",
        reason: "the description types a multipart form as a JSON array",
    },
    Defect {
        mock: "jira",
        methods: &["POST"],
        path_part: "/oauth/token",
        reason: "tokens are made by the gateway, which the description of the site does not have",
    },
    Defect {
        mock: "jira",
        methods: &["GET"],
        path_part: "/_edge/tenant_info",
        reason: "the site's id is told beside its API",
    },
    Defect {
        mock: "jira-dc",
        methods: &["POST"],
        path_part: "/attachments",
        reason: "the description types a multipart form as a JSON string",
    },
    Defect {
        mock: "ado-wit",
        methods: &["GET"],
        path_part: "/_apis/connectionData",
        reason: "no description has the resource that tells who is connected; Microsoft's own clients ask it",
    },
    Defect {
        mock: "github",
        methods: &["POST"],
        path_part: "/graphql",
        reason: "the description is that of the REST API; Projects v2 has GraphQL",
    },
    Defect {
        mock: "github",
        methods: &["GET"],
        path_part: "/compare/",
        reason: "comparisons are not in this part of the description",
    },
    Defect {
        mock: "linear",
        methods: &["PUT"],
        path_part: "/upload",
        reason: "the storage of files is another site",
    },
    lacking("/notes", &["GET", "POST", "PUT", "DELETE"]),
    lacking("/uploads", &["POST"]),
    lacking("/statuses/", &["POST"]),
    lacking("/merge_requests/3/commits", &["GET"]),
    lacking("/api/v4/user", &["GET"]),
    lacking("/api/graphql", &["POST"]),
];

/// A route that GitLab documents and the description, put together from three cuts, does not have.
const fn lacking(path_part: &'static str, methods: &'static [&'static str]) -> Defect {
    Defect { mock: "gitlab", methods, path_part, reason: "the description lacks the route" }
}
