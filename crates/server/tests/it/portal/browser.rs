//! A browser without script: keeps cookies, follows forms.

use std::cell::RefCell;

use http::Method;
use ringtrue_domain::member::Role;

use crate::client::{Answer, World, form};

/// Somebody's browser at the portal.
pub(super) struct Browser<'a> {
    world: &'a World,
    cookies: RefCell<Vec<(String, String)>>,
}

impl<'a> Browser<'a> {
    /// Nobody.
    pub(super) fn new(world: &'a World) -> Self {
        Self { world, cookies: RefCell::default() }
    }

    /// Somebody of the team.
    pub(super) async fn signed_in(world: &'a World, role: Role) -> Self {
        let browser = Self::new(world);
        let cookie = world.sign_in(role).await;
        let (name, value) = cookie.split_once('=').unwrap();
        browser.cookies.borrow_mut().push((name.to_owned(), value.to_owned()));
        browser
    }

    /// Another browser with the same cookies.
    pub(super) fn copied(&self) -> Self {
        Self { world: self.world, cookies: self.cookies.clone() }
    }

    /// The `Cookie` that it sends.
    pub(super) fn cookie_line(&self) -> String {
        let pairs = self.cookies.borrow();
        pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&self, answer: &Answer) {
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            let mut cookies = self.cookies.borrow_mut();
            cookies.retain(|(known, _)| known != name);
            if !line.contains("Max-Age=0") {
                cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    /// Opens a page, wherever it leads.
    pub(super) async fn open(&self, path: &str) -> Answer {
        let mut path = path.to_owned();
        loop {
            let call = self.world.api.anonymous().call(Method::GET, &path);
            let answer = call.header("cookie", &self.cookie_line()).send().await;
            self.keep(&answer);
            match answer.status.as_u16() {
                303 => answer.location().clone_into(&mut path),
                _ => return answer,
            }
        }
    }

    /// Where a page leads to that shows nothing itself.
    pub(super) async fn leads_to(&self, path: &str) -> String {
        let call = self.world.api.anonymous().call(Method::GET, path);
        let answer = call.header("cookie", &self.cookie_line()).send().await;
        assert_eq!(answer.status, 303, "{path}");
        answer.location().to_owned()
    }

    /// Sends a form of somebody who is not signed in, and opens what it leads to.
    pub(super) async fn enter(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.send(path, fields, &[("sec-fetch-site", "same-origin")]).await;
        if answer.status == 303 { self.open(answer.location()).await } else { answer }
    }

    /// Sends a form with headers of its own, and does not follow.
    pub(super) async fn send(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let mut call = self.world.api.anonymous().call(Method::POST, path).form(form(fields));
        for (name, value) in headers {
            call = call.header(name, value);
        }
        let answer = call.header("cookie", &self.cookie_line()).send().await;
        self.keep(&answer);
        answer
    }

    /// Sends a form with a file as a browser does, with this token, and opens what it leads to.
    pub(super) async fn upload(&self, path: &str, token: &str, field: &str, file: &[u8]) -> Answer {
        let part = |head: &str, content: &[u8]| {
            let head = format!("--mark\r\nContent-Disposition: form-data; {head}\r\n\r\n");
            [head.as_bytes(), content, b"\r\n"].concat()
        };
        let file = part(&format!("name=\"{field}\"; filename=\"x.svg\"\r\nContent-Type: text/html"), file);
        let body = [part("name=\"csrf\"", token.as_bytes()), file, b"--mark--\r\n".to_vec()].concat();
        let call = self.world.api.anonymous().call(Method::POST, path).body(body);
        let call = call.header("content-type", "multipart/form-data; boundary=mark");
        let call = call.header("sec-fetch-site", "same-origin").header("cookie", &self.cookie_line());
        let answer = call.send().await;
        self.keep(&answer);
        if answer.status == 303 { self.open(answer.location()).await } else { answer }
    }

    /// The token that the forms of a page hold.
    pub(super) async fn token(&self) -> String {
        let page = self.open("/portal/looks").await.text();
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    /// Sends a form as a page of the portal would, and opens what it leads to.
    pub(super) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token().await;
        let fields: Vec<_> = fields.iter().copied().chain([("csrf", token.as_str())]).collect();
        let answer = self.send(path, &fields, &[("sec-fetch-site", "same-origin")]).await;
        if answer.status == 303 { self.open(answer.location()).await } else { answer }
    }
}

/// What stands in a page between two texts.
#[track_caller]
pub(super) fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("no {before} in {page}"));
    rest.split_once(after).unwrap().0
}
