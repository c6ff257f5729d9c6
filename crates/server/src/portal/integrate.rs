//! What to paste into a back end, with this project's own values.

use askama::Template;
use axum::{extract::State, response::Response};

use super::{
    desk::{Place, Section, Shell},
    fault::PageError,
    page,
    parts::Copyable,
    session::Permission,
};
use crate::state::App;

#[derive(Template)]
#[template(path = "portal/integrate.html")]
struct IntegratePage {
    shell: Shell,
    credentials: String,
    webhook: String,
    outbox: Option<String>,
    console: Option<String>,
    may_create: bool,
    origin: Copyable,
    client_id: Option<Copyable>,
    has_webhook: bool,
    tasks: [Task; 3],
}

/// One thing to do, in each language.
struct Task {
    id: &'static str,
    title: &'static str,
    text: &'static str,
    snippets: Vec<Snippet>,
}

struct Snippet {
    language: &'static str,
    code: String,
}

/// The page of an integration's first hour.
pub(super) async fn show(State(app): State<App>, place: Place) -> Result<Response, PageError> {
    let store = app.engine.store();
    let credentials = store.credentials(place.scope()).await?;
    let newest = credentials.iter().rev().find(|credential| credential.revoked_at.is_none());
    let client_id = newest.map(|credential| credential.id.to_string());
    let values = Values {
        origin: &app.origin,
        client_id: client_id.as_deref().unwrap_or("YOUR_CLIENT_ID"),
        sandbox: place.sandbox_only().is_ok(),
    };
    page(&IntegratePage {
        shell: place.shell(Section::Integrate),
        credentials: place.path("credentials"),
        webhook: place.path("webhook"),
        outbox: values.sandbox.then(|| place.path("outbox")),
        console: values.sandbox.then(|| place.path("integrate/console")),
        may_create: place.may(Permission::ManageCredentials),
        origin: Copyable::new(&app.origin, "origin"),
        client_id: client_id.as_deref().map(|id| Copyable::new(id, "client id")),
        has_webhook: store.webhook(place.scope()).await?.is_some(),
        tasks: values.tasks()?,
    })
}

/// What snippets are filled with. Never a secret: that one comes from the environment of the back end.
#[derive(Clone, Copy)]
struct Values<'a> {
    origin: &'a str,
    client_id: &'a str,
    sandbox: bool,
}

macro_rules! snippets {
    ($($name:ident = $path:literal;)*) => {$(
        #[derive(Template)]
        #[template(path = $path, escape = "none")]
        struct $name<'a>(Values<'a>);
    )*};
}

snippets! {
    StartCurl = "portal/snippets/start.sh";
    StartTypeScript = "portal/snippets/start.ts";
    StartPython = "portal/snippets/start.py";
    StartGo = "portal/snippets/start.go";
    StartRust = "portal/snippets/start.rs";
    Page = "portal/snippets/page.js";
}

#[derive(Template)]
#[template(path = "portal/snippets/hook.ts", escape = "none")]
struct HookTypeScript;

#[derive(Template)]
#[template(path = "portal/snippets/hook.py", escape = "none")]
struct HookPython;

#[derive(Template)]
#[template(path = "portal/snippets/hook.go", escape = "none")]
struct HookGo;

#[derive(Template)]
#[template(path = "portal/snippets/hook.rs", escape = "none")]
struct HookRust;

impl Values<'_> {
    /// Whom the examples verify: in sandbox one of its personas, who can be.
    const fn number(&self) -> &'static str {
        if self.sandbox { "+12001004014" } else { "+…" }
    }

    const fn first_name(&self) -> &'static str {
        if self.sandbox { "Lorant" } else { "…" }
    }

    const fn last_name(&self) -> &'static str {
        if self.sandbox { "Nerger" } else { "…" }
    }

    fn tasks(self) -> Result<[Task; 3], PageError> {
        Ok([
            Task {
                id: "start",
                title: "Your back end starts a verification and asks how it went",
                text: "The authToken goes to the person’s device; the correlationId stays with you. Never take the \
                       browser’s word for the outcome.",
                snippets: vec![
                    snippet("curl", &StartCurl(self))?,
                    snippet("TypeScript", &StartTypeScript(self))?,
                    snippet("Python", &StartPython(self))?,
                    snippet("Go", &StartGo(self))?,
                    snippet("Rust", &StartRust(self))?,
                ],
            },
            Task {
                id: "page",
                title: "Your page runs it on the person’s device",
                text: "The SDK sends the code or the link, or asks the phone’s own network; your functions are the \
                       screens.",
                snippets: vec![snippet("JavaScript", &Page(self))?],
            },
            Task {
                id: "hook",
                title: "Your back end hears when a number changes",
                text: "Verify the bytes as they came, answer 2xx within ten seconds, and take each webhook-id once.",
                snippets: vec![
                    snippet("TypeScript", &HookTypeScript)?,
                    snippet("Python", &HookPython)?,
                    snippet("Go", &HookGo)?,
                    snippet("Rust", &HookRust)?,
                ],
            },
        ])
    }
}

fn snippet(language: &'static str, template: &impl Template) -> Result<Snippet, PageError> {
    let code = template.render().map_err(|error| ringtrue_engine::Error::Bug(error.into()))?;
    Ok(Snippet { language, code: code.trim_end().to_owned() })
}
