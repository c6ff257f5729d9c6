//! The description of a request, checked and ready to make requests from.

use std::collections::BTreeMap;

use reqwest::{
    Request, Url,
    header::{CONTENT_TYPE, HeaderName, HeaderValue},
};
use ringtrue_engine::ports::Fault;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{
    config::{BodyTemplate, Escape, Method},
    template::{EscapeFn, Fixed, Slot, Template, Word},
};
use crate::{ConfigError, encode};

/// Header fields that belong to the connection.
const RESERVED: [&str; 4] = ["connection", "content-length", "host", "transfer-encoding"];

/// The description of a request, as configurations have it.
pub(crate) struct Description<'a> {
    pub(crate) url: &'a str,
    pub(crate) method: Method,
    pub(crate) headers: &'a BTreeMap<String, SecretString>,
    pub(crate) body: &'a BodyTemplate,
    pub(crate) secrets: &'a BTreeMap<String, SecretString>,
    pub(crate) words: &'a [Word<'a>],
}

/// What requests are made from.
pub(crate) struct Gateway<S> {
    method: reqwest::Method,
    url: Template<S>,
    headers: Vec<(HeaderName, Template<S>)>,
    body: Body<S>,
}

enum Body<S> {
    None,
    Json(Node<S>),
    Form(Vec<(String, Template<S>)>),
    Raw { text: Template<S>, content_type: HeaderValue, escape: EscapeFn },
}

/// A JSON document whose texts are templates. Texts are filled in as values, so nothing can break out of one.
enum Node<S> {
    Text(Template<S>),
    List(Vec<Node<S>>),
    Map(Vec<(String, Node<S>)>),
    Plain(Value),
}

impl<S: Slot> Gateway<S> {
    /// Checks a description.
    pub(crate) fn compile(description: &Description<'_>) -> Result<Self, ConfigError> {
        let fixed = Fixed { words: description.words, secrets: description.secrets };
        let body = Body::compile(description.body, &fixed)?;
        let method = match description.method {
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Get if matches!(body, Body::None) => reqwest::Method::GET,
            Method::Get => return Err(ConfigError::new("body", "must be absent when method is GET")),
        };
        let (url, headers) = (url(description.url, &fixed)?, headers(description.headers, &fixed)?);
        Ok(Self { method, url, headers, body })
    }

    /// Whether such a placeholder is in the address or the body.
    pub(crate) fn has(&self, wanted: impl Fn(S) -> bool + Copy) -> bool {
        self.url.slots().any(wanted)
            || match &self.body {
                Body::None => false,
                Body::Json(node) => node.has(wanted),
                Body::Form(fields) => fields.iter().any(|(_, value)| value.slots().any(wanted)),
                Body::Raw { text, .. } => text.slots().any(wanted),
            }
    }

    /// The request about something.
    pub(crate) fn request(&self, about: &S::About<'_>) -> Result<Request, Fault> {
        let unusable = |reason| Fault::Rejected { reason };
        let url = Url::parse(&self.url.fill(about, encode::percent))
            .map_err(|_| unusable("the gateway's address cannot be filled in"))?;
        let mut request = Request::new(self.method.clone(), url);
        let (content_type, body) = self.body.fill(about);
        if let Some(content_type) = content_type {
            request.headers_mut().insert(CONTENT_TYPE, content_type);
        }
        *request.body_mut() = body.map(Into::into);
        for (name, value) in &self.headers {
            let mut value = HeaderValue::from_str(&value.fill(about, encode::plain))
                .map_err(|_| unusable("a header field of the gateway cannot be filled in"))?;
            value.set_sensitive(true);
            request.headers_mut().insert(name, value);
        }
        Ok(request)
    }
}

fn url<S: Slot>(text: &str, fixed: &Fixed<'_>) -> Result<Template<S>, ConfigError> {
    let wrong = |rule| ConfigError::new("url", rule);
    let template = Template::parse(text, fixed).map_err(wrong)?;
    let head = template.head();
    // What a request is about must not choose where it goes: scheme, host and port stand before the first placeholder.
    let authority = head.split_once("://").and_then(|(_, rest)| rest.find(['/', '?']));
    let parsed =
        Url::parse(head).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(parsed) = parsed else { return Err(wrong("must be an absolute http or https address")) };
    if authority.is_none() && head != text {
        return Err(wrong("must hold placeholders only in its path and query"));
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(wrong("must not hold a user or password; set headers.Authorization"));
    }
    if parsed.fragment().is_some() {
        return Err(wrong("must not hold a fragment"));
    }
    Ok(template)
}

