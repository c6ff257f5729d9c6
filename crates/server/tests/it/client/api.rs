//! A client that trusts no answer.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use serde_json::Value;

use super::{door::Door, rules::Rules};

/// Calls a server, with or without a token, and checks every answer.
#[derive(Clone)]
pub(crate) struct Api {
    door: Door,
    rules: Arc<Rules>,
    token: Option<String>,
}

impl Api {
    pub(super) fn new(door: Door, document: &str) -> Self {
        Self { door, rules: Arc::new(Rules::new(document)), token: None }
    }

    /// The same server with another bearer token.
    pub(crate) fn bearing(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same server without a token.
    pub(crate) fn anonymous(&self) -> Self {
        Self { token: None, ..self.clone() }
    }

    /// The same server, but asking for another access token with these credentials.
    pub(crate) async fn signed_in(&self, id: &str, secret: &str) -> Self {
        let form =
            form(&[("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)]);
        let answer = self.anonymous().call(Method::POST, "/token").form(form).send().await.ok();
        self.bearing(answer["access_token"].as_str().unwrap())
    }

    /// The token of this client.
    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().expect("a client with a token")
    }

    /// A request to be added to.
    pub(crate) fn call(&self, method: Method, path: &str) -> Call {
        let mut call = Call {
            api: self.clone(),
            method,
            path: path.to_owned(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        };
        if let Some(token) = &self.token {
            call = call.header("authorization", &format!("Bearer {token}"));
        }
        call
    }

    /// `POST` with a JSON body.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path).json(body).send().await
    }

    /// `GET`
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path).send().await
    }
}

/// Encodes a form.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// A request that is being made.
pub(crate) struct Call {
    api: Api,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Call {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(HeaderName::try_from(name).unwrap(), value.parse().unwrap());
        self
    }

    /// One more header of this name, of whatever bytes.
    pub(crate) fn another_header(mut self, name: &str, value: &str) -> Self {
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        self.headers.append(HeaderName::try_from(name).unwrap(), value);
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.raw_json(body.to_string())
    }

    /// A body that claims to be JSON.
    pub(crate) fn raw_json(self, body: impl Into<Bytes>) -> Self {
        self.header("content-type", "application/json").body(body)
    }

    pub(crate) fn form(self, body: impl Into<Bytes>) -> Self {
        self.header("content-type", "application/x-www-form-urlencoded").body(body)
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it and checks what holds for every answer.
    pub(crate) async fn send(self) -> Answer {
        self.try_send().await.expect("the server answers")
    }

    /// As [`Self::send`]; `None` when the server went away.
    pub(crate) async fn try_send(self) -> Option<Answer> {
        let path = self.path.split('?').next().unwrap_or_default().to_owned();
        let method = self.method.clone();
        let mut request = Request::builder().method(self.method).uri(&self.path).body(self.body).unwrap();
        *request.headers_mut() = self.headers;
        let (parts, body) = self.api.door.send(request).await?.into_parts();
        let answer = Answer { status: parts.status, headers: parts.headers, body };
        self.api.rules.check(&method, &path, &answer);
        Some(answer)
    }
}

/// A checked answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body of a success, which is exactly 200.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        self.value()
    }

    /// The message of a refusal with this status and code.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: u64) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        let body = self.value();
        assert_eq!(body["code"], code, "{body}");
        body["message"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header that is there at most once; empty when it is missing.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().map_or("", |value| value.to_str().unwrap());
        assert!(values.next().is_none(), "{name} is there twice");
        value
    }

    /// The address of a redirect.
    #[track_caller]
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text());
        self.header(header::LOCATION.as_str())
    }
}
