//! What all databases have in common about the schema's steps: numbered, embedded, checksummed.

/// A step in one database's dialect.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    pub(crate) version: i64,
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
}

/// Every step, in the dialect that the file of this name holds.
macro_rules! steps {
    ($file:literal) => {
        $crate::schema::steps!(
            $file,
            (1, "0001_first"),
            (2, "0002_outbox_order"),
            (3, "0003_nodes"),
            (4, "0004_monitoring"),
            (5, "0005_portal"),
            (6, "0006_search"),
            (7, "0007_refusals"),
            (8, "0008_logo"),
        )
    };
    ($file:literal, $(($version:literal, $name:literal)),* $(,)?) => {
        &[$($crate::schema::Step {
            version: $version,
            name: $name,
            sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $name, "/", $file)),
        }),*]
    };
}
pub(crate) use steps;

/// Why an applied schema is not ours to use.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// A newer program wrote it.
    Newer { found: i64, known: i64 },
    /// A step differs from the one that was applied.
    Altered { step: i64 },
}

/// The newest one of `steps`; 0 for none.
pub(crate) fn newest(steps: &[Step]) -> i64 {
    steps.last().map_or(0, |step| step.version)
}

/// The newest step applied, after comparing all applied ones (version and checksum, in order) with ours.
pub(crate) fn compare(applied: &[(i64, Vec<u8>)], steps: &[Step]) -> Result<i64, Unfit> {
    // Steps that we do not know are passed over here: the newest one makes the better message.
    for (version, sum) in applied {
        if steps.iter().any(|step| step.version == *version && checksum(step.sql) != *sum) {
            return Err(Unfit::Altered { step: *version });
        }
    }
    let (found, known) = (applied.last().map_or(0, |(version, _)| *version), newest(steps));
    if found > known { Err(Unfit::Newer { found, known }) } else { Ok(found) }
}

/// What tells whether a step is the one that was applied.
pub(crate) fn checksum(sql: &str) -> Vec<u8> {
    // Line ends may differ between checkouts.
    let sql = sql.replace("\r\n", "\n");
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, sql.as_bytes()).as_ref().to_vec()
}
