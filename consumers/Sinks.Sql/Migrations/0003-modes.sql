-- Which events are history to the sink, which are derived again, and which are new. An installation may have these columns from a migration of its own.

ALTER TABLE checkpoints
    ADD COLUMN IF NOT EXISTS live_from    bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS replay_until bigint NOT NULL DEFAULT 0;

COMMENT ON COLUMN checkpoints.live_from IS 'Where the log ended when the sink first took the partition: events before it are history, those from it on are live.';
COMMENT ON COLUMN checkpoints.replay_until IS 'How far the sink had come when it was reset: events before it are derived again. 0 without a reset.';

-- A reset forward is confirmed through the control topic, and recorded once it is applied.
ALTER TABLE resets DROP COLUMN IF EXISTS answer;
COMMENT ON TABLE resets IS 'Each time the sink was sent elsewhere in a partition: its consumer group was moved with a Kafka tool, or it was asked to.';
COMMENT ON COLUMN resets.to_offset IS 'Where it went on. Before from_offset: derived again from there. After it: what lies between was left out.';
