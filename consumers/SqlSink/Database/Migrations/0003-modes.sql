-- Which events are history to the sink, which are derived again, and which are new.

ALTER TABLE checkpoints
    ADD live_from    bigint NOT NULL DEFAULT 0,
    ADD replay_until bigint NOT NULL DEFAULT 0;

COMMENT ON COLUMN checkpoints.live_from IS 'Where the log ended when the sink first took the partition: events before it are history, those from it on are live.';
COMMENT ON COLUMN checkpoints.replay_until IS 'How far the sink had come when it was reset: events before it are derived again. 0 without a reset.';