fn headers<S: Slot>(
    headers: &BTreeMap<String, SecretString>,
    fixed: &Fixed<'_>,
) -> Result<Vec<(HeaderName, Template<S>)>, ConfigError> {
    let parse = |(name, value): (&String, &SecretString)| {
        let wrong = |rule| ConfigError::new(format!("headers.{name}"), rule);
        let parsed = HeaderName::try_from(name).map_err(|_| wrong("must be named as a header field is"))?;
        if RESERVED.iter().chain(S::RESERVED).any(|reserved| *reserved == parsed.as_str()) {
            return Err(wrong("must not be set; it is set for each request"));
        }
        let template = Template::<S>::parse(value.expose_secret(), fixed).map_err(wrong)?;
        if let Some(rule) = template.slots().find_map(Slot::not_in_headers) {
            return Err(wrong(rule));
        }
        if HeaderValue::from_str(&template.fixed_text()).is_err() {
            return Err(wrong("must hold only visible ASCII characters and spaces"));
        }
        Ok((parsed, template))
    };
    headers.iter().map(parse).collect()
}

impl<S: Slot> Body<S> {
    fn compile(body: &BodyTemplate, fixed: &Fixed<'_>) -> Result<Self, ConfigError> {
        match body {
            BodyTemplate::None => Ok(Self::None),
            BodyTemplate::Json(value) => Node::compile(value, fixed)
                .map(Self::Json)
                .map_err(|rule| ConfigError::new("body.json", rule)),
            BodyTemplate::Form(fields) => {
                let parse = |(name, value): (&String, &String)| match Template::parse(value, fixed) {
                    Ok(template) => Ok((name.clone(), template)),
                    Err(rule) => Err(ConfigError::new(format!("body.form.{name}"), rule)),
                };
                fields.iter().map(parse).collect::<Result<_, _>>().map(Self::Form)
            }
            BodyTemplate::Raw(raw) => Ok(Self::Raw {
                text: Template::parse(&raw.text, fixed)
                    .map_err(|rule| ConfigError::new("body.raw.text", rule))?,
                content_type: HeaderValue::from_str(&raw.content_type)
                    .map_err(|_| ConfigError::new("body.raw.content_type", "must be a media type"))?,
                escape: match raw.escape {
                    Escape::None => encode::plain,
                    Escape::Json => encode::json,
                    Escape::Xml => encode::xml,
                    Escape::Percent => encode::percent,
                },
            }),
        }
    }

    fn fill(&self, about: &S::About<'_>) -> (Option<HeaderValue>, Option<String>) {
        let (content_type, text) = match self {
            Self::None => return (None, None),
            Self::Json(node) => (HeaderValue::from_static("application/json"), node.fill(about).to_string()),
            Self::Form(fields) => {
                let pairs = fields.iter().map(|(name, value)| (name, value.fill(about, encode::plain)));
                let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
                (HeaderValue::from_static("application/x-www-form-urlencoded"), text)
            }
            Self::Raw { text, content_type, escape } => (content_type.clone(), text.fill(about, *escape)),
        };
        (Some(content_type), Some(text))
    }
}

impl<S: Slot> Node<S> {
    fn compile(value: &Value, fixed: &Fixed<'_>) -> Result<Self, &'static str> {
        Ok(match value {
            Value::String(text) => Self::Text(Template::parse(text, fixed)?),
            Value::Array(items) => {
                Self::List(items.iter().map(|item| Self::compile(item, fixed)).collect::<Result<_, _>>()?)
            }
            Value::Object(fields) => {
                let compile =
                    |(name, value): (&String, &Value)| Ok((name.clone(), Self::compile(value, fixed)?));
                Self::Map(fields.iter().map(compile).collect::<Result<_, &'static str>>()?)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Self::Plain(value.clone()),
        })
    }

    fn has(&self, wanted: impl Fn(S) -> bool + Copy) -> bool {
        match self {
            Self::Text(template) => template.slots().any(wanted),
            Self::List(items) => items.iter().any(|item| item.has(wanted)),
            Self::Map(fields) => fields.iter().any(|(_, value)| value.has(wanted)),
            Self::Plain(_) => false,
        }
    }

    fn fill(&self, about: &S::About<'_>) -> Value {
        match self {
            // The text becomes a JSON string as a whole; the serializer escapes it.
            Self::Text(template) => Value::String(template.fill(about, encode::plain)),
            Self::List(items) => items.iter().map(|item| item.fill(about)).collect(),
            Self::Map(fields) => {
                Value::Object(fields.iter().map(|(name, value)| (name.clone(), value.fill(about))).collect())
            }
            Self::Plain(value) => value.clone(),
        }
    }
}
