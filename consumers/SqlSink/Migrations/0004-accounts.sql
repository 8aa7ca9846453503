-- Accounts as they stand, and their movements (history). Money is exact, and in the account's currency.

CREATE TABLE accounts (
    account_id    text    COLLATE "C" PRIMARY KEY,
    holder        text    NOT NULL,
    currency      text    NOT NULL,
    balance       numeric(28,4) NOT NULL,
    held          numeric(28,4) NOT NULL,
    available     numeric(28,4) NOT NULL GENERATED ALWAYS AS (balance - held) STORED,
    is_closed     boolean NOT NULL,
    last_entry    bigint  NOT NULL,
    version       bigint  NOT NULL,
    recorded_at   timestamptz NOT NULL,
    epoch         integer NOT NULL,
    topic         text    NOT NULL,
    partition     integer NOT NULL,
    record_offset bigint  NOT NULL
) WITH (fillfactor = 70);

COMMENT ON TABLE accounts IS 'Accounts as they stand, one row each.';
COMMENT ON COLUMN accounts.currency IS 'ISO 4217 code; all amounts of the account are in it.';
COMMENT ON COLUMN accounts.balance IS 'Money in the account, what is held included.';
COMMENT ON COLUMN accounts.held IS 'How much of balance is set aside for orders.';
COMMENT ON COLUMN accounts.available IS 'balance - held.';
COMMENT ON COLUMN accounts.last_entry IS 'Number of the newest entry within the account.';
COMMENT ON COLUMN accounts.version IS 'Sequence of the last event that is in this row.';
COMMENT ON COLUMN accounts.recorded_at IS 'When the last event was recorded.';
COMMENT ON COLUMN accounts.epoch IS 'Epoch of the checkpoint under which the row was written.';
COMMENT ON COLUMN accounts.record_offset IS 'With topic and partition: where the last event lies in the log.';

CREATE TABLE account_movements (
    account_id     text    COLLATE "C" NOT NULL,
    sequence       bigint  NOT NULL,
    event_type     text    NOT NULL,
    delta_balance  numeric(28,4) NOT NULL,
    delta_held     numeric(28,4) NOT NULL,
    balance        numeric(28,4) NOT NULL,
    held           numeric(28,4) NOT NULL,
    currency       text    NOT NULL,
    entry          bigint,
    reversed_entry bigint,
    order_id       text    COLLATE "C",
    reason         text,
    reference      text,
    payer          text,
    occurred_at    timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL,
    topic          text    NOT NULL,
    partition      integer NOT NULL,
    record_offset  bigint  NOT NULL,
    content_hash   bigint  NOT NULL,
    PRIMARY KEY (account_id, sequence)
);
-- What an order has held and paid.
CREATE INDEX account_movements_by_order ON account_movements (order_id) WHERE order_id IS NOT NULL;

COMMENT ON TABLE account_movements IS 'Every event of every account: what it changed, and what resulted. Read it through account_history.';
COMMENT ON COLUMN account_movements.sequence IS 'The event''s place within its account, from 1, without gaps.';
COMMENT ON COLUMN account_movements.delta_balance IS 'Money that came (positive) or went (negative). As of a business time, the balance is the sum of these.';
COMMENT ON COLUMN account_movements.delta_held IS 'Money that was set aside (positive), or no longer is (negative).';
COMMENT ON COLUMN account_movements.balance IS 'The balance after this event, in the order in which events were recorded.';
COMMENT ON COLUMN account_movements.entry IS 'The entry''s number within the account; null where the balance did not move.';
COMMENT ON COLUMN account_movements.reversed_entry IS 'The entry that this one takes back; null for others.';
COMMENT ON COLUMN account_movements.order_id IS 'The order that money was held, released, captured or refunded for; null otherwise.';
COMMENT ON COLUMN account_movements.occurred_at IS 'Business time; may lie before that of earlier events.';
COMMENT ON COLUMN account_movements.content_hash IS 'Of the event''s record name and body: tells a repeat from a contradiction.';

CREATE VIEW account_history AS
SELECT account_id, sequence, event_type, delta_balance, delta_held, balance, held, balance - held AS available, currency,
       entry, reversed_entry, order_id, occurred_at, reason, reference, payer,
       recorded_at AS recorded_from,
       lead(recorded_at) OVER later AS recorded_to,
       sequence AS valid_from_sequence,
       lead(sequence) OVER later AS valid_to_sequence,
       record_offset AS valid_from_offset,
       lead(record_offset) OVER later AS valid_to_offset,
       topic || '-' || partition || '@' || record_offset AS position
FROM account_movements
WINDOW later AS (PARTITION BY account_id ORDER BY sequence);

COMMENT ON VIEW account_history IS 'Accounts with their validity: each row holds from its own time, sequence and offset until those of the next, exclusive; null means still.';

CREATE FUNCTION account_balances_at(at timestamptz)
RETURNS TABLE (account_id text, currency text, balance numeric, held numeric, available numeric)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT m.account_id, min(m.currency), sum(m.delta_balance), sum(m.delta_held), sum(m.delta_balance) - sum(m.delta_held)
    FROM account_movements m
    WHERE m.occurred_at <= at
    GROUP BY m.account_id
    ORDER BY m.account_id;
$$;

COMMENT ON FUNCTION account_balances_at IS 'Balances as they stood at a business time, by what is known today.';
