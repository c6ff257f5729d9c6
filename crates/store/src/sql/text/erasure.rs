//! Statements that erase what is known of a person.

/// What there is of a flow besides its row; the row itself last.
pub(crate) const VERIFICATION: [&str; 4] = [
    super::listings::REMOVE,
    "DELETE FROM audit WHERE flow = $3 \
     AND EXISTS (SELECT 1 FROM flows WHERE id = $3 AND project = $1 AND sandbox = $2)",
    "DELETE FROM links WHERE flow = $3 \
     AND EXISTS (SELECT 1 FROM flows WHERE id = $3 AND project = $1 AND sandbox = $2)",
    "DELETE FROM flows WHERE id = $3 AND project = $1 AND sandbox = $2",
];

pub(crate) const FORMER_NUMBER: &str = "DELETE FROM former_numbers WHERE number_hash = $1 AND sandbox = $2";

pub(crate) const MESSAGES: &str = "DELETE FROM outbox WHERE project = $1 AND number_hash = $2";

/// Every statement, for checks over all of them.
#[cfg(test)]
pub(super) const ALL: &[&str] =
    &[VERIFICATION[0], VERIFICATION[1], VERIFICATION[2], VERIFICATION[3], FORMER_NUMBER, MESSAGES];
