-- Most posts have no thread, so a page need not look for one. Set by the first reply or follower, and stays.
ALTER TABLE posts ADD COLUMN has_thread boolean NOT NULL DEFAULT false;
UPDATE posts SET has_thread = true
WHERE id IN (SELECT root_id FROM threads UNION SELECT root_id FROM thread_members);
