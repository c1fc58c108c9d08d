-- Who may come in, from where, and what happened to an account.

-- When an administrator shut the account.
ALTER TABLE learner ADD COLUMN disabled BIGINT;

-- Which browser a session is of, from where it was begun, when it was seen last.
ALTER TABLE session ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN seen BIGINT NOT NULL DEFAULT 0;
UPDATE session SET seen = created;

-- What happened to an account, for its owner to read.
CREATE TABLE security_event (
    id UUID PRIMARY KEY,
    learner UUID NOT NULL REFERENCES learner ON DELETE CASCADE,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX security_event_learner ON security_event (learner, at);

-- Links that open an account, once each. SHA-256 of the token alone.
CREATE TABLE invitation (
    hash BYTEA PRIMARY KEY CHECK (length(hash) = 32),
    made BIGINT NOT NULL,
    expires BIGINT NOT NULL
);

-- Links that set a password, once each.
CREATE TABLE password_link (
    hash BYTEA PRIMARY KEY CHECK (length(hash) = 32),
    learner UUID NOT NULL REFERENCES learner ON DELETE CASCADE,
    expires BIGINT NOT NULL
);
CREATE INDEX password_link_learner ON password_link (learner);
