//! The logo of the page of a link, from the form to the phone.

use http::Method;
use ringtrue_domain::member::Role;

use super::{
    browser::{Browser, between},
    sandbox_of,
};
use crate::client::{Answer, LORANT, World};

/// The beginning of a PNG, which is all that is looked at, and something to tell two apart.
fn png(width: u32, height: u32, more: &[u8]) -> Vec<u8> {
    let mut image = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    image.extend(width.to_be_bytes());
    image.extend(height.to_be_bytes());
    image.extend(more);
    image
}

async fn open(world: &World, path: &str) -> Answer {
    world.api.anonymous().call(Method::GET, path).send().await
}

#[tokio::test]
async fn a_logo_is_shown_on_the_page_of_a_link_until_it_is_removed() {
    let world = World::start().await;
    let path = format!("{}/texts", sandbox_of(&world).await);
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let token = owner.token().await;
    let upload = async |file: &[u8]| owner.upload(&format!("{path}/logo"), &token, "logo", file).await;
    let (first, second) = (png(120, 40, b"first\r\n--"), png(120, 40, b"second"));
    let page = upload(&first).await.text();
    assert!(page.contains("The logo was saved.") && page.contains("Replace logo"), "{page}");
    let address = between(&page, "class=\"logo\" src=\"", "\"").to_owned();

    let session = world.begin(LORANT, "desktop").await;
    session.device().send_link().await;
    let link = world.link(LORANT).await;
    let landing = world.open(&link, "").await;
    let shown = format!("<img class=\"logo\" src=\"{address}\" alt=\"Weir Street Tool Library\">");
    assert!(landing.text().contains(&shown), "{}", landing.text());
    assert!(landing.header("content-security-policy").contains("img-src 'self'"));
    let image = open(&world, &address).await;
    assert_eq!(
        (image.status.as_u16(), image.header("content-type"), &image.body[..]),
        (200, "image/png", &first[..])
    );
    assert_eq!(image.header("x-content-type-options"), "nosniff");
    assert!(image.header("cache-control").contains("immutable"));

    // Another one has another address; the old one is no longer there.
    let page = upload(&second).await.text();
    let other = between(&page, "class=\"logo\" src=\"", "\"").to_owned();
    assert_ne!(address, other);
    assert_eq!(
        (open(&world, &address).await.status.as_u16(), open(&world, &other).await.status.as_u16()),
        (404, 200)
    );
    let page = owner.submit(&format!("{path}/logo/remove"), &[]).await.text();
    assert!(page.contains("The logo was removed.") && !page.contains("class=\"logo\""), "{page}");
    assert_eq!(open(&world, &other).await.status, 404);
    assert!(!world.open(&link, "").await.text().contains("<img"));
    let audit = owner.open("/portal/audit").await.text();
    assert_eq!(audit.matches("Changed logo").count(), 3, "{audit}");
}

#[tokio::test]
async fn what_is_no_logo_is_refused_and_so_is_a_form_of_others() {
    let world = World::start().await;
    let path = format!("{}/texts", sandbox_of(&world).await);
    let form = format!("{path}/logo");
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let token = owner.token().await;
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let mut long = png(1, 1, b"");
    long.resize(64 * 1024 + 1, 0);
    for (file, rule) in [
        (svg.as_slice(), "Logo must be a PNG, JPEG or WebP image."),
        (&png(1025, 1, b""), "Logo must be 1 to 1024 pixels wide and high."),
        (&long, "Logo must be at most 64 kB."),
        (b"", "Logo must be chosen first."),
    ] {
        let page = owner.upload(&form, &token, "logo", file).await;
        assert_eq!(page.status, 422, "{rule}");
        assert!(page.text().contains(rule), "{rule}: {}", page.text());
        assert!(page.text().contains("logo-hint problem") && !page.text().contains("targets-hint problem"));
    }
    let good = png(1, 1, b"");
    for token in ["", "x", &Browser::signed_in(&world, Role::Owner).await.token().await] {
        assert_eq!(owner.upload(&form, token, "logo", &good).await.status, 403);
    }
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    assert_eq!(reader.upload(&form, &reader.token().await, "logo", &good).await.status, 403);
    assert!(!owner.open(&path).await.text().contains("class=\"logo\""));
    for odd in ["/logo/x/y", "/logo/01a3185c-5000-792f-9eeb-f20243c5a340/00", "/logo/x"] {
        assert_eq!(open(&world, odd).await.status, 404, "{odd}");
    }
}
