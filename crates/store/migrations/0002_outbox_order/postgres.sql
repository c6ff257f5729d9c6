-- Messages of the same instant are told apart by id: with it in the index, a list is read in order and not sorted.

DROP INDEX outbox_project;
DROP INDEX outbox_number;
CREATE INDEX outbox_project ON outbox (project, sent_at, id);
CREATE INDEX outbox_number ON outbox (project, number_hash, sent_at, id);
