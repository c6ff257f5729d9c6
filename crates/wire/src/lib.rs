//! The JSON of every API, spelled as the contract spells it: string booleans, both id names and all. The domain never
//! meets these quirks; the server converts once.
//!
//! Request fields are all optional here, because an absent or `null` field must be answered with its name and rule,
//! not with a parser's words.

pub mod admin;
pub mod device;
pub mod error;
pub mod event;
pub mod feed;
pub mod handset;
pub mod identity;
pub mod sandbox;
pub mod token;
pub mod verify;
