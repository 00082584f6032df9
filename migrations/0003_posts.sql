-- Posts, threads and reactions.

CREATE TABLE posts (
    id              uuid PRIMARY KEY,
    channel_id      uuid NOT NULL REFERENCES channels ON DELETE CASCADE,
    user_id         uuid NOT NULL REFERENCES users,
    root_id         uuid REFERENCES posts ON DELETE CASCADE,
    kind            text NOT NULL DEFAULT '',
    message         text NOT NULL,
    hashtags        text NOT NULL DEFAULT '',
    props           jsonb NOT NULL DEFAULT '{}',
    is_pinned       boolean NOT NULL DEFAULT false,
    has_reactions   boolean NOT NULL DEFAULT false,
    pending_post_id text,
    created_at      bigint NOT NULL,
    updated_at      bigint NOT NULL,
    edited_at       bigint,
    deleted_at      bigint,
    deleted_by      uuid REFERENCES users
);
-- The idempotency key of a post: a retry, on any instance and after any restart, finds the first one.
CREATE UNIQUE INDEX posts_pending_key ON posts (user_id, pending_post_id) WHERE pending_post_id IS NOT NULL;
CREATE INDEX posts_timeline ON posts (channel_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX posts_sync ON posts (channel_id, updated_at);
CREATE INDEX posts_thread ON posts (root_id, created_at, id) WHERE root_id IS NOT NULL;
CREATE INDEX posts_pinned ON posts (channel_id, created_at DESC) WHERE is_pinned AND deleted_at IS NULL;

CREATE TABLE post_revisions (
    id         uuid PRIMARY KEY,
    post_id    uuid NOT NULL REFERENCES posts ON DELETE CASCADE,
    message    text NOT NULL,
    props      jsonb NOT NULL,
    created_at bigint NOT NULL,
    edited_at  bigint NOT NULL
);
CREATE INDEX post_revisions_post ON post_revisions (post_id, edited_at DESC);

-- One row per root that has had a reply. participants: who replied, most recent last, at most 100.
CREATE TABLE threads (
    root_id       uuid PRIMARY KEY REFERENCES posts ON DELETE CASCADE,
    channel_id    uuid NOT NULL REFERENCES channels ON DELETE CASCADE,
    reply_count   bigint NOT NULL DEFAULT 0,
    last_reply_at bigint NOT NULL DEFAULT 0,
    participants  uuid[] NOT NULL DEFAULT '{}'
) WITH (fillfactor = 70);

CREATE TABLE thread_members (
    user_id        uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    root_id        uuid NOT NULL REFERENCES posts ON DELETE CASCADE,
    following      boolean NOT NULL DEFAULT true,
    seen_replies   bigint NOT NULL DEFAULT 0,
    mention_count  bigint NOT NULL DEFAULT 0,
    last_viewed_at bigint NOT NULL DEFAULT 0,
    updated_at     bigint NOT NULL,
    PRIMARY KEY (user_id, root_id)
);
CREATE INDEX thread_members_root ON thread_members (root_id);

CREATE TABLE reactions (
    post_id    uuid NOT NULL REFERENCES posts ON DELETE CASCADE,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    emoji_name text NOT NULL CHECK (emoji_name ~ '^[a-zA-Z0-9_+-]{1,64}$'),
    created_at bigint NOT NULL,
    PRIMARY KEY (post_id, emoji_name, user_id)
);

-- root_id is the nil id for a channel's own draft.
CREATE TABLE drafts (
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    channel_id uuid NOT NULL REFERENCES channels ON DELETE CASCADE,
    root_id    uuid NOT NULL,
    message    text NOT NULL,
    props      jsonb NOT NULL DEFAULT '{}',
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (user_id, channel_id, root_id)
);

-- What a create request with an Idempotency-Key made, so that its retry gets the same answer. Rows live a day.
CREATE TABLE idempotency_keys (
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    key         text NOT NULL CHECK (char_length(key) <= 128),
    kind        text NOT NULL,
    resource_id uuid NOT NULL,
    created_at  bigint NOT NULL,
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
