//! The REST API with its version, as the tracker and the code host speak to it.

use super::{dialect, memo::Memo, page::Site, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    http::{Call, Http},
    model::Identity,
};
use std::sync::Arc;
use url::Url;

/// An organisation's API.
#[derive(Debug, Clone)]
pub(super) struct Api {
    pub(super) http: Http,
    /// As in `api-version`, without which nothing is answered.
    pub(super) version: String,
    /// The organisation's pages.
    pub(super) site: Site,
    /// Repositories by project and name.
    pub(super) repositories: Arc<Memo<wire::Repository>>,
}

/// The media type of every change; with another one Azure DevOps answers 415.
const PATCH: &str = "application/json-patch+json";

/// The account of those who have none (seen in answers to strangers, and in TF400813).
const ANONYMOUS: &str = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

impl Api {
    /// Starts a GET of a path below the organisation.
    pub(super) fn get(&self, path: &'static str) -> Call<'_> {
        self.http.get(path).query("api-version", &*self.version)
    }

    /// Starts a POST: a create, as everywhere.
    pub(super) fn post(&self, path: &'static str) -> Call<'_> {
        self.http.post(path).query("api-version", &*self.version)
    }

    /// Starts a PATCH.
    pub(super) fn patch(&self, path: &'static str) -> Call<'_> {
        self.http.patch(path).query("api-version", &*self.version)
    }

    /// Starts a DELETE.
    pub(super) fn delete(&self, path: &'static str) -> Call<'_> {
        self.http.delete(path).query("api-version", &*self.version)
    }

    /// Changes an item; the answer is the item afterwards. Repeatable as long as the first operation tests the
    /// revision: whatever was carried out raised it.
    pub(super) fn change<'a>(&'a self, id: u64, operations: &[serde_json::Value]) -> Call<'a> {
        let call = self.patch("_apis/wit/workitems/{id}").segment("id", id.to_string());
        call.query("$expand", "relations").json_as(PATCH, operations)
    }

    /// Makes an item of a type. The `$` belongs to the path.
    pub(super) fn make<'a>(
        &'a self,
        project: &str,
        item_type: &str,
        operations: &[serde_json::Value],
    ) -> Call<'a> {
        let call = self.post("{project}/_apis/wit/workitems/${type}");
        let call = call.segment("project", project).segment("type", item_type);
        call.query("$expand", "relations").json_as(PATCH, operations)
    }

    /// Who the token belongs to. The resource is a preview for ever and answers without a version as well, which
    /// servers of every age understand.
    pub(super) async fn whoami(&self) -> Result<Identity> {
        let data: wire::ConnectionData = self.http.get("_apis/connectionData").receive().await?;
        // A public organisation answers strangers too, as an account that is nobody's.
        let user = data.authenticated_user.filter(|user| user.id != ANONYMOUS);
        let Some(user) = user.filter(|user| !user.is_anonymous()) else {
            let message =
                "Azure DevOps does not accept the token and answers as to an anonymous visitor";
            return Err(Error::new(ErrorKind::Auth, message).with_hint(dialect::AUTH_HINT));
        };
        let email = user.account().filter(|account| account.contains('@')).map(str::to_owned);
        let name = user.name().unwrap_or(&user.id).to_owned();
        Ok(Identity { id: user.id, name, email })
    }

    /// The page that a person opens for an item.
    pub(super) fn item_page(&self, project: &str, id: u64) -> Result<Url> {
        self.site.below(&[project, "_workitems", "edit", &id.to_string()])
    }

    /// The address by which relations name an item.
    pub(super) fn item_address(&self, id: u64) -> Result<Url> {
        self.site.below(&["_apis", "wit", "workItems", &id.to_string()])
    }
}
