-- The schema of PostgreSQL. Its twin for SQLite is migrations/sqlite/0001_init.sql: same tables, same names.
-- Ids are UUIDv7 (16 bytes), times are milliseconds since 1970 in UTC, days are days since 1970 in the learner's zone.

CREATE TABLE learner (
    id UUID PRIMARY KEY,
    -- NULL for a guest
    email TEXT,
    -- the address as it is compared: lower case
    email_key TEXT UNIQUE,
    password_hash TEXT,
    settings JSONB NOT NULL,
    created BIGINT NOT NULL,
    CHECK ((email IS NULL) = (email_key IS NULL) AND (email IS NULL) = (password_hash IS NULL))
);

-- A log-in of one browser. Refresh tokens of one session are a family.
CREATE TABLE session (
    id UUID PRIMARY KEY,
    learner UUID NOT NULL REFERENCES learner ON DELETE CASCADE,
    created BIGINT NOT NULL,
    ended BIGINT
);
CREATE INDEX session_learner ON session (learner);

CREATE TABLE refresh_token (
    -- SHA-256 of the token
    hash BYTEA PRIMARY KEY CHECK (length(hash) = 32),
    session UUID NOT NULL REFERENCES session ON DELETE CASCADE,
    issued BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    -- when it was first exchanged for its successor
    spent BIGINT
);
CREATE INDEX refresh_token_session ON refresh_token (session);

CREATE TABLE material (
    id UUID PRIMARY KEY,
    -- NULL for what Mitochi brings itself: everybody may read it
    owner UUID REFERENCES learner ON DELETE CASCADE,
    title TEXT NOT NULL,
    filename TEXT NOT NULL,
    format TEXT NOT NULL,
    extension TEXT NOT NULL,
    bytes BIGINT NOT NULL CHECK (bytes >= 0),
    sha256 BYTEA NOT NULL CHECK (length(sha256) = 32),
    state TEXT NOT NULL CHECK (state IN ('queued', 'reading', 'preparing', 'ready', 'failed')),
    pages_read BIGINT NOT NULL DEFAULT 0 CHECK (pages_read >= 0),
    pages_total BIGINT NOT NULL DEFAULT 0 CHECK (pages_total >= 0),
    error TEXT,
    warnings JSONB NOT NULL,
    created BIGINT NOT NULL
);
CREATE UNIQUE INDEX material_file ON material (owner, sha256);
CREATE INDEX material_owner ON material (owner, created);

-- What was read: a domain::document::Document as JSON.
CREATE TABLE document (
    material UUID PRIMARY KEY REFERENCES material ON DELETE CASCADE,
    body JSONB NOT NULL
);

CREATE TABLE passage (
    id UUID PRIMARY KEY,
    material UUID NOT NULL REFERENCES material ON DELETE CASCADE,
    ordinal BIGINT NOT NULL,
    span_start BIGINT NOT NULL,
    span_end BIGINT NOT NULL CHECK (span_end > span_start),
    page_first BIGINT NOT NULL,
    page_last BIGINT NOT NULL,
    tokens BIGINT NOT NULL,
    headings JSONB NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (material, ordinal)
);

-- Embeddings: the truth from which every vector index is built. Little-endian f32.
CREATE TABLE passage_vector (
    passage UUID NOT NULL REFERENCES passage ON DELETE CASCADE,
    part BIGINT NOT NULL,
    span_start BIGINT NOT NULL,
    span_end BIGINT NOT NULL CHECK (span_end > span_start),
    model TEXT NOT NULL,
    vector BYTEA NOT NULL,
    PRIMARY KEY (passage, part)
);

CREATE TABLE question (
    id UUID PRIMARY KEY,
    material UUID NOT NULL REFERENCES material ON DELETE CASCADE,
    -- SHA-256 of stem and key: the same question is written once
    fingerprint BYTEA NOT NULL CHECK (length(fingerprint) = 32),
    state TEXT NOT NULL CHECK (state IN ('published', 'retired')),
    automatic BOOLEAN NOT NULL,
    page BIGINT NOT NULL,
    span_start BIGINT NOT NULL,
    span_end BIGINT NOT NULL,
    concept TEXT NOT NULL,
    -- a domain::question::Item
    item JSONB NOT NULL,
    created BIGINT NOT NULL,
    UNIQUE (material, fingerprint)
);

CREATE TABLE question_report (
    question UUID NOT NULL REFERENCES question ON DELETE CASCADE,
    learner UUID NOT NULL REFERENCES learner ON DELETE CASCADE,
    reason TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (question, learner)
);
CREATE INDEX question_report_learner ON question_report (learner);

