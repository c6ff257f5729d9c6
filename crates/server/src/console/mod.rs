//! The live console of the portal: calls of a project's sandbox as they arrive, with what was wrong and how to mend it.
//!
//! Lines go to consoles that are open, on any node, and nowhere else. A line holds what the caller was told, never what
//! they sent: no token, code, link, name or number.

mod answer;
mod line;
mod mend;
mod path;
mod watched;
mod whose;

pub(crate) use line::Line;
pub(crate) use mend::mend;
pub(crate) use watched::Watched;
pub(crate) use whose::Noted;
