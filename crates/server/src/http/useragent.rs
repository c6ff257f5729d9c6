//! A browser in words, for the landing page: "Chrome on macOS". A hint for people, never a decision.

/// Names browser and system of a `User-Agent`, from fixed words only, so that nobody can put text into the page.
pub(crate) fn in_words(user_agent: &str) -> Option<String> {
    let has = |needle: &str| user_agent.contains(needle);
    let browser = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]
    .into_iter()
    .find_map(|(mark, name)| has(mark).then_some(name))?;
    let system = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]
    .into_iter()
    .find_map(|(mark, name)| has(mark).then_some(name));
    Some(system.map_or_else(|| browser.to_owned(), |system| format!("{browser} on {system}")))
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_common_browsers() {
        let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) ";
        for (agent, words) in [
            (format!("{mac}Chrome/140.0 Safari/537.36"), Some("Chrome on macOS")),
            (format!("{mac}Version/18 Safari/605.1.15"), Some("Safari on macOS")),
            (
                "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0".to_owned(),
                Some("Firefox on Windows"),
            ),
            ("curl/8".to_owned(), None),
        ] {
            assert_eq!(super::in_words(&agent).as_deref(), words, "{agent}");
        }
    }
}
