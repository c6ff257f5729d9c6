//! Texts of messages: templates, and how many parts they take on the air.

mod segments;
mod template;
mod wording;

pub use segments::{Encoding, Segments, segments};
pub use template::{Slot, SmsTemplate};
pub use wording::{LandingWords, MAX_WORDINGS, Wording, check_wordings};
