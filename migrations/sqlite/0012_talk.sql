-- Talks with the tutor. Deleting a material deletes the talks about it: they quote it.

CREATE TABLE talk (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    learner BLOB NOT NULL REFERENCES learner ON DELETE CASCADE,
    material BLOB NOT NULL REFERENCES material ON DELETE CASCADE,
    concept TEXT NOT NULL,
    -- the same for each way to write it
    concept_key TEXT NOT NULL,
    title TEXT NOT NULL,
    because TEXT NOT NULL,
    -- a domain::tutor::Session
    session TEXT NOT NULL CHECK (json_valid(session)),
    -- what it stands on: explanations, questions with their answers, what was asked already
    matter TEXT NOT NULL CHECK (json_valid(matter)),
    -- number of the last line
    last INTEGER NOT NULL CHECK (last >= 0),
    began INTEGER NOT NULL,
    touched INTEGER NOT NULL,
    ended INTEGER
) STRICT;
CREATE INDEX talk_learner ON talk (learner, touched);
CREATE INDEX talk_material ON talk (material, concept_key);

CREATE TABLE talk_line (
    talk BLOB NOT NULL REFERENCES talk ON DELETE CASCADE,
    seq INTEGER NOT NULL CHECK (seq > 0),
    at INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    -- what the learner did, with the first line that came of it: done again, it counts once
    doing TEXT CHECK (doing IS NULL OR json_valid(doing)),
    PRIMARY KEY (talk, seq)
) STRICT;
