//! Texts of messages: templates, and how many parts they take on the air.

mod landing;
mod segments;
mod template;
mod wording;

pub use landing::{LandingWords, Phrase};
pub use segments::{Encoding, Segments, segments};
pub use template::{Slot, SmsTemplate};
pub use wording::{MAX_WORDINGS, Wording, check_wordings};
