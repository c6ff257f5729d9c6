//! What the developer types.

use tokio::sync::mpsc;

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    /// Send an event's delivery again; the last one without a number.
    Repeat(Option<u64>),
    /// Stop trying what is not taken.
    Skip,
    /// End.
    Quit,
    /// No command of ours.
    Unknown,
}

impl Command {
    fn parse(line: &str) -> Self {
        let mut words = line.split_whitespace();
        match (words.next(), words.next().map(str::parse), words.next()) {
            (Some("r"), None, None) => Self::Repeat(None),
            (Some("r"), Some(Ok(number)), None) => Self::Repeat(Some(number)),
            (Some("s"), None, None) => Self::Skip,
            (Some("q"), None, None) => Self::Quit,
            _ => Self::Unknown,
        }
    }
}

/// Reads lines of standard input as commands.
pub(super) struct Keys(mpsc::UnboundedReceiver<Command>);

impl Keys {
    /// Begins to read. On a plain thread: the runtime's end would wait for one of its own until a line comes.
    pub(super) fn listen() -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in std::io::stdin().lines().map_while(Result::ok) {
                if !line.trim().is_empty() && sender.send(Command::parse(&line)).is_err() {
                    return;
                }
            }
        });
        Self(receiver)
    }

    /// The next command; pending for ever once there will be none.
    pub(super) async fn next(&mut self) -> Command {
        match self.0.recv().await {
            Some(command) => command,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Command::{self, Quit, Repeat, Skip, Unknown};

    #[test]
    fn commands_are_letters_and_a_number() {
        for (line, command) in [
            ("r", Repeat(None)),
            (" r  3 ", Repeat(Some(3))),
            ("s", Skip),
            ("q", Quit),
            ("r x", Unknown),
            ("r -1", Unknown),
            ("r 1 2", Unknown),
            ("s 1", Unknown),
            ("help", Unknown),
        ] {
            assert_eq!(Command::parse(line), command, "{line}");
        }
    }
}
