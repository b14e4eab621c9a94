//! Answers that are asked for once each, also when several want the same at one time.

use crate::error::Result;
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::OnceCell;

/// Answers by what was asked; a failure is not kept.
pub(super) struct Memo<T>(Mutex<HashMap<String, Arc<OnceCell<Arc<T>>>>>);

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> fmt::Debug for Memo<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memo").finish_non_exhaustive()
    }
}

impl<T> Memo<T> {
    /// The answer under this key; `ask` runs when there is none yet. Names of the vendor's are the same in any case.
    pub(super) async fn get(
        &self,
        key: &str,
        ask: impl Future<Output = Result<T>> + Send,
    ) -> Result<Arc<T>> {
        let cell = {
            let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(answers.entry(key.to_lowercase()).or_default())
        };
        cell.get_or_try_init(async || ask.await.map(Arc::new)).await.cloned()
    }
}
