-- Current stock, its movements (history), the audit log of events, and the positions they were derived up to.
-- Runs with the sink's schema as search_path, so that names are unqualified here.

CREATE TABLE checkpoints (
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

CREATE TABLE resets (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic       text    COLLATE "C" NOT NULL,
    partition   integer NOT NULL,
    from_offset bigint  NOT NULL,
    to_offset   bigint  NOT NULL,
    epoch       integer,
    answer      text    CHECK (answer IN ('skip', 'stay')),
    seen_at     timestamptz NOT NULL DEFAULT now(),
    applied_at  timestamptz
);
CREATE INDEX resets_by_partition ON resets (topic, partition, id);

COMMENT ON TABLE resets IS 'Each time somebody moved the sink''s consumer group with a Kafka tool.';
COMMENT ON COLUMN resets.from_offset IS 'The checkpoint when it was seen.';
COMMENT ON COLUMN resets.to_offset IS 'Where the group was moved. Before from_offset: derived again from there. After it: waits for an answer.';
COMMENT ON COLUMN resets.epoch IS 'The epoch that began with it; null until it is applied.';
COMMENT ON COLUMN resets.answer IS 'Set it on a reset forward: skip leaves out the events in between, stay goes on from the checkpoint.';

CREATE TABLE stock (
    sku              text    COLLATE "C" PRIMARY KEY,
    name             text    NOT NULL,
    on_hand          integer NOT NULL,
    reserved         integer NOT NULL,
    available        integer NOT NULL GENERATED ALWAYS AS (on_hand - reserved) STORED,
    version          bigint  NOT NULL,
    last_incoming_at timestamptz,
    last_outgoing_at timestamptz,
    recorded_at      timestamptz NOT NULL,
    epoch            integer NOT NULL,
    topic            text    NOT NULL,
    partition        integer NOT NULL,
    record_offset    bigint  NOT NULL
) WITH (fillfactor = 70);

COMMENT ON TABLE stock IS 'Stock as it stands, one row per product.';
COMMENT ON COLUMN stock.on_hand IS 'Units on the shelf.';
COMMENT ON COLUMN stock.reserved IS 'Units of on_hand that are set aside for orders.';
COMMENT ON COLUMN stock.available IS 'on_hand - reserved.';
COMMENT ON COLUMN stock.version IS 'Sequence of the last event that is in this row.';
COMMENT ON COLUMN stock.last_incoming_at IS 'Business time of the latest receipt or upward adjustment; null for none.';
COMMENT ON COLUMN stock.last_outgoing_at IS 'Business time of the latest sale, shipment or downward adjustment; null for none.';
COMMENT ON COLUMN stock.recorded_at IS 'When the last event was recorded.';
COMMENT ON COLUMN stock.epoch IS 'Epoch of the checkpoint under which the row was written.';
COMMENT ON COLUMN stock.record_offset IS 'With topic and partition: where the last event lies in the log.';

CREATE TABLE stock_movements (
    sku            text    COLLATE "C" NOT NULL,
    sequence       bigint  NOT NULL,
    event_type     text    NOT NULL,
    delta_on_hand  integer NOT NULL,
    delta_reserved integer NOT NULL,
    on_hand        integer NOT NULL,
    reserved       integer NOT NULL,
    occurred_at    timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL,
    reason         text,
    reference      text,
    order_id       text,
    topic          text    NOT NULL,
    partition      integer NOT NULL,
    record_offset  bigint  NOT NULL,
    content_hash   bigint  NOT NULL,
    PRIMARY KEY (sku, sequence)
);

COMMENT ON TABLE stock_movements IS 'Every event of every product: what it changed, and what resulted. Read it through stock_history.';
COMMENT ON COLUMN stock_movements.sequence IS 'The event''s place within its product, from 1, without gaps.';
COMMENT ON COLUMN stock_movements.delta_on_hand IS 'Units that came (positive) or went (negative). As of a business time, stock is the sum of these.';
COMMENT ON COLUMN stock_movements.on_hand IS 'Units on the shelf after this event, in the order in which events were recorded.';
COMMENT ON COLUMN stock_movements.occurred_at IS 'Business time; may lie before that of earlier events.';
COMMENT ON COLUMN stock_movements.recorded_at IS 'When the event was recorded.';
COMMENT ON COLUMN stock_movements.order_id IS 'The order that units were set aside for, released or shipped; null otherwise.';
COMMENT ON COLUMN stock_movements.content_hash IS 'Of the event''s record name and body: tells a repeat from a contradiction.';

CREATE TABLE audit_log (
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

CREATE VIEW stock_history AS
SELECT sku, sequence, event_type, delta_on_hand, delta_reserved, on_hand, reserved, on_hand - reserved AS available,
       occurred_at, reason, reference, order_id,
       recorded_at AS recorded_from,
       lead(recorded_at) OVER later AS recorded_to,
       sequence AS valid_from_sequence,
       lead(sequence) OVER later AS valid_to_sequence,
       record_offset AS valid_from_offset,
       lead(record_offset) OVER later AS valid_to_offset,
       topic || '-' || partition || '@' || record_offset AS position
FROM stock_movements
WINDOW later AS (PARTITION BY sku ORDER BY sequence);

COMMENT ON VIEW stock_history IS 'Stock with its validity: each row holds from its own time, sequence and offset until those of the next, exclusive; null means still. '
    'Derived from stock_movements when it is read, so the end of a row can never disagree with the beginning of the next.';
COMMENT ON COLUMN stock_history.recorded_from IS 'When this became what was known.';
COMMENT ON COLUMN stock_history.recorded_to IS 'When it was no longer; null: it still is.';
COMMENT ON COLUMN stock_history.position IS 'topic-partition@offset of the event.';

CREATE VIEW stock_records AS
SELECT sku, on_hand AS unit_count,
       (last_incoming_at AT TIME ZONE 'UTC')::date AS date_incoming,
       (last_outgoing_at AT TIME ZONE 'UTC')::date AS date_outgoing
FROM stock;

COMMENT ON VIEW stock_records IS 'The records [sku, unit_count, date_incoming, date_outgoing] as they stand.';

CREATE FUNCTION stock_records_at(at timestamptz)
RETURNS TABLE (sku text, unit_count bigint, date_incoming date, date_outgoing date)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT m.sku, sum(m.delta_on_hand),
           (max(m.occurred_at) FILTER (WHERE m.delta_on_hand > 0) AT TIME ZONE 'UTC')::date,
           (max(m.occurred_at) FILTER (WHERE m.delta_on_hand < 0) AT TIME ZONE 'UTC')::date
    FROM stock_movements m
    WHERE m.occurred_at <= at
    GROUP BY m.sku
    ORDER BY m.sku;
$$;

COMMENT ON FUNCTION stock_records_at IS 'The records [sku, unit_count, date_incoming, date_outgoing] as they stood at a business time, by what is known today.';

CREATE FUNCTION stock_records_as_of(on_date date)
RETURNS TABLE (sku text, unit_count bigint, date_incoming date, date_outgoing date)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    -- Through the end of that day in UTC; a microsecond is the finest that timestamptz holds.
    SELECT r.sku, r.unit_count, r.date_incoming, r.date_outgoing
    FROM stock_records_at((on_date + 1)::timestamp AT TIME ZONE 'UTC' - interval '1 microsecond') r;
$$;

COMMENT ON FUNCTION stock_records_as_of IS 'The records [sku, unit_count, date_incoming, date_outgoing] as they stood at the end of a day (UTC) in business time, by what is known today.';
