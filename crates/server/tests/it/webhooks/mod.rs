//! Events on their way to a webhook, whatever becomes of the sender and the receiver.

mod chaos;
