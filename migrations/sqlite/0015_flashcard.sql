-- Cards with a front and a back that learners make of what they read, and what they report of a talk. Deleting a material deletes
-- the cards made of it, as it deletes its questions.

CREATE TABLE flashcard (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    learner BLOB NOT NULL REFERENCES learner ON DELETE CASCADE,
    material BLOB NOT NULL REFERENCES material ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('basic', 'cloze')),
    front TEXT NOT NULL,
    -- in other words than the quote; empty where the quote says it all
    back TEXT NOT NULL,
    concept TEXT NOT NULL,
    -- verbatim from the document, at this span
    quote TEXT NOT NULL,
    span_start INTEGER NOT NULL,
    span_end INTEGER NOT NULL CHECK (span_end > span_start),
    page INTEGER NOT NULL,
    -- whether it rests: then it does not come back
    resting INTEGER NOT NULL DEFAULT 0 CHECK (resting IN (0, 1)),
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX flashcard_learner ON flashcard (learner, created);
CREATE INDEX flashcard_material ON flashcard (material);

-- A card of the reviews is a question's or a flashcard's. SQLite cannot drop a NOT NULL: the tables are made anew, with what
-- is in them.
CREATE TABLE card_next (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    learner BLOB NOT NULL REFERENCES learner ON DELETE CASCADE,
    question BLOB REFERENCES question ON DELETE CASCADE,
    flashcard BLOB UNIQUE REFERENCES flashcard ON DELETE CASCADE,
    -- FSRS memory; NULL before the first review
    stability REAL,
    difficulty REAL,
    due INTEGER NOT NULL,
    last_review INTEGER,
    reps INTEGER NOT NULL CHECK (reps >= 0),
    lapses INTEGER NOT NULL CHECK (lapses >= 0),
    created INTEGER NOT NULL,
    UNIQUE (learner, question),
    CHECK ((question IS NULL) <> (flashcard IS NULL)),
    CHECK ((stability IS NULL) = (difficulty IS NULL) AND (stability IS NULL) = (last_review IS NULL))
) STRICT;
INSERT INTO card_next (id, learner, question, stability, difficulty, due, last_review, reps, lapses, created)
SELECT id, learner, question, stability, difficulty, due, last_review, reps, lapses, created FROM card;

CREATE TABLE review_next (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    card BLOB NOT NULL REFERENCES card_next ON DELETE CASCADE,
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
    talk BLOB NOT NULL REFERENCES talk ON DELETE CASCADE,
    line INTEGER NOT NULL,
    learner BLOB NOT NULL REFERENCES learner ON DELETE CASCADE,
    reason TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (talk, line),
    FOREIGN KEY (talk, line) REFERENCES talk_line ON DELETE CASCADE
) STRICT;
CREATE INDEX talk_report_learner ON talk_report (learner);
