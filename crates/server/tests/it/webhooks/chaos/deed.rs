//! What a receiver may do with a post.

/// What is done with a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// Takes it and says so.
    Accept,
    /// Takes it, and says so when nobody waits for that any more.
    Late,
    /// Takes it, and closes in the middle of saying so.
    CutOff,
    /// Answers 500.
    Fail,
    /// Answers 503 and when to come back.
    Busy,
    /// Answers 302 to another path, which must not be called.
    Redirect,
    /// Answers 410.
    Gone,
    /// Answers something that is no HTTP.
    Garbage,
    /// Closes without an answer.
    Close,
    /// Closes when it has seen the head.
    CloseEarly,
    /// Never answers.
    Hang,
}

use Deed::{Accept, Busy, Close, CloseEarly, CutOff, Fail, Garbage, Gone, Hang, Late, Redirect};

/// A bad day: half of the posts are taken, and what is not comes in ones, twos and fours.
const BAD_DAY: [Deed; 29] = [
    Accept, Fail, Accept, Accept, Late, Accept, Redirect, Garbage, Accept, CutOff, Accept, Accept, Close,
    Fail, Hang, CloseEarly, Accept, Accept, Busy, Accept, CutOff, Accept, Accept, Garbage, Fail, Accept,
    Redirect, Accept, Close,
];

impl Deed {
    pub(super) const fn on_a_bad_day(post: usize) -> Self {
        BAD_DAY[post % BAD_DAY.len()]
    }

    /// Whether the receiver has the events after it, whatever the sender knows.
    pub(super) const fn takes(self) -> bool {
        match self {
            Accept | Late | CutOff => true,
            Fail | Busy | Redirect | Gone | Garbage | Close | CloseEarly | Hang => false,
        }
    }

    /// What is written; nothing when the connection is only closed or kept.
    pub(super) const fn answer(self) -> &'static [u8] {
        match self {
            Accept | Late => b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
            CutOff => b"HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\nsome of it",
            Fail => b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 4\r\n\r\noops",
            Busy => b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n",
            Redirect => b"HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n",
            Gone => b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n",
            Garbage => b"SSH-2.0-OpenSSH_9.6\r\n",
            Close | CloseEarly | Hang => b"",
        }
    }

    /// Whether the connection ends with it.
    pub(super) const fn closes(self) -> bool {
        match self {
            Accept | Fail | Busy | Redirect | Gone => false,
            Late | CutOff | Garbage | Close | CloseEarly | Hang => true,
        }
    }
}
