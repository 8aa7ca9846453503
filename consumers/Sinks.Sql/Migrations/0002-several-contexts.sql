-- An id means one aggregate within its context: an order and its fulfilment share theirs.

ALTER TABLE erasures DROP CONSTRAINT erasures_pkey, ADD PRIMARY KEY (topic, aggregate_id);

CREATE TABLE absent_rows (
    table_name    text    COLLATE "C" NOT NULL,
    key           text    COLLATE "C" NOT NULL,
    version       bigint  NOT NULL,
    record_offset bigint  NOT NULL,
    epoch         integer NOT NULL,
    topic         text    NOT NULL,
    partition     integer NOT NULL,
    PRIMARY KEY (table_name, key)
);

COMMENT ON TABLE absent_rows IS 'Aggregates of which a projection makes no row, or none any more, and how far their events were seen.';
COMMENT ON COLUMN absent_rows.table_name IS 'The table that has no row of it.';
COMMENT ON COLUMN absent_rows.version IS 'Sequence of the last event that was seen.';
COMMENT ON COLUMN absent_rows.record_offset IS 'With topic and partition: where that event lies in the log.';
