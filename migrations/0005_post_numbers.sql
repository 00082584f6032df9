-- The number of a channel's last post, counted without holes, also over those that do not raise `message_count`. It is
-- each post's place among the events of its channel.
ALTER TABLE channels ADD COLUMN post_number bigint NOT NULL DEFAULT 0;
