-- What a new post looks up: whose words it contains, who follows all of a channel's threads, and a channel's roots.

-- The words of a message are looked up here, so that a post costs as much as its words, whatever the number of members.
CREATE INDEX users_mention_keys ON users USING gin (regexp_split_to_array(lower(notify_props ->> 'mention_keys'), '\s*,\s*'))
    WHERE notify_props ->> 'mention_keys' <> '';
CREATE INDEX users_first_name_mentions ON users (first_name) WHERE notify_props ->> 'first_name' = 'true';
CREATE INDEX channel_members_auto_follow ON channel_members (channel_id)
    WHERE notify_props ->> 'channel_auto_follow_threads' = 'on';
-- A page of a timeline holds roots alone; long threads must not make it slow.
CREATE INDEX posts_roots ON posts (channel_id, created_at DESC) WHERE root_id IS NULL AND deleted_at IS NULL;
