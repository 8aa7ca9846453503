-- Products that were purged whole: why they are not in the other tables.

CREATE TABLE erasures (
    aggregate_id  text    COLLATE "C" PRIMARY KEY,
    last_sequence bigint  NOT NULL,
    reason        text    NOT NULL,
    erased_at     timestamptz NOT NULL,
    topic         text    NOT NULL,
    partition     integer NOT NULL,
    removed_at    timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE erasures IS 'Products whose events were purged from the log. Nothing of them is in stock, stock_movements and audit_log, and nothing of them comes back.';
COMMENT ON COLUMN erasures.last_sequence IS 'Its events were those from 1 to this.';
COMMENT ON COLUMN erasures.reason IS 'Why, in the words of who asked for it.';
COMMENT ON COLUMN erasures.erased_at IS 'When it was decided.';
COMMENT ON COLUMN erasures.topic IS 'With partition: where its events were.';
COMMENT ON COLUMN erasures.removed_at IS 'When its rows were removed here.';
