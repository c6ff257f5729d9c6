//! Texts of messages: templates, and how many parts they take on the air.

mod segments;
mod template;

pub use segments::{Encoding, Segments, segments};
pub use template::{Slot, SmsTemplate};
