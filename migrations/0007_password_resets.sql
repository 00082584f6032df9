-- A link that somebody was sent to choose a new password; a later one replaces it. It is for the address it went to.

CREATE TABLE password_resets (
    user_id    uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    email      text NOT NULL,
    token_hash bytea NOT NULL CONSTRAINT password_resets_token_key UNIQUE,
    expires_at bigint NOT NULL
);
