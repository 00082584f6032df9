-- Teams, channels and who belongs to them. Unread state is arithmetic: a channel counts its messages
-- and a membership remembers how many of them were seen.

CREATE TABLE teams (
    id                uuid PRIMARY KEY,
    name              text NOT NULL CONSTRAINT teams_name_key UNIQUE,
    display_name      text NOT NULL,
    description       text NOT NULL DEFAULT '',
    email             text NOT NULL DEFAULT '',
    kind              text NOT NULL DEFAULT 'O' CHECK (kind IN ('O', 'I')),
    company_name      text NOT NULL DEFAULT '',
    allowed_domains   text NOT NULL DEFAULT '',
    allow_open_invite boolean NOT NULL DEFAULT false,
    invite_id         text NOT NULL CONSTRAINT teams_invite_id_key UNIQUE,
    created_at        bigint NOT NULL,
    updated_at        bigint NOT NULL,
    deleted_at        bigint,
    CONSTRAINT teams_name_form CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$')
);

CREATE TABLE team_members (
    team_id    uuid NOT NULL REFERENCES teams ON DELETE CASCADE,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    is_admin   boolean NOT NULL DEFAULT false,
    is_guest   boolean NOT NULL DEFAULT false,
    created_at bigint NOT NULL,
    deleted_at bigint,
    PRIMARY KEY (team_id, user_id)
);
CREATE INDEX team_members_user ON team_members (user_id);

-- kind: O open, P private, D direct, G group. Direct and group channels have no team and a name that
-- is derived from their members, so that there is one channel for one set of people.
CREATE TABLE channels (
    id                uuid PRIMARY KEY,
    team_id           uuid REFERENCES teams ON DELETE CASCADE,
    kind              text NOT NULL CHECK (kind IN ('O', 'P', 'D', 'G')),
    name              text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 64),
    display_name      text NOT NULL DEFAULT '',
    header            text NOT NULL DEFAULT '' CHECK (char_length(header) <= 1024),
    purpose           text NOT NULL DEFAULT '' CHECK (char_length(purpose) <= 250),
    creator_id        uuid REFERENCES users ON DELETE SET NULL,
    message_count     bigint NOT NULL DEFAULT 0,
    root_count        bigint NOT NULL DEFAULT 0,
    last_post_at      bigint NOT NULL DEFAULT 0,
    last_root_post_at bigint NOT NULL DEFAULT 0,
    created_at        bigint NOT NULL,
    updated_at        bigint NOT NULL,
    deleted_at        bigint,
    CONSTRAINT channels_name_key UNIQUE NULLS NOT DISTINCT (team_id, name),
    CONSTRAINT channels_team_by_kind CHECK ((kind IN ('O', 'P')) = (team_id IS NOT NULL))
) WITH (fillfactor = 70);

CREATE TABLE channel_members (
    channel_id           uuid NOT NULL REFERENCES channels ON DELETE CASCADE,
    user_id              uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    is_admin             boolean NOT NULL DEFAULT false,
    is_guest             boolean NOT NULL DEFAULT false,
    seen_messages        bigint NOT NULL DEFAULT 0,
    seen_roots           bigint NOT NULL DEFAULT 0,
    mention_count        bigint NOT NULL DEFAULT 0,
    mention_count_root   bigint NOT NULL DEFAULT 0,
    urgent_mention_count bigint NOT NULL DEFAULT 0,
    last_viewed_at       bigint NOT NULL DEFAULT 0,
    notify_props         jsonb NOT NULL DEFAULT '{}',
    created_at           bigint NOT NULL,
    updated_at           bigint NOT NULL,
    PRIMARY KEY (channel_id, user_id)
) WITH (fillfactor = 80);
CREATE INDEX channel_members_user ON channel_members (user_id);

-- A channel without a row here sits in the category its kind implies.
CREATE TABLE sidebar_categories (
    id           text PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    team_id      uuid NOT NULL REFERENCES teams ON DELETE CASCADE,
    kind         text NOT NULL CHECK (kind IN ('favorites', 'channels', 'direct_messages', 'custom')),
    display_name text NOT NULL,
    sorting      text NOT NULL DEFAULT '',
    sort_order   bigint NOT NULL,
    muted        boolean NOT NULL DEFAULT false,
    collapsed    boolean NOT NULL DEFAULT false
);
CREATE INDEX sidebar_categories_owner ON sidebar_categories (user_id, team_id);

CREATE TABLE sidebar_channels (
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    team_id     uuid NOT NULL REFERENCES teams ON DELETE CASCADE,
    channel_id  uuid NOT NULL REFERENCES channels ON DELETE CASCADE,
    category_id text NOT NULL REFERENCES sidebar_categories ON DELETE CASCADE,
    sort_order  bigint NOT NULL,
    PRIMARY KEY (user_id, team_id, channel_id)
);
