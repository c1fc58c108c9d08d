-- Cards with a front and a back that learners make of what they read, and what they report of a talk. Deleting a material deletes
-- the cards made of it, as it deletes its questions.

CREATE TABLE flashcard (
    id UUID PRIMARY KEY,
    learner UUID NOT NULL REFERENCES learner ON DELETE CASCADE,
    material UUID NOT NULL REFERENCES material ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('basic', 'cloze')),
    front TEXT NOT NULL,
    -- in other words than the quote; empty where the quote says it all
    back TEXT NOT NULL,
    concept TEXT NOT NULL,
    -- verbatim from the document, at this span
    quote TEXT NOT NULL,
    span_start BIGINT NOT NULL,
    span_end BIGINT NOT NULL CHECK (span_end > span_start),
    page BIGINT NOT NULL,
    -- whether it rests: then it does not come back
    resting BOOLEAN NOT NULL DEFAULT FALSE,
    created BIGINT NOT NULL
);
CREATE INDEX flashcard_learner ON flashcard (learner, created);
CREATE INDEX flashcard_material ON flashcard (material);

-- A card of the reviews is a question's or a flashcard's. SQLite cannot drop a NOT NULL: the tables are made anew, with what
-- is in them.
CREATE TABLE card_next (
    id UUID PRIMARY KEY,
    learner UUID NOT NULL REFERENCES learner ON DELETE CASCADE,
    question UUID REFERENCES question ON DELETE CASCADE,
    flashcard UUID UNIQUE REFERENCES flashcard ON DELETE CASCADE,
    -- FSRS memory; NULL before the first review
    stability DOUBLE PRECISION,
    difficulty DOUBLE PRECISION,
    due BIGINT NOT NULL,
    last_review BIGINT,
    reps BIGINT NOT NULL CHECK (reps >= 0),
    lapses BIGINT NOT NULL CHECK (lapses >= 0),
    created BIGINT NOT NULL,
    UNIQUE (learner, question),
    CHECK ((question IS NULL) <> (flashcard IS NULL)),
    CHECK ((stability IS NULL) = (difficulty IS NULL) AND (stability IS NULL) = (last_review IS NULL))
);
INSERT INTO card_next (id, learner, question, stability, difficulty, due, last_review, reps, lapses, created)
SELECT id, learner, question, stability, difficulty, due, last_review, reps, lapses, created FROM card;

CREATE TABLE review_next (
    id UUID PRIMARY KEY,
    card UUID NOT NULL REFERENCES card_next ON DELETE CASCADE,
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
INSERT INTO review_next (id, card, learner, rating, at, day, took, before, after)
SELECT id, card, learner, rating, at, day, took, before, after FROM review;

DROP TABLE review;
DROP TABLE card;
ALTER TABLE card_next RENAME TO card;
ALTER TABLE review_next RENAME TO review;
CREATE INDEX card_due ON card (learner, due);
CREATE INDEX card_question ON card (question);
CREATE INDEX review_learner ON review (learner, at);

-- Lines of a talk that its learner reported, for whoever runs this Mitochi
CREATE TABLE talk_report (
    talk UUID NOT NULL REFERENCES talk ON DELETE CASCADE,
    line BIGINT NOT NULL,
    learner UUID NOT NULL REFERENCES learner ON DELETE CASCADE,
    reason TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (talk, line),
    FOREIGN KEY (talk, line) REFERENCES talk_line ON DELETE CASCADE
);
CREATE INDEX talk_report_learner ON talk_report (learner);
