//! The upper limit: a handler that reads a request's JSON and writes an answer's, and does nothing else.

use ringtrue_wire::verify::{VerifyRequest, VerifyResponse};

use super::{
    drive::{self, Plan},
    peer::{Asked, Told},
    process::Server,
    single_thread,
};

/// The handler.
pub(super) async fn answer(asked: Asked) -> Told {
    let Ok(request) = serde_json::from_slice::<VerifyRequest>(&asked.body) else { return (400, Vec::new()) };
    let pending = || "pending".to_owned();
    let response = VerifyResponse {
        success: pending(),
        correlation_id: request.client_request_id.unwrap_or_default(),
        auth_token: Some("e30.e30.e30".to_owned()),
        possession_result: pending(),
        verify_result: pending(),
        evaluation: None,
    };
    serde_json::to_vec(&response).map_or((500, Vec::new()), |json| (200, json))
}

/// Requests per second, with the client that also runs the flows.
pub(super) fn measure(server: &Server, plan: Plan) -> anyhow::Result<f64> {
    let request = VerifyRequest {
        possession_type: Some("mobile".to_owned()),
        phone_number: Some("+12001004014".to_owned()),
        first_name: Some("Lorant".to_owned()),
        last_name: Some("Nerger".to_owned()),
        sms_message: Some("#### is your code".to_owned()),
        client_request_id: Some("load".to_owned()),
        ..VerifyRequest::default()
    };
    let body = serde_json::to_vec(&request)?;
    single_thread()?.block_on(drive::one_call(&server.announced, plan, &body))
}
