//! What a browser does with the portal, as far as its times go: a session, addresses, forms.

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    client::conn::http1::{SendRequest, handshake},
    header,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::PATIENCE;

/// Somebody who is signed in.
pub(super) struct Browser {
    connection: SendRequest<Full<Bytes>>,
    host: String,
    cookie: String,
}

/// A page as it came.
pub(super) struct Page {
    pub(super) html: String,
}

impl Browser {
    /// Follows a one-time link and presses its button.
    pub(super) async fn sign_in(host: &str, link: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(host).await.with_context(|| format!("cannot connect to {host}"))?;
        stream.set_nodelay(true)?;
        let (connection, driver) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(driver);
        let mut browser = Self { connection, host: host.to_owned(), cookie: String::new() };
        let path = link.split_once(host).context("the link is not the server's")?.1.to_owned();
        let answer = browser.send(Method::POST, &path, "").await?;
        ensure!(answer.status() == StatusCode::SEE_OTHER, "the link answers {}", answer.status());
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str()?.split(';').next().unwrap_or_default();
            if pair.contains("ringtrue_session=") {
                pair.clone_into(&mut browser.cookie);
            }
        }
        answer.into_body().collect().await?;
        ensure!(!browser.cookie.is_empty(), "nobody was signed in");
        Ok(browser)
    }

    /// Opens an address, which must answer with a page.
    pub(super) async fn get(&mut self, path: &str) -> anyhow::Result<Page> {
        self.page(Method::GET, path, "").await
    }

    /// Sends a form that answers with a page.
    pub(super) async fn post(&mut self, path: &str, form: &str) -> anyhow::Result<Page> {
        self.page(Method::POST, path, form).await
    }

    async fn page(&mut self, method: Method, path: &str, form: &str) -> anyhow::Result<Page> {
        let answer = self.send(method, path, form).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        ensure!(status == StatusCode::OK, "{path} answers {status}");
        Ok(Page { html: String::from_utf8(body.into())? })
    }

    async fn send(&mut self, method: Method, path: &str, form: &str) -> anyhow::Result<Response<Incoming>> {
        let path = path.split('#').next().unwrap_or(path);
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::ORIGIN, format!("http://{}", self.host))
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_ENCODING, "gzip, br, zstd")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::copy_from_slice(form.as_bytes())))?;
        self.connection.ready().await?;
        let answer = tokio::time::timeout(PATIENCE, self.connection.send_request(request));
        let answer = answer.await.with_context(|| format!("{path} does not answer"))??;
        if answer.headers().contains_key(header::CONTENT_ENCODING) {
            bail!("{path} is compressed, which this client does not read");
        }
        Ok(answer)
    }
}

impl Page {
    /// Where links within the portal lead, downloads left out.
    pub(super) fn links(&self) -> Vec<String> {
        let links =
            self.html.split("<a ").skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag));
        let pages = links.filter(|tag| !tag.contains(" download")).filter_map(attribute_href);
        pages.filter(|href| !href.split('?').next().is_some_and(is_file)).collect()
    }

    /// Where the link with this text leads.
    pub(super) fn link_named(&self, name: &str) -> Option<String> {
        let tag = self.html.split("<a ").skip(1).find_map(|rest| {
            let (tag, after) = rest.split_once('>')?;
            (after.split_once("</a>")?.0 == name).then_some(tag)
        })?;
        attribute_href(tag)
    }

    /// What forms of this page prove that they are ours with.
    pub(super) fn csrf(&self) -> Option<&str> {
        Some(self.html.split_once("name=\"csrf\" value=\"")?.1.split_once('"')?.0)
    }
}

/// Lists as files have no `download`: where there are too many lines, a page offers parts.
fn is_file(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, kind)| kind == "csv")
}

fn attribute_href(tag: &str) -> Option<String> {
    let href = tag.split_once("href=\"")?.1.split_once('"')?.0;
    let href = href.replace("&#38;", "&").replace("&amp;", "&");
    href.starts_with("/portal/").then(|| href.split('#').next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn links_lead_within_the_portal() {
        let html = r#"<a href="/portal/x?a=1&#38;b=2">X</a><a href="/openapi.json">API</a>
            <a class="y" href="/portal/y#z">Y</a><a href="/portal/z" download>File</a><a href="/portal/z.csv?a=1">CSV</a>"#;
        let page = Page { html: html.to_owned() };
        assert_eq!(page.links(), ["/portal/x?a=1&b=2", "/portal/y"]);
        assert_eq!(page.link_named("Y").as_deref(), Some("/portal/y"));
        assert_eq!(page.link_named("Z"), None);
    }
}
