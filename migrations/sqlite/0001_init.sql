-- The schema of SQLite. Its twin for PostgreSQL is migrations/postgres/0001_init.sql: same tables, same names.
-- Ids are UUIDv7 (16 bytes), times are milliseconds since 1970 in UTC, days are days since 1970 in the learner's zone.

CREATE TABLE learner (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    -- NULL for a guest
    email TEXT,
    -- the address as it is compared: lower case
    email_key TEXT UNIQUE,
    password_hash TEXT,
    settings TEXT NOT NULL CHECK (json_valid(settings)),
    created INTEGER NOT NULL,
    CHECK ((email IS NULL) = (email_key IS NULL) AND (email IS NULL) = (password_hash IS NULL))
) STRICT;

-- A log-in of one browser. Refresh tokens of one session are a family.
CREATE TABLE session (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    learner BLOB NOT NULL REFERENCES learner ON DELETE CASCADE,
    created INTEGER NOT NULL,
    ended INTEGER
) STRICT;
CREATE INDEX session_learner ON session (learner);

CREATE TABLE refresh_token (
    -- SHA-256 of the token
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    session BLOB NOT NULL REFERENCES session ON DELETE CASCADE,
    issued INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    -- when it was first exchanged for its successor
    spent INTEGER
) STRICT;
CREATE INDEX refresh_token_session ON refresh_token (session);

