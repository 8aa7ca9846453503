-- What every SQL sink has besides its own tables: the positions that rows were derived up to, resets, the audit log of events, and what was purged.
-- An installation may have these tables from a migration of its own; then this one finds them, and leaves them as they are.

CREATE TABLE IF NOT EXISTS checkpoints (
    topic           text    COLLATE "C" NOT NULL,
    partition       integer NOT NULL,
    cluster_id      text    NOT NULL,
    topic_id        text    NOT NULL,
    next_offset     bigint  NOT NULL,
    epoch           integer NOT NULL DEFAULT 1,
    fence           bigint  NOT NULL DEFAULT 1,
    group_confirmed bigint,
    group_intended  bigint,
    skipped_before  bigint  NOT NULL DEFAULT 0,
    changed_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);   -- Updated with every batch: room for the new versions on the same page.

COMMENT ON TABLE checkpoints IS 'Per partition: up to where its events are in the other tables. Moves in the same transaction as the rows.';
COMMENT ON COLUMN checkpoints.cluster_id IS 'The Kafka cluster that the position belongs to. A host of another cluster stops here.';
COMMENT ON COLUMN checkpoints.topic_id IS 'The topic''s id there. A topic that was deleted and created again has another.';
COMMENT ON COLUMN checkpoints.next_offset IS 'First offset not yet handled.';
COMMENT ON COLUMN checkpoints.epoch IS '1 at first, one more with each reset.';
COMMENT ON COLUMN checkpoints.fence IS 'One more with each assignment: a host that lost the partition cannot move the checkpoint.';
COMMENT ON COLUMN checkpoints.group_confirmed IS 'What the consumer group''s committed offset was for sure; null for none.';
COMMENT ON COLUMN checkpoints.group_intended IS 'What is committed to the group next. An offset that is neither of the two was set by somebody else: a reset.';
COMMENT ON COLUMN checkpoints.skipped_before IS 'Where the last confirmed reset forward led: events before it may be missing. 0 without one.';

CREATE TABLE IF NOT EXISTS resets (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic       text    COLLATE "C" NOT NULL,
    partition   integer NOT NULL,
    from_offset bigint  NOT NULL,
    to_offset   bigint  NOT NULL,
    epoch       integer,
    seen_at     timestamptz NOT NULL DEFAULT now(),
    applied_at  timestamptz
);
CREATE INDEX IF NOT EXISTS resets_by_partition ON resets (topic, partition, id);

COMMENT ON TABLE resets IS 'Each time somebody moved the sink''s consumer group with a Kafka tool.';
COMMENT ON COLUMN resets.from_offset IS 'The checkpoint when it was seen.';
COMMENT ON COLUMN resets.to_offset IS 'Where the group was moved. Before from_offset: derived again from there. After it: waits for an answer.';
COMMENT ON COLUMN resets.epoch IS 'The epoch that began with it; null until it is applied.';

CREATE TABLE IF NOT EXISTS audit_log (
    topic          text    COLLATE "C" NOT NULL,
    partition      integer NOT NULL,
    record_offset  bigint  NOT NULL,
    event_id       uuid    NOT NULL,
    event_type     text    NOT NULL,
    aggregate_id   text    COLLATE "C" NOT NULL,
    sequence       bigint  NOT NULL,
    occurred_at    timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL,
    causation_id   text,
    correlation_id text,
    actor          text,
    schema_id      integer NOT NULL,
    epoch          integer NOT NULL,
    payload        jsonb   NOT NULL,
    PRIMARY KEY (topic, partition, record_offset)
);

COMMENT ON TABLE audit_log IS 'Every event as it was written, with where it lies in the log and who caused it.';
COMMENT ON COLUMN audit_log.event_id IS 'The event''s own id (CloudEvents id).';
COMMENT ON COLUMN audit_log.causation_id IS 'The command that led to the event.';
COMMENT ON COLUMN audit_log.correlation_id IS 'What the caller ties several commands together by.';
COMMENT ON COLUMN audit_log.actor IS 'Who asked.';
COMMENT ON COLUMN audit_log.schema_id IS 'The registry''s id of the schema the event was written with.';
COMMENT ON COLUMN audit_log.payload IS 'The event''s fields, named and typed as in the schema it was written with.';

CREATE TABLE IF NOT EXISTS erasures (
    aggregate_id  text    COLLATE "C" PRIMARY KEY,
    last_sequence bigint  NOT NULL,
    reason        text    NOT NULL,
    erased_at     timestamptz NOT NULL,
    topic         text    NOT NULL,
    partition     integer NOT NULL,
    removed_at    timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE erasures IS 'Aggregates whose events were purged from the log. Nothing of them is in any other table, and nothing of them comes back.';
COMMENT ON COLUMN erasures.last_sequence IS 'Its events were those from 1 to this.';
COMMENT ON COLUMN erasures.reason IS 'Why, in the words of who asked for it.';
COMMENT ON COLUMN erasures.erased_at IS 'When it was decided.';
COMMENT ON COLUMN erasures.topic IS 'With partition: where its events were.';
COMMENT ON COLUMN erasures.removed_at IS 'When its rows were removed here.';
