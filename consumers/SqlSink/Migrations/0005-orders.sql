-- Orders as they stand, and every version of them.

CREATE TABLE orders (
    order_id      text    COLLATE "C" PRIMARY KEY,
    status        text    NOT NULL,
    customer_id   text    NOT NULL,
    account_id    text    NOT NULL,
    currency      text    NOT NULL,
    total         numeric(28,4) NOT NULL,
    revision      integer NOT NULL,
    lines         jsonb   NOT NULL,
    channel       text,
    code          text,
    reason        text,
    reference     text,
    placed_at     timestamptz NOT NULL,
    closed_at     timestamptz,
    version       bigint  NOT NULL,
    recorded_at   timestamptz NOT NULL,
    epoch         integer NOT NULL,
    topic         text    NOT NULL,
    partition     integer NOT NULL,
    record_offset bigint  NOT NULL
) WITH (fillfactor = 70);

COMMENT ON TABLE orders IS 'Orders as they stand, one row each; their lines as rows are in order_lines.';
COMMENT ON COLUMN orders.status IS 'Placed, Accepted, Rejected, Cancelled or Revoked.';
COMMENT ON COLUMN orders.account_id IS 'The account that pays.';
COMMENT ON COLUMN orders.total IS 'Sum over the lines of quantity times unit price, in currency.';
COMMENT ON COLUMN orders.revision IS 'Which version of the lines this is: 1 when placed, one more with each change.';
COMMENT ON COLUMN orders.lines IS 'An array of {sku, quantity, unitPrice}, as the customer has them.';
COMMENT ON COLUMN orders.code IS 'Which rule or cause led to a rejection or revocation; null otherwise.';
COMMENT ON COLUMN orders.reason IS 'Why the last event happened, in the caller''s words.';
COMMENT ON COLUMN orders.placed_at IS 'Business time of the placing.';
COMMENT ON COLUMN orders.closed_at IS 'Business time of the rejection, cancellation or revocation; null for none.';
COMMENT ON COLUMN orders.version IS 'Sequence of the last event that is in this row.';
COMMENT ON COLUMN orders.record_offset IS 'With topic and partition: where the last event lies in the log.';

CREATE TABLE order_versions (
    order_id      text    COLLATE "C" NOT NULL,
    sequence      bigint  NOT NULL,
    event_type    text    NOT NULL,
    status        text,
    customer_id   text,
    account_id    text,
    currency      text,
    total         numeric(28,4),
    revision      integer,
    lines         jsonb,
    channel       text,
    code          text,
    reason        text,
    reference     text,
    placed_at     timestamptz,
    closed_at     timestamptz,
    is_absent     boolean NOT NULL,
    occurred_at   timestamptz NOT NULL,
    recorded_at   timestamptz NOT NULL,
    topic         text    NOT NULL,
    partition     integer NOT NULL,
    record_offset bigint  NOT NULL,
    content_hash  bigint  NOT NULL,
    PRIMARY KEY (order_id, sequence)
);

COMMENT ON TABLE order_versions IS 'Every event of every order, with the order as it stood then. Read it through order_history.';
COMMENT ON COLUMN order_versions.sequence IS 'The event''s place within its order, from 1, without gaps.';
COMMENT ON COLUMN order_versions.occurred_at IS 'Business time; may lie before that of earlier events.';
COMMENT ON COLUMN order_versions.is_absent IS 'There was no order any more after this event: never so far.';
COMMENT ON COLUMN order_versions.content_hash IS 'Of the event''s record name and body: tells a repeat from a contradiction.';

CREATE VIEW order_history AS
SELECT order_id, sequence, event_type, status, customer_id, account_id, currency, total, revision, lines, channel, code, reason, reference,
       placed_at, closed_at, occurred_at,
       recorded_at AS recorded_from,
       lead(recorded_at) OVER later AS recorded_to,
       sequence AS valid_from_sequence,
       lead(sequence) OVER later AS valid_to_sequence,
       record_offset AS valid_from_offset,
       lead(record_offset) OVER later AS valid_to_offset,
       topic || '-' || partition || '@' || record_offset AS position
FROM order_versions
WINDOW later AS (PARTITION BY order_id ORDER BY sequence);

COMMENT ON VIEW order_history IS 'Orders with their validity: each row holds from its own time, sequence and offset until those of the next, exclusive; null means still.';

CREATE VIEW order_lines AS
SELECT o.order_id, l.line, l.item->>'sku' AS sku, (l.item->>'quantity')::integer AS quantity, (l.item->>'unitPrice')::numeric(28,4) AS unit_price,
       ((l.item->>'quantity')::numeric * (l.item->>'unitPrice')::numeric)::numeric(28,4) AS amount, o.currency, o.status
FROM orders o, jsonb_array_elements(o.lines) WITH ORDINALITY AS l (item, line);

COMMENT ON VIEW order_lines IS 'The lines of orders as they stand, one row each.';

-- What inventory has set aside and shipped for an order.
CREATE INDEX stock_movements_by_order ON stock_movements (order_id) WHERE order_id IS NOT NULL;
