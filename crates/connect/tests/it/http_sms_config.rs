//! What a gateway's description may be; the error names the key and the rule, never the value.

use crate::http_sms::{config, parse};

fn verdict(text: &str) -> String {
    parse(text).validate().map_or_else(|error| error.to_string(), |()| "good".to_owned())
}

fn url(url: &str) -> String {
    verdict(&format!("url = '{url}'\nbody.form = {{ a = '{{to}}', b = '{{body}}' }}"))
}

fn header(line: &str) -> String {
    verdict(&format!("url = 'https://gw.example/?a={{to}}&b={{body}}'\n{line}"))
}

#[test]
fn a_whole_description_is_good() {
    config("https://gw.example").validate().unwrap();
}

#[test]
fn the_documented_example_is_good() {
    let source = include_str!("../../src/sms/http/config.rs");
    let (_, rest) = source.split_once("/// ```toml\n").unwrap();
    let (example, _) = rest.split_once("/// ```\n").unwrap();
    assert_eq!(verdict(&example.replace("/// ", "")), "good");
}

#[test]
fn addresses() {
    for good in
        ["https://gw.example", "http://10.0.0.7:13013/x", "https://gw.example?k={id}", "https://[::1]/{to}"]
    {
        assert_eq!(url(good), "good", "{good}");
    }
    for (bad, rule) in [
        ("gw.example/send", "must be an absolute http or https address"),
        ("ftp://gw.example/", "must be an absolute http or https address"),
        ("https://{to}.example/", "must be an absolute http or https address"),
        ("https://gw.{to}/", "must hold placeholders only in its path and query"),
        ("https://gw.example:80{to_digits}/", "must hold placeholders only in its path and query"),
        ("https://u:p@gw.example/", "must not hold a user or password; set headers.Authorization"),
        ("https://gw.example/#x", "must not hold a fragment"),
        ("https://gw.example/{", "must write a single brace as {{ or }}"),
        ("https://gw.example/}", "must write a single brace as {{ or }}"),
        ("https://gw.example/{sender}", "must not hold {sender} while the key sender is absent"),
        ("https://gw.example/{secret.x}", "must not hold a {secret.…} that secrets does not define"),
        (
            "https://gw.example/{code}",
            "must hold only {to}, {to_digits}, {body}, {id}, {sender} and {secret.…}",
        ),
    ] {
        assert_eq!(url(bad), format!("url: {rule}"), "{bad}");
    }
}

#[test]
fn headers() {
    assert_eq!(header("headers.X-To = '{to}'"), "good");
    for (bad, expected) in [
        (r#"headers.X-A = "a\r\nX-B: b""#, "headers.X-A: must hold only visible ASCII characters and spaces"),
        (
            "secrets.s = \"a\\nb\"\nheaders.X-A = '{secret.s}'",
            "headers.X-A: must hold only visible ASCII characters and spaces",
        ),
        ("headers.X-A = '{body}'", "headers.X-A: must not hold {body}, which may have line breaks"),
        ("headers.\"X A\" = 'a'", "headers.X A: must be named as a header field is"),
        ("headers.Host = 'a'", "headers.Host: must not be set; it is set for each request"),
        (
            "headers.idempotency-key = 'a'",
            "headers.idempotency-key: must not be set; it is set for each request",
        ),
    ] {
        assert_eq!(header(bad), expected, "{bad}");
    }
}

#[test]
fn bodies_and_pointers() {
    for (text, expected) in [
        ("body.form = { a = '{to}' }", "body: must hold {body}, unless url does"),
        ("body.json = { a = ['{body}'] }", "body: must hold {to} or {to_digits}, unless url does"),
        ("method = 'GET'\nbody.form = { a = '{to}{body}' }", "body: must be absent when method is GET"),
        ("body.form = { a = '{to', b = '{body}' }", "body.form.a: must write a single brace as {{ or }}"),
        (
            "body.json = { a = '{to}', b = [{ c = '{text}' }] }",
            "body.json: must hold only {to}, {to_digits}, {body}, {id}, {sender} and {secret.…}",
        ),
        (
            "body.raw = { text = '{to}{body}', content_type = \"a\\nb\", escape = 'none' }",
            "body.raw.content_type: must be a media type",
        ),
        (
            "body.json = ['{to}', '{body}']\nid_pointer = 'id'",
            "id_pointer: must be a JSON pointer, such as /messages/0/status",
        ),
        (
            "body.json = ['{to}', '{body}']\nsuccess = { pointer = 'a.b', equals = '0' }",
            "success.pointer: must be a JSON pointer, such as /messages/0/status",
        ),
    ] {
        assert_eq!(verdict(&format!("url = 'https://gw.example'\n{text}")), expected, "{text}");
    }
}

#[test]
fn unknown_keys_are_errors() {
    for text in [
        "url = 'x'\nretries = 3",
        "url = 'x'\nbody.yaml = 'x'",
        "url = 'x'\nsuccess = { pointer = '', equals = '', not = 1 }",
        "url = 'x'\nmethod = 'PATCH'",
    ] {
        assert!(toml::from_str::<ringtrue_connect::HttpSmsConfig>(text).is_err(), "{text}");
    }
}
