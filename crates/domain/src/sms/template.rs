//! The text around a code or a link.

use serde::{Deserialize, Serialize};

use crate::FieldError;

/// What a template's run of `#` stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// A one-time code; the run's length is its number of digits.
    Code,
    /// An instant link; the run is always `####`.
    Link,
}

/// A message text with one place for the code or the link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmsTemplate {
    text: String,
    /// Set when the template is ours or the project's: the host that a code is bound to (WICG origin-bound one-time codes).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bound_host: Option<String>,
    ours: bool,
}

const FIELD: &str = "smsMessage";

impl SmsTemplate {
    /// Parses a customer's template: at most 160 characters as given, exactly one run of `#`.
    pub fn parse(text: &str, slot: Slot) -> Result<Self, FieldError> {
        if text.chars().count() > 160 {
            return Err(FieldError::new(FIELD, "must be at most 160 characters"));
        }
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\r') {
            return Err(FieldError::new(FIELD, "must not hold control characters"));
        }
        let runs: Vec<usize> = text.split(|c| c != '#').map(str::len).filter(|len| *len > 0).collect();
        match (slot, runs.as_slice()) {
            (Slot::Code, [4..=6]) | (Slot::Link, [4]) => {
                Ok(Self { text: text.to_owned(), bound_host: None, ours: false })
            }
            (Slot::Code, _) => {
                Err(FieldError::new(FIELD, "must hold exactly one run of 4, 5 or 6 # for the code"))
            }
            (Slot::Link, _) => Err(FieldError::new(FIELD, "must hold exactly one run of 4 # for the link")),
        }
    }

    /// Our own text for a project. `bound_host` is the host of the page that the code is typed into.
    pub fn ours(slot: Slot, project_name: &str, bound_host: Option<&str>) -> Self {
        // A project's name is free text; a `#` in it must not become the slot.
        let name: String = project_name.chars().filter(|c| *c != '#' && !c.is_control()).take(40).collect();
        let text = match slot {
            Slot::Code => format!("###### is your {name} code. Don't share it with anyone."),
            Slot::Link => {
                format!("{name}: to confirm it's you, open #### If you didn't ask for this, ignore it.")
            }
        };
        let bound_host = bound_host.filter(|_| slot == Slot::Code).map(str::to_owned);
        Self { text, bound_host, ours: true }
    }

    /// The same, bound to the host of the page that the code is typed into, if it is for a code.
    pub(super) fn bound_to(self, slot: Slot, bound_host: Option<&str>) -> Self {
        Self { bound_host: bound_host.filter(|_| slot == Slot::Code).map(str::to_owned), ..self }
    }

    /// Digits of the code: the length of the run of `#`.
    pub fn digits(&self) -> u8 {
        let run = self.text.bytes().skip_while(|b| *b != b'#').take_while(|b| *b == b'#').count();
        u8::try_from(run).unwrap_or(6)
    }

    /// Whether the text is ours, so that nobody chose its length of code.
    pub const fn is_ours(&self) -> bool {
        self.ours
    }

    /// The message with the code or link in its place.
    pub fn fill(&self, secret: &str) -> String {
        let run = "#".repeat(usize::from(self.digits()));
        let body = self.text.replacen(&run, secret, 1);
        match &self.bound_host {
            // No newline after it: the last line is what browsers parse.
            Some(host) => format!("{body}\n\n@{host} #{secret}"),
            None => body,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_run_of_the_right_length() {
        for good in ["####", "Code ##### here", "a######b"] {
            assert!(SmsTemplate::parse(good, Slot::Code).is_ok(), "{good}");
        }
        for bad in ["", "no slot", "###", "#######", "#### and ####", "#### #"] {
            assert!(SmsTemplate::parse(bad, Slot::Code).is_err(), "{bad}");
        }
        assert!(SmsTemplate::parse("open ####", Slot::Link).is_ok());
        assert!(SmsTemplate::parse("open #####", Slot::Link).is_err());
        assert!(SmsTemplate::parse(&format!("####{}", "ü".repeat(156)), Slot::Code).is_ok());
        assert!(SmsTemplate::parse(&format!("####{}", "ü".repeat(157)), Slot::Code).is_err());
        assert!(SmsTemplate::parse("####\u{7}", Slot::Code).is_err());
    }

    #[test]
    fn fills_the_slot_and_binds_the_code() {
        let template = SmsTemplate::parse("Use ##### now", Slot::Code).unwrap();
        assert_eq!((template.digits(), template.fill("01234").as_str()), (5, "Use 01234 now"));
        let ours = SmsTemplate::ours(Slot::Code, "Shop #1", Some("shop.example"));
        assert_eq!(
            ours.fill("123456"),
            "123456 is your Shop 1 code. Don't share it with anyone.\n\n@shop.example #123456"
        );
        let link = SmsTemplate::ours(Slot::Link, "Shop", Some("shop.example")).fill("https://v.example/l/x");
        assert_eq!(
            link,
            "Shop: to confirm it's you, open https://v.example/l/x If you didn't ask for this, ignore it."
        );
    }
}