CREATE TABLE quiz (
    id UUID PRIMARY KEY,
    learner UUID NOT NULL REFERENCES learner ON DELETE CASCADE,
    -- kept when the material goes: the set stays as history
    material UUID REFERENCES material ON DELETE SET NULL,
    title TEXT NOT NULL,
    started BIGINT NOT NULL,
    finished BIGINT
);
CREATE INDEX quiz_learner ON quiz (learner, started);
CREATE INDEX quiz_material ON quiz (material);

CREATE TABLE quiz_item (
    quiz UUID NOT NULL REFERENCES quiz ON DELETE CASCADE,
    position BIGINT NOT NULL CHECK (position >= 0),
    -- NULL: the question was deleted in the meantime
    question UUID REFERENCES question ON DELETE SET NULL,
    -- indices into the item's options, in the order in which they are shown
    shown JSONB NOT NULL,
    PRIMARY KEY (quiz, position)
);
CREATE INDEX quiz_item_question ON quiz_item (question);

CREATE TABLE answer (
    id UUID PRIMARY KEY,
    learner UUID NOT NULL REFERENCES learner ON DELETE CASCADE,
    question UUID REFERENCES question ON DELETE SET NULL,
    quiz UUID REFERENCES quiz ON DELETE CASCADE,
    position BIGINT,
    -- index into the item's own options
    choice BIGINT NOT NULL CHECK (choice >= 0),
    correct BOOLEAN NOT NULL,
    confidence TEXT CHECK (confidence IN ('guess', 'unsure', 'fairly', 'certain')),
    took BIGINT NOT NULL CHECK (took >= 0),
    at BIGINT NOT NULL,
    day BIGINT NOT NULL,
    UNIQUE (quiz, position),
    CHECK ((quiz IS NULL) = (position IS NULL))
);
CREATE INDEX answer_learner ON answer (learner, at);
CREATE INDEX answer_question ON answer (question, learner, at);

CREATE TABLE card (
    id UUID PRIMARY KEY,
    learner UUID NOT NULL REFERENCES learner ON DELETE CASCADE,
    question UUID NOT NULL REFERENCES question ON DELETE CASCADE,
    -- FSRS memory; NULL before the first review
    stability DOUBLE PRECISION,
    difficulty DOUBLE PRECISION,
    due BIGINT NOT NULL,
    last_review BIGINT,
    reps BIGINT NOT NULL CHECK (reps >= 0),
    lapses BIGINT NOT NULL CHECK (lapses >= 0),
    created BIGINT NOT NULL,
    UNIQUE (learner, question),
    CHECK ((stability IS NULL) = (difficulty IS NULL) AND (stability IS NULL) = (last_review IS NULL))
);
CREATE INDEX card_due ON card (learner, due);
CREATE INDEX card_question ON card (question);

CREATE TABLE review (
    id UUID PRIMARY KEY,
    card UUID NOT NULL REFERENCES card ON DELETE CASCADE,
    learner UUID NOT NULL REFERENCES learner ON DELETE CASCADE,
    rating TEXT NOT NULL CHECK (rating IN ('again', 'hard', 'good', 'easy')),
    at BIGINT NOT NULL,
    day BIGINT NOT NULL,
    took BIGINT NOT NULL CHECK (took >= 0),
    -- the card before and after, as JSON: undo puts the former back
    before JSONB NOT NULL,
    after JSONB NOT NULL,
    UNIQUE (card, at)
);
CREATE INDEX review_learner ON review (learner, at);

-- What was earned, once per source.
CREATE TABLE xp (
    id UUID PRIMARY KEY,
    learner UUID NOT NULL REFERENCES learner ON DELETE CASCADE,
    source TEXT NOT NULL CHECK (source IN ('answer', 'review')),
    -- id of the answer or review
    reference UUID NOT NULL,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    day BIGINT NOT NULL,
    UNIQUE (source, reference)
);
CREATE INDEX xp_learner ON xp (learner, day);

-- Background work. `due` of a running job is the end of its lease: a dead worker's job is simply due again.
CREATE TABLE job (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    -- the same kind and key is one job
    key TEXT NOT NULL,
    payload JSONB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'running', 'done', 'dead')),
    due BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    reason TEXT,
    UNIQUE (kind, key)
);
CREATE INDEX job_due ON job (due, id) WHERE state IN ('ready', 'running');