CREATE TABLE material (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    -- NULL for what Mitochi brings itself: everybody may read it
    owner BLOB REFERENCES learner ON DELETE CASCADE,
    title TEXT NOT NULL,
    filename TEXT NOT NULL,
    format TEXT NOT NULL,
    extension TEXT NOT NULL,
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    state TEXT NOT NULL CHECK (state IN ('queued', 'reading', 'preparing', 'ready', 'failed')),
    pages_read INTEGER NOT NULL DEFAULT 0 CHECK (pages_read >= 0),
    pages_total INTEGER NOT NULL DEFAULT 0 CHECK (pages_total >= 0),
    error TEXT,
    warnings TEXT NOT NULL CHECK (json_valid(warnings)),
    created INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX material_file ON material (owner, sha256);
CREATE INDEX material_owner ON material (owner, created);

-- What was read: a domain::document::Document as JSON.
CREATE TABLE document (
    material BLOB PRIMARY KEY REFERENCES material ON DELETE CASCADE,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;

CREATE TABLE passage (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    material BLOB NOT NULL REFERENCES material ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    span_start INTEGER NOT NULL,
    span_end INTEGER NOT NULL CHECK (span_end > span_start),
    page_first INTEGER NOT NULL,
    page_last INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    headings TEXT NOT NULL CHECK (json_valid(headings)),
    text TEXT NOT NULL,
    UNIQUE (material, ordinal)
) STRICT;

-- Embeddings: the truth from which every vector index is built. Little-endian f32.
CREATE TABLE passage_vector (
    passage BLOB NOT NULL REFERENCES passage ON DELETE CASCADE,
    part INTEGER NOT NULL,
    span_start INTEGER NOT NULL,
    span_end INTEGER NOT NULL CHECK (span_end > span_start),
    model TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (passage, part)
) STRICT;

CREATE TABLE question (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    material BLOB NOT NULL REFERENCES material ON DELETE CASCADE,
    -- SHA-256 of stem and key: the same question is written once
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    state TEXT NOT NULL CHECK (state IN ('published', 'retired')),
    automatic INTEGER NOT NULL CHECK (automatic IN (0, 1)),
    page INTEGER NOT NULL,
    span_start INTEGER NOT NULL,
    span_end INTEGER NOT NULL,
    concept TEXT NOT NULL,
    -- a domain::question::Item
    item TEXT NOT NULL CHECK (json_valid(item)),
    created INTEGER NOT NULL,
    UNIQUE (material, fingerprint)
) STRICT;

CREATE TABLE question_report (
    question BLOB NOT NULL REFERENCES question ON DELETE CASCADE,
    learner BLOB NOT NULL REFERENCES learner ON DELETE CASCADE,
    reason TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (question, learner)
) STRICT;
CREATE INDEX question_report_learner ON question_report (learner);

CREATE TABLE quiz (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    learner BLOB NOT NULL REFERENCES learner ON DELETE CASCADE,
    -- kept when the material goes: the set stays as history
    material BLOB REFERENCES material ON DELETE SET NULL,
    title TEXT NOT NULL,
    started INTEGER NOT NULL,
    finished INTEGER
) STRICT;
CREATE INDEX quiz_learner ON quiz (learner, started);
CREATE INDEX quiz_material ON quiz (material);

CREATE TABLE quiz_item (
    quiz BLOB NOT NULL REFERENCES quiz ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 0),
    -- NULL: the question was deleted in the meantime
    question BLOB REFERENCES question ON DELETE SET NULL,
    -- indices into the item's options, in the order in which they are shown
    shown TEXT NOT NULL CHECK (json_valid(shown)),
    PRIMARY KEY (quiz, position)
) STRICT;
CREATE INDEX quiz_item_question ON quiz_item (question);

CREATE TABLE answer (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    learner BLOB NOT NULL REFERENCES learner ON DELETE CASCADE,
    question BLOB REFERENCES question ON DELETE SET NULL,
    quiz BLOB REFERENCES quiz ON DELETE CASCADE,
    position INTEGER,
    -- index into the item's own options
    choice INTEGER NOT NULL CHECK (choice >= 0),
    correct INTEGER NOT NULL CHECK (correct IN (0, 1)),
    confidence TEXT CHECK (confidence IN ('guess', 'unsure', 'fairly', 'certain')),
    took INTEGER NOT NULL CHECK (took >= 0),
    at INTEGER NOT NULL,
    day INTEGER NOT NULL,
    UNIQUE (quiz, position),
    CHECK ((quiz IS NULL) = (position IS NULL))
) STRICT;
CREATE INDEX answer_learner ON answer (learner, at);
CREATE INDEX answer_question ON answer (question, learner, at);

CREATE TABLE card (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    learner BLOB NOT NULL REFERENCES learner ON DELETE CASCADE,
    question BLOB NOT NULL REFERENCES question ON DELETE CASCADE,
    -- FSRS memory; NULL before the first review
    stability REAL,
    difficulty REAL,
    due INTEGER NOT NULL,
    last_review INTEGER,
    reps INTEGER NOT NULL CHECK (reps >= 0),
    lapses INTEGER NOT NULL CHECK (lapses >= 0),
    created INTEGER NOT NULL,
    UNIQUE (learner, question),
    CHECK ((stability IS NULL) = (difficulty IS NULL) AND (stability IS NULL) = (last_review IS NULL))
) STRICT;
CREATE INDEX card_due ON card (learner, due);
CREATE INDEX card_question ON card (question);

CREATE TABLE review (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    card BLOB NOT NULL REFERENCES card ON DELETE CASCADE,
    learner BLOB NOT NULL REFERENCES learner ON DELETE CASCADE,
    rating TEXT NOT NULL CHECK (rating IN ('again', 'hard', 'good', 'easy')),
    at INTEGER NOT NULL,
    day INTEGER NOT NULL,
    took INTEGER NOT NULL CHECK (took >= 0),
    -- the card before and after, as JSON: undo puts the former back
    before TEXT NOT NULL CHECK (json_valid(before)),
    after TEXT NOT NULL CHECK (json_valid(after)),
    UNIQUE (card, at)
) STRICT;
CREATE INDEX review_learner ON review (learner, at);

-- What was earned, once per source.
CREATE TABLE xp (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    learner BLOB NOT NULL REFERENCES learner ON DELETE CASCADE,
    source TEXT NOT NULL CHECK (source IN ('answer', 'review')),
    -- id of the answer or review
    reference BLOB NOT NULL CHECK (length(reference) = 16),
    amount INTEGER NOT NULL CHECK (amount >= 0),
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    day INTEGER NOT NULL,
    UNIQUE (source, reference)
) STRICT;
CREATE INDEX xp_learner ON xp (learner, day);

-- Background work. `due` of a running job is the end of its lease: a dead worker's job is simply due again.
CREATE TABLE job (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    kind TEXT NOT NULL,
    -- the same kind and key is one job
    key TEXT NOT NULL,
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    state TEXT NOT NULL CHECK (state IN ('ready', 'running', 'done', 'dead')),
    due INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    reason TEXT,
    UNIQUE (kind, key)
) STRICT;
CREATE INDEX job_due ON job (due, id) WHERE state IN ('ready', 'running');
