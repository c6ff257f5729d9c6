//! What holds for every answer (server API §1) and what the OpenAPI document says of each.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use http::Method;
use jsonschema::Validator;
use serde_json::{Value, json};

use super::Answer;

/// Paths whose every answer is JSON that the document describes.
const DESCRIBED: [&str; 4] = ["/token", "/v3/", "/feed/", "/v1/client/"];

/// The document, and validators of what was needed of it.
pub(super) struct Rules {
    document: Value,
    /// That of the admin API.
    admin: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Rules {
    pub(super) fn new(document: &str) -> Self {
        let admin = serde_json::from_str(&ringtrue::testing::admin_openapi()).unwrap();
        Self { document: serde_json::from_str(document).unwrap(), admin, validators: Mutex::default() }
    }

    /// Panics with a reason when an answer breaks a rule.
    pub(super) fn check(&self, method: &Method, path: &str, answer: &Answer) {
        let id = answer.header("x-request-id");
        let sane = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        assert!(
            (1..=64).contains(&id.len()) && id.bytes().all(sane),
            "{method} {path}: x-request-id is {id:?}"
        );
        assert_ne!(answer.status, 500, "{method} {path}: {}", answer.text());
        if path.starts_with("/admin/v1/") {
            return self.check_admin(method, path, answer);
        }
        let described = DESCRIBED.iter().any(|prefix| path.starts_with(prefix));
        if !described || *method == Method::OPTIONS || *method == Method::HEAD {
            return;
        }
        assert!(!answer.status.is_success() || answer.status == 200, "{method} {path}: {}", answer.status);
        assert_eq!(answer.header("content-type"), "application/json", "{method} {path}: {}", answer.status);
        self.check_body(&self.document, "ErrorBody", method, path, answer);
    }

    /// Errors of the admin API are problem documents; what is gone or made has a status of its own.
    fn check_admin(&self, method: &Method, path: &str, answer: &Answer) {
        assert_eq!(answer.header("cache-control"), "no-store", "{method} {path}");
        if answer.status == 204 {
            assert!(answer.body.is_empty(), "{method} {path}");
            return;
        }
        if path.ends_with("/logo") && answer.status == 200 {
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{method} {path}");
            return;
        }
        let kind = if answer.status.is_success() { "application/json" } else { "application/problem+json" };
        assert_eq!(answer.header("content-type"), kind, "{method} {path}: {}", answer.status);
        if !answer.status.is_success() {
            assert_eq!(answer.value()["status"], answer.status.as_u16(), "{method} {path}");
        }
        self.check_body(&self.admin, "Problem", method, path, answer);
    }

    fn check_body(&self, document: &Value, refusal: &str, method: &Method, path: &str, answer: &Answer) {
        let body = answer.value();
        assert!(!has_null(&body), "{method} {path}: null is never sent: {body}");
        let validator = self.validator(document, refusal, method, path, answer.status.as_u16());
        let errors: Vec<String> = validator.iter_errors(&body).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{method} {path}: {errors:?} in {body}");
    }

    /// The schema of an answer. What the document does not know can only be refused, with an error body.
    fn validator(
        &self,
        document: &Value,
        refusal: &str,
        method: &Method,
        path: &str,
        status: u16,
    ) -> Arc<Validator> {
        let paths = document["paths"].as_object().unwrap();
        let operation = (paths.iter())
            .filter(|(template, _)| matches(template, path))
            .find_map(|(_, item)| item.get(method.as_str().to_lowercase()));
        let class = format!("{}XX", status / 100);
        let responses = operation.map(|operation| &operation["responses"]);
        let response =
            responses.and_then(|known| known.get(status.to_string()).or_else(|| known.get(&class)));
        let schema = if let Some(response) = response {
            let content = response["content"].as_object().and_then(|content| content.values().next());
            content.expect("an answer with a body is described")["schema"].clone()
        } else {
            assert!(status >= 400, "{method} {path} answers {status}, which the document does not know");
            json!({ "$ref": format!("#/components/schemas/{refusal}") })
        };
        let mut validators = self.validators.lock().unwrap();
        let compiled = validators.entry(format!("{refusal} {schema}")).or_insert_with(|| {
            // The document's own references are relative to its root.
            let root = json!({ "allOf": [schema], "components": document["components"] });
            Arc::new(jsonschema::validator_for(&root).expect("the document's schemas are valid"))
        });
        Arc::clone(compiled)
    }
}

/// Whether a path fits a template such as `/v1/client/{group}/{step}/error`.
fn matches(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted.starts_with('{') || wanted == given => {}
            _ => return false,
        }
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(fields) => fields.values().any(has_null),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
