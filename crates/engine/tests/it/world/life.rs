//! A process's life. After its end nothing that it began goes on.

use tokio::sync::watch;

#[derive(Clone)]
pub(crate) struct Life(watch::Sender<bool>);

impl Default for Life {
    fn default() -> Self {
        Self(watch::Sender::new(true))
    }
}

impl Life {
    /// Ends it.
    pub(crate) fn end(&self) {
        self.0.send_replace(false);
    }

    /// Waits for its end.
    pub(crate) async fn ended(&self) {
        let _ = self.0.subscribe().wait_for(|alive| !*alive).await;
    }

    /// Whether it has ended.
    pub(crate) fn is_over(&self) -> bool {
        !*self.0.borrow()
    }

    /// Goes on only while it lasts.
    pub(crate) async fn must_last(&self) {
        if self.is_over() {
            std::future::pending::<()>().await;
        }
    }
}
