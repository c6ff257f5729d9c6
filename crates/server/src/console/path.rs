//! How the path of a call is shown: as its route, so that no token, name or number in it is.

use std::{collections::HashSet, sync::LazyLock};

use axum::extract::{MatchedPath, Request};

use crate::router;

/// Segments of a path that leads nowhere, at most.
const MAX_SEGMENTS: usize = 8;

/// The words that paths of the APIs consist of.
static WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let paths = router::api_paths();
    paths.iter().flat_map(|path| path.split('/')).map(ToOwned::to_owned).collect()
});

/// The route's pattern. Of a path that leads nowhere, only the words that are ours.
pub(super) fn shown(request: &Request) -> String {
    match request.extensions().get::<MatchedPath>() {
        Some(route) => route.as_str().to_owned(),
        None => known_words(request.uri().path()),
    }
}

fn known_words(path: &str) -> String {
    let mut shown = String::new();
    for (number, segment) in path.split('/').skip(1).enumerate() {
        shown.push('/');
        if number == MAX_SEGMENTS {
            shown.push('…');
            break;
        }
        shown.push_str(if WORDS.contains(segment) { segment } else { "…" });
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::known_words;

    #[test]
    fn only_our_own_words_are_repeated() {
        for (path, shown) in [
            ("/v3/verify/", "/v3/verify/"),
            ("/v3/verfy", "/v3/…"),
            ("/v3/identity/+12001004014", "/v3/identity/…"),
            ("/v1/client/Lorant/otp", "/v1/client/…/otp"),
            ("/a/b/c/d/e/f/g/h/i/j", "/…/…/…/…/…/…/…/…/…"),
        ] {
            assert_eq!(known_words(path), shown);
        }
    }
}
