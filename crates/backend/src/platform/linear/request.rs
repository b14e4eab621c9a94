//! One request: a document and its variables.

use super::{Linear, document::Document, wire};
use crate::{
    error::{Error, ErrorKind, Result},
    http::Call,
};
use serde::{Serialize, de::DeserializeOwned};

/// The body of a request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a, V> {
    operation_name: &'static str,
    query: String,
    variables: &'a V,
}

impl Linear {
    /// Asks a question. `variables` is anything that becomes a JSON object.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        document: &Document,
        variables: &impl Serialize,
    ) -> Result<T> {
        let call = self.call(document, variables).reads();
        let answer: wire::Answer<T> = call.receive().await.map_err(without_status)?;
        Ok(answer.data)
    }

    /// Changes what is the same however often it is changed so.
    pub(super) async fn set<T: DeserializeOwned>(
        &self,
        document: &Document,
        variables: &impl Serialize,
    ) -> Result<T> {
        done(self.call(document, variables).replaces()).await
    }

    /// Adds something.
    pub(super) async fn add<T: DeserializeOwned>(
        &self,
        document: &Document,
        variables: &impl Serialize,
    ) -> Result<T> {
        done(self.call(document, variables)).await
    }

    fn call(&self, document: &Document, variables: &impl Serialize) -> Call<'_> {
        tracing::debug!(operation = document.name, "asking");
        let (operation_name, query) = (document.name, document.text());
        self.http.post("graphql").json(&Body { operation_name, query, variables })
    }
}

/// The payload of a mutation. It can say `success: false` in an answer without any error.
async fn done<T: DeserializeOwned>(call: Call<'_>) -> Result<T> {
    let answer: wire::Answer<wire::Done<T>> = call.receive().await.map_err(without_status)?;
    let wire::Payload { success, payload } = answer.data.done;
    if success {
        return Ok(payload);
    }
    Err(Error::new(ErrorKind::Rejected, "it was not done, and no reason is given")
        .with_hint("try it in Linear itself, which may say why"))
}

/// To a person the 200 that GraphQL answers its refusals with says the contrary of what is meant.
fn without_status(mut error: Error) -> Error {
    error.message = error.message.replacen(" answered 200 OK", " answered", 1);
    error
}
