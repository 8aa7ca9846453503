-- Fulfilment of orders as it stands, and each of its steps with its times.

CREATE TABLE fulfilments (
    order_id      text    COLLATE "C" PRIMARY KEY,
    phase         text    NOT NULL,
    step          text    NOT NULL,
    attempt       integer NOT NULL,
    revision      integer NOT NULL,
    customer_id   text    NOT NULL,
    account_id    text    NOT NULL,
    currency      text    NOT NULL,
    total         numeric(28,4) NOT NULL,
    lines         jsonb   NOT NULL,
    shipped       jsonb   NOT NULL,
    is_stuck      boolean NOT NULL,
    code          text,
    reason        text,
    deadline      timestamptz,
    started_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    version       bigint  NOT NULL,
    recorded_at   timestamptz NOT NULL,
    epoch         integer NOT NULL,
    topic         text    NOT NULL,
    partition     integer NOT NULL,
    record_offset bigint  NOT NULL
) WITH (fillfactor = 70);

COMMENT ON TABLE fulfilments IS 'Fulfilment of each order as it stands.';
COMMENT ON COLUMN fulfilments.phase IS 'What it waits for: Reserving, Holding, CheckingRisk, Accepting, AwaitingChange, Capturing, Shipping, RollingBack, Rejecting, Revoking; or Completed, RolledBack.';
COMMENT ON COLUMN fulfilments.step IS 'What was done last, such as reserve/XYZ-1, hold, risk, accept, capture, ship/XYZ-1.';
COMMENT ON COLUMN fulfilments.attempt IS 'From 1; one more with each restart or resumption.';
COMMENT ON COLUMN fulfilments.revision IS 'Which version of the order''s lines is fulfilled.';
COMMENT ON COLUMN fulfilments.lines IS 'What is to be shipped: an array of {sku, quantity}.';
COMMENT ON COLUMN fulfilments.shipped IS 'What has left the shelf: an array of {sku, quantity}.';
COMMENT ON COLUMN fulfilments.is_stuck IS 'It waits for an operator.';
COMMENT ON COLUMN fulfilments.code IS 'Why it turned back; null while it goes forward.';
COMMENT ON COLUMN fulfilments.deadline IS 'Until when it waits; null when it waits for nothing, or for an operator.';
COMMENT ON COLUMN fulfilments.version IS 'Sequence of the last event that is in this row.';

CREATE TABLE fulfilment_steps (
    order_id      text    COLLATE "C" NOT NULL,
    sequence      bigint  NOT NULL,
    event_type    text    NOT NULL,
    phase         text,
    step          text,
    attempt       integer,
    revision      integer,
    customer_id   text,
    account_id    text,
    currency      text,
    total         numeric(28,4),
    lines         jsonb,
    shipped       jsonb,
    is_stuck      boolean,
    code          text,
    reason        text,
    deadline      timestamptz,
    started_at    timestamptz,
    ended_at      timestamptz,
    is_absent     boolean NOT NULL,
    occurred_at   timestamptz NOT NULL,
    recorded_at   timestamptz NOT NULL,
    topic         text    NOT NULL,
    partition     integer NOT NULL,
    record_offset bigint  NOT NULL,
    content_hash  bigint  NOT NULL,
    PRIMARY KEY (order_id, sequence)
);

COMMENT ON TABLE fulfilment_steps IS 'Every event of every fulfilment, with how it stood then. Read it through fulfilment_history.';
COMMENT ON COLUMN fulfilment_steps.sequence IS 'The event''s place within its fulfilment, from 1, without gaps.';
COMMENT ON COLUMN fulfilment_steps.step IS 'What the event says was done.';
COMMENT ON COLUMN fulfilment_steps.is_absent IS 'There was none any more after this event: never so far.';
COMMENT ON COLUMN fulfilment_steps.content_hash IS 'Of the event''s record name and body: tells a repeat from a contradiction.';

CREATE VIEW fulfilment_history AS
SELECT order_id, sequence, event_type, phase, step, attempt, revision, lines, shipped, is_stuck, code, reason, deadline, occurred_at,
       occurred_at - lag(occurred_at) OVER later AS took,
       recorded_at AS recorded_from,
       lead(recorded_at) OVER later AS recorded_to,
       sequence AS valid_from_sequence,
       lead(sequence) OVER later AS valid_to_sequence,
       record_offset AS valid_from_offset,
       lead(record_offset) OVER later AS valid_to_offset,
       topic || '-' || partition || '@' || record_offset AS position
FROM fulfilment_steps
WINDOW later AS (PARTITION BY order_id ORDER BY sequence);

COMMENT ON VIEW fulfilment_history IS 'Fulfilment with its validity: each row holds from its own time, sequence and offset until those of the next, exclusive; null means still.';
COMMENT ON COLUMN fulfilment_history.took IS 'Time since the step before.';
