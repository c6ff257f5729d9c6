//! The tables of a store, for whatever handles them all alike.

/// A table whose rows belong to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, those of the primary key first.
    pub columns: &'static [&'static str],
    /// How many of the columns are the primary key.
    pub key: usize,
}

const fn table(name: &'static str, key: usize, columns: &'static [&'static str]) -> Table {
    Table { name, columns, key }
}

/// All tables that hold the store's data, in both databases. A test compares the list with their catalogs.
pub const TABLES: &[Table] = &[
    table("data_keys", 1, &["owner", "wrapped"]),
    table("projects", 1, &["id", "created_at", "body"]),
    table("clocks", 1, &["project", "ahead_micros"]),
    table("credentials", 1, &["id", "project", "sandbox", "secret", "created_at", "revoked_at"]),
    table("tokens", 1, &["digest", "credential", "expires_at"]),
    table("flows", 1, &["id", "project", "sandbox", "version", "purge_after", "body"]),
    table("links", 1, &["digest", "flow"]),
    table("audit", 2, &["flow", "seq", "project", "at", "events"]),
    table(
        "identities",
        1,
        &[
            "id",
            "project",
            "sandbox",
            "number_hash",
            "customer_hash",
            "created_at",
            "verified_at",
            "body",
            "version",
            "active",
            "watch_hash",
            "mark",
        ],
    ),
    table("jobs", 1, &["id", "project", "sandbox", "due_at", "attempts", "lease_id", "lease_until", "body"]),
    table("idempotency", 3, &["project", "sandbox", "key", "request", "flow", "answer", "expires_at"]),
    table("outbox", 1, &["id", "project", "number_hash", "sent_at", "body"]),
    table("subscribers", 1, &["number_hash", "body"]),
    table("handsets", 2, &["project", "number_hash", "network"]),
    table(
        "lanes",
        2,
        &[
            "project",
            "sandbox",
            "last",
            "packed",
            "open",
            "due_at",
            "lease_id",
            "lease_until",
            "failing_since",
            "failures",
            "warnings",
            "succeeded_at",
        ],
    ),
    table("events", 3, &["project", "sandbox", "cursor", "id", "identity", "at", "muted", "body"]),
    table("webhooks", 2, &["project", "sandbox", "version", "body"]),
    table(
        "deliveries",
        3,
        &[
            "project",
            "sandbox",
            "id",
            "kind",
            "first",
            "last",
            "state",
            "created_at",
            "due_at",
            "give_up_at",
            "attempts",
            "replayed_at_attempt",
        ],
    ),
    table("attempts", 2, &["delivery", "number", "project", "at", "duration_ms", "body"]),
    table("feed_files", 1, &["digest", "source", "begun_at", "done_at", "taken", "rejected", "events"]),
    table("poll_hands", 1, &["source", "version", "place", "at", "free_at"]),
    table("team", 1, &["id", "version"]),
    table("members", 1, &["id", "email_hash", "body"]),
    table(
        "sessions",
        1,
        &["token", "id", "member", "created_at", "used_at", "expires_at", "ends_at", "agent"],
    ),
    table("invitations", 1, &["id", "token", "open", "expires_at", "body"]),
    table("sign_in_links", 1, &["token", "member", "expires_at"]),
    table("recovery_codes", 2, &["member", "code"]),
    table("sign_in_tries", 1, &["name_hash", "tries", "resets_at"]),
    table("passkeys", 1, &["id", "member", "body"]),
    table("admin_audit", 1, &["id", "body"]),
    table("ceremonies", 1, &["token", "expires_at", "body"]),
    table("polls", 2, &["source", "number", "looked_at", "failures", "due_at", "lease_id"]),
];

/// Tables about one installation, which stay where they are: its nodes, its schema, a move into it.
pub const LOCAL_TABLES: &[&str] = &["nodes", "schema_steps", "store_move"];
