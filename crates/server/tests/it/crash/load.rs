//! Back ends and devices that note what they were told.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use http::Method;
use serde_json::{Value, json};

use crate::client::{Answer, LORANT, Sandbox};

/// What the server acknowledged of one flow.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// Its idempotency key, which its message names too.
    pub(super) tag: String,
    pub(super) request: Value,
    pub(super) id: String,
    /// Starts that were acknowledged, and those besides whose answer was cut off.
    pub(super) sent: usize,
    pub(super) sent_or_cut_off: usize,
    /// The right code was acknowledged.
    pub(super) finished: bool,
    /// The last answer of verify-status after that.
    pub(super) status: Option<Value>,
    round: usize,
}

/// All records.
#[derive(Default)]
pub(super) struct Ledger {
    records: Mutex<Vec<Record>>,
    next: AtomicUsize,
}

impl Ledger {
    /// Flows of which everything was acknowledged.
    pub(super) fn count(&self) -> usize {
        self.records.lock().unwrap().iter().filter(|record| record.status.is_some()).count()
    }

    pub(super) fn all(&self) -> Vec<Record> {
        self.records.lock().unwrap().clone()
    }

    pub(super) fn of_round(&self, round: usize) -> Vec<Record> {
        self.all().into_iter().filter(|record| record.round == round).collect()
    }
}

/// Runs flow after flow until the server is gone.
pub(super) async fn run(sandbox: Sandbox, ledger: Arc<Ledger>, round: usize) {
    loop {
        let tag = format!("flow-{}", ledger.next.fetch_add(1, Ordering::Relaxed));
        let text = json!(format!("###### is the code of {tag};"));
        let request = LORANT.verify_with("mobile", "smsMessage", text);
        let call = sandbox.api.call(Method::POST, "/v3/verify").header("idempotency-key", &tag);
        let Some(begun) = call.json(&request).try_send().await else { return };
        let session = sandbox.session(&begun.ok());
        let record = Record {
            tag,
            request,
            id: session.id.clone(),
            sent: 0,
            sent_or_cut_off: 0,
            finished: false,
            status: None,
            round,
        };
        let device = sandbox.api.bearing(session.device().token());
        let step = async |step: &str, body: Value| -> Option<Answer> {
            device.call(Method::POST, &format!("/v1/client/{step}")).json(&body).try_send().await
        };
        let at = {
            let mut records = ledger.records.lock().unwrap();
            records.push(record);
            records.len() - 1
        };
        let note = |change: &dyn Fn(&mut Record)| change(&mut ledger.records.lock().unwrap()[at]);
        note(&|record| record.sent_or_cut_off += 1);
        let Some(started) = step("mobile/otp/start", json!({})).await else { return };
        assert_eq!(started.ok(), json!({ "next": "" }));
        note(&|record| record.sent += 1);
        let Some(entered) = step("mobile/otp/finish", json!({ "otp": "123456" })).await else { return };
        assert_eq!(entered.ok(), json!({ "next": "done" }));
        note(&|record| record.finished = true);
        let ask = json!({ "correlationId": session.id });
        let asked = sandbox.api.call(Method::POST, "/v3/verify-status").json(&ask);
        let Some(status) = asked.try_send().await else { return };
        note(&|record| record.status = Some(status.ok()));
    }
}
