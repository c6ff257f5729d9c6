//! A gateway's description, checked and ready to make requests from.

use reqwest::{
    Method, Request, Url,
    header::{CONTENT_TYPE, HeaderName, HeaderValue},
};
use ringtrue_domain::flow::OutgoingMessage;
use ringtrue_engine::ports::Fault;
use secrecy::ExposeSecret;
use serde_json::Value;

use super::{
    config::{BodyTemplate, Escape, HttpSmsConfig, SendMethod},
    template::{EscapeFn, Fixed, Slot, Template},
};
use crate::{ConfigError, encode};

/// Header fields that belong to the connection or to us.
const RESERVED: [&str; 5] = ["connection", "content-length", "host", "idempotency-key", "transfer-encoding"];

/// What requests are made from.
pub(super) struct Gateway {
    method: Method,
    url: Template,
    headers: Vec<(HeaderName, Template)>,
    body: Body,
}

enum Body {
    None,
    Json(Node),
    Form(Vec<(String, Template)>),
    Raw { text: Template, content_type: HeaderValue, escape: EscapeFn },
}

/// A JSON document whose texts are templates. Texts are filled in as values, so nothing can break out of one.
enum Node {
    Text(Template),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
    Plain(Value),
}

impl Gateway {
    /// Checks a description.
    pub(super) fn compile(config: &HttpSmsConfig) -> Result<Self, ConfigError> {
        let fixed = Fixed { sender: config.sender.as_deref(), secrets: &config.secrets };
        let body = Body::compile(&config.body, &fixed)?;
        let method = match config.method {
            SendMethod::Post => Method::POST,
            SendMethod::Put => Method::PUT,
            SendMethod::Get if matches!(body, Body::None) => Method::GET,
            SendMethod::Get => return Err(ConfigError::new("body", "must be absent when method is GET")),
        };
        let gateway =
            Self { method, url: url(&config.url, &fixed)?, headers: headers(config, &fixed)?, body };
        if !gateway.has(|slot| matches!(slot, Slot::To | Slot::ToDigits)) {
            return Err(ConfigError::new("body", "must hold {to} or {to_digits}, unless url does"));
        }
        if !gateway.has(|slot| matches!(slot, Slot::Body)) {
            return Err(ConfigError::new("body", "must hold {body}, unless url does"));
        }
        let rule = config.success.as_ref().map(|success| ("success.pointer", &success.pointer));
        let id = config.id_pointer.as_ref().map(|pointer| ("id_pointer", pointer));
        for (key, pointer) in rule.into_iter().chain(id) {
            if !pointer.is_empty() && !pointer.starts_with('/') {
                return Err(ConfigError::new(key, "must be a JSON pointer, such as /messages/0/status"));
            }
        }
        Ok(gateway)
    }

    fn has(&self, wanted: impl Fn(&Slot) -> bool + Copy) -> bool {
        self.url.has(wanted)
            || match &self.body {
                Body::None => false,
                Body::Json(node) => node.has(wanted),
                Body::Form(fields) => fields.iter().any(|(_, value)| value.has(wanted)),
                Body::Raw { text, .. } => text.has(wanted),
            }
    }

    /// The request that sends a message.
    pub(super) fn request(&self, message: &OutgoingMessage) -> Result<Request, Fault> {
        let unusable = |reason| Fault::Rejected { reason };
        let url = Url::parse(&self.url.fill(message, encode::percent))
            .map_err(|_| unusable("the gateway's address cannot be filled in"))?;
        let mut request = Request::new(self.method.clone(), url);
        let (content_type, body) = self.body.fill(message);
        if let Some(content_type) = content_type {
            request.headers_mut().insert(CONTENT_TYPE, content_type);
        }
        *request.body_mut() = body.map(Into::into);
        for (name, value) in &self.headers {
            let mut value = HeaderValue::from_str(&value.fill(message, encode::plain))
                .map_err(|_| unusable("a header field of the gateway cannot be filled in"))?;
            value.set_sensitive(true);
            request.headers_mut().insert(name, value);
        }
        // The same in every repeat, so that a gateway that looks at it sends once.
        let key = HeaderValue::from_str(&message.id.to_string())
            .map_err(|_| unusable("the message's id is no header field"))?;
        request.headers_mut().insert("idempotency-key", key);
        Ok(request)
    }
}

fn url(text: &str, fixed: &Fixed<'_>) -> Result<Template, ConfigError> {
    let wrong = |rule| ConfigError::new("url", rule);
    let template = Template::parse(text, fixed).map_err(wrong)?;
    let head = template.head();
    // A message must not choose where it goes: scheme, host and port stand before the first placeholder.
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

fn headers(config: &HttpSmsConfig, fixed: &Fixed<'_>) -> Result<Vec<(HeaderName, Template)>, ConfigError> {
    let parse = |(name, value): (&String, &secrecy::SecretString)| {
        let wrong = |rule| ConfigError::new(format!("headers.{name}"), rule);
        let parsed = HeaderName::try_from(name).map_err(|_| wrong("must be named as a header field is"))?;
        if RESERVED.contains(&parsed.as_str()) {
            return Err(wrong("must not be set; it is set for each request"));
        }
        let template = Template::parse(value.expose_secret(), fixed).map_err(wrong)?;
        if template.has(|slot| matches!(slot, Slot::Body)) {
            return Err(wrong("must not hold {body}, which may have line breaks"));
        }
        if HeaderValue::from_str(&template.fixed_text()).is_err() {
            return Err(wrong("must hold only visible ASCII characters and spaces"));
        }
        Ok((parsed, template))
    };
    config.headers.iter().map(parse).collect()
}

impl Body {
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

    fn fill(&self, message: &OutgoingMessage) -> (Option<HeaderValue>, Option<String>) {
        let (content_type, text) = match self {
            Self::None => return (None, None),
            Self::Json(node) => {
                (HeaderValue::from_static("application/json"), node.fill(message).to_string())
            }
            Self::Form(fields) => {
                let pairs = fields.iter().map(|(name, value)| (name, value.fill(message, encode::plain)));
                let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
                (HeaderValue::from_static("application/x-www-form-urlencoded"), text)
            }
            Self::Raw { text, content_type, escape } => (content_type.clone(), text.fill(message, *escape)),
        };
        (Some(content_type), Some(text))
    }
}

impl Node {
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

    fn has(&self, wanted: impl Fn(&Slot) -> bool + Copy) -> bool {
        match self {
            Self::Text(template) => template.has(wanted),
            Self::List(items) => items.iter().any(|item| item.has(wanted)),
            Self::Map(fields) => fields.iter().any(|(_, value)| value.has(wanted)),
            Self::Plain(_) => false,
        }
    }

    fn fill(&self, message: &OutgoingMessage) -> Value {
        match self {
            // The text becomes a JSON string as a whole; the serializer escapes it.
            Self::Text(template) => Value::String(template.fill(message, encode::plain)),
            Self::List(items) => items.iter().map(|item| item.fill(message)).collect(),
            Self::Map(fields) => Value::Object(
                fields.iter().map(|(name, value)| (name.clone(), value.fill(message))).collect(),
            ),
            Self::Plain(value) => value.clone(),
        }
    }
}
