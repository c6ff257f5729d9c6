//! What went wrong, for people: the same cause and status as in the APIs, as a page.

use axum::response::{IntoResponse, Redirect, Response};
use ringtrue_domain::FieldError;
use ringtrue_engine::{Error, ports::StoreError};

use super::entry;
use crate::http::{ApiError, Code};

/// An error on its way to a page.
#[derive(Debug)]
pub(crate) enum PageError {
    /// What went wrong.
    Trouble(ApiError),
    /// Nobody is signed in. Whoever opened a page is asked to sign in and comes back to this address.
    SignIn(Option<String>),
}

/// What the page of an error says. It travels with the response until the surroundings draw it, which know the
/// visitor's looks.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    pub(super) title: &'static str,
    pub(super) text: String,
    pub(super) next: &'static str,
}

impl PageError {
    /// Nothing is there.
    pub(crate) fn not_found(what: &str) -> Self {
        ApiError::new(Code::NotFound, format!("there is no such {what}")).into()
    }
}

impl From<ApiError> for PageError {
    fn from(error: ApiError) -> Self {
        Self::Trouble(error)
    }
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        Self::Trouble(error.into())
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        Error::from(error).into()
    }
}

impl From<FieldError> for PageError {
    fn from(error: FieldError) -> Self {
        Self::Trouble(error.into())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let error = match self {
            Self::Trouble(error) => error,
            Self::SignIn(Some(back)) => return Redirect::to(&entry::sign_in_address(&back)).into_response(),
            Self::SignIn(None) => ApiError::new(Code::Unauthorized, "you are not signed in"),
        };
        let code = error.code();
        let trouble = Trouble { title: title(code), text: sentence(&error.body().message), next: next(code) };
        let mut response = error.into_response();
        response.extensions_mut().insert(trouble);
        response
    }
}

const fn title(code: Code) -> &'static str {
    match code {
        Code::Unauthorized | Code::BadSignature => "Sign in first",
        Code::Forbidden => "Not permitted",
        Code::NotFound | Code::UnknownFlow | Code::UnknownIdentity | Code::NoPersona => "Not found",
        Code::Invalid | Code::TooLarge | Code::WrongType | Code::WrongMethod => "This does not work",
        Code::Stale => "Changed in between",
        Code::TooMany => "Too much at once",
        Code::Unavailable => "Not available at the moment",
        Code::Bug => "Our mistake",
    }
}

const fn next(code: Code) -> &'static str {
    match code {
        Code::Unauthorized | Code::BadSignature => "Your session is over, or there was none in this browser.",
        Code::Forbidden => "Somebody of your team who is an owner can change what you may do.",
        Code::NotFound | Code::UnknownFlow | Code::UnknownIdentity | Code::NoPersona => {
            "It may have been removed, or the address is not complete."
        }
        Code::Invalid | Code::TooLarge | Code::WrongType | Code::WrongMethod => {
            "Nothing was changed. Go back and correct it."
        }
        Code::Stale => "Nothing was changed. Go back, reload, and repeat what you wanted.",
        Code::TooMany | Code::Unavailable => "Nothing was changed. Try again in a moment.",
        Code::Bug => "The answer’s x-request-id header finds the cause in the log.",
    }
}

/// A text of an error as a sentence for people: `boundHost: must be x` becomes `Bound host must be x.`
pub(super) fn sentence(text: &str) -> String {
    let text = match text.split_once(": ") {
        Some((field, rule)) if !field.contains(' ') => format!("{} {rule}", words(field)),
        _ => text.to_owned(),
    };
    let mut rest = text.chars();
    let mut sentence: String =
        rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

/// `resendPauseSeconds` becomes `resend pause seconds`.
fn words(field: &str) -> String {
    let mut words = String::new();
    for letter in field.chars() {
        if letter.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// A mistake in a form, beside which the form is shown again.
#[derive(Debug)]
pub(crate) struct Problem {
    field: &'static str,
    /// One sentence.
    pub(super) text: String,
}

impl Problem {
    /// A mistake in a field, in one sentence.
    pub(super) const fn new(field: &'static str, text: String) -> Self {
        Self { field, text }
    }

    /// The same, about a field that has another name on this page.
    pub(super) fn in_field(self, field: &'static str) -> Self {
        Self { field, ..self }
    }

    /// Whether it is about this field.
    pub(super) fn is_of(&self, field: &str) -> bool {
        self.field == field
    }
}

/// Takes a field's mistake aside to be shown beside the form; anything else ends the request.
pub(super) fn mistake<T>(done: Result<T, Error>) -> Result<Result<T, Problem>, PageError> {
    match done {
        Ok(value) => Ok(Ok(value)),
        Err(Error::Field(error)) => {
            Ok(Err(Problem { field: error.field, text: sentence(&error.to_string()) }))
        }
        Err(Error::NoPersona) => {
            let text = "No sandbox persona has this number.".to_owned();
            Ok(Err(Problem { field: "phoneNumber", text }))
        }
        Err(other) => Err(other.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn errors_are_told_in_sentences() {
        assert_eq!(sentence("boundHost: must be a host"), "Bound host must be a host.");
        assert_eq!(sentence("no such path"), "No such path.");
        assert_eq!(sentence("your role: no"), "Your role: no.");
    }
}
