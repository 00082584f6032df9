-- Accounts: who may sign in, with which rights, and from where.
-- Times are Unix milliseconds; a NULL deleted_at means the row is live. Ids are UUIDv7.

CREATE TABLE users (
    id                     uuid PRIMARY KEY,
    username               text NOT NULL CONSTRAINT users_username_key UNIQUE,
    email                  text NOT NULL CONSTRAINT users_email_key UNIQUE,
    password_hash          text,
    nickname               text NOT NULL DEFAULT '',
    first_name             text NOT NULL DEFAULT '',
    last_name              text NOT NULL DEFAULT '',
    position               text NOT NULL DEFAULT '',
    locale                 text NOT NULL DEFAULT 'en',
    roles                  text[] NOT NULL DEFAULT '{system_user}',
    timezone               jsonb NOT NULL DEFAULT '{}',
    notify_props           jsonb NOT NULL DEFAULT '{}',
    props                  jsonb NOT NULL DEFAULT '{}',
    is_bot                 boolean NOT NULL DEFAULT false,
    email_verified         boolean NOT NULL DEFAULT false,
    failed_logins          integer NOT NULL DEFAULT 0,
    last_password_update   bigint NOT NULL,
    last_picture_update    bigint NOT NULL DEFAULT 0,
    created_at             bigint NOT NULL,
    updated_at             bigint NOT NULL,
    deleted_at             bigint,
    CONSTRAINT users_username_form CHECK (username ~ '^[a-z0-9._-]{1,64}$'),
    CONSTRAINT users_email_form CHECK (email = lower(email) AND char_length(email) <= 128)
);

CREATE TABLE sessions (
    id               uuid PRIMARY KEY,
    user_id          uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    csrf             text NOT NULL,
    device_id        text NOT NULL DEFAULT '',
    props            jsonb NOT NULL DEFAULT '{}',
    created_at       bigint NOT NULL,
    expires_at       bigint NOT NULL,
    extended_at      bigint NOT NULL,
    last_activity_at bigint NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE roles (
    id             uuid PRIMARY KEY,
    name           text NOT NULL CONSTRAINT roles_name_key UNIQUE,
    display_name   text NOT NULL,
    description    text NOT NULL DEFAULT '',
    permissions    text[] NOT NULL,
    scheme_managed boolean NOT NULL DEFAULT true,
    built_in       boolean NOT NULL DEFAULT true,
    created_at     bigint NOT NULL,
    updated_at     bigint NOT NULL,
    deleted_at     bigint
);

CREATE TABLE preferences (
    user_id  uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    category text NOT NULL CHECK (char_length(category) <= 32),
    name     text NOT NULL CHECK (char_length(name) <= 32),
    value    text NOT NULL CHECK (char_length(value) <= 20000),
    PRIMARY KEY (user_id, category, name)
);

-- The last known status of a user, and the manual one that automatic changes must not override.
CREATE TABLE statuses (
    user_id          uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    status           text NOT NULL CHECK (status IN ('online', 'away', 'dnd', 'offline', 'ooo')),
    manual           boolean NOT NULL DEFAULT false,
    previous_status  text NOT NULL DEFAULT '',
    dnd_end_at       bigint,
    last_activity_at bigint NOT NULL
);

-- What one installation remembers about itself (its stable identity, when it was installed).
CREATE TABLE system (
    key   text PRIMARY KEY,
    value text NOT NULL
);
