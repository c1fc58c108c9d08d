-- Talks with the tutor. Deleting a material deletes the talks about it: they quote it.

CREATE TABLE talk (
    id UUID PRIMARY KEY,
    learner UUID NOT NULL REFERENCES learner ON DELETE CASCADE,
    material UUID NOT NULL REFERENCES material ON DELETE CASCADE,
    concept TEXT NOT NULL,
    -- the same for each way to write it
    concept_key TEXT NOT NULL,
    title TEXT NOT NULL,
    because TEXT NOT NULL,
    -- a domain::tutor::Session
    session JSONB NOT NULL,
    -- what it stands on: explanations, questions with their answers, what was asked already
    matter JSONB NOT NULL,
    -- number of the last line
    last BIGINT NOT NULL CHECK (last >= 0),
    began BIGINT NOT NULL,
    touched BIGINT NOT NULL,
    ended BIGINT
);
CREATE INDEX talk_learner ON talk (learner, touched);
CREATE INDEX talk_material ON talk (material, concept_key);

CREATE TABLE talk_line (
    talk UUID NOT NULL REFERENCES talk ON DELETE CASCADE,
    seq BIGINT NOT NULL CHECK (seq > 0),
    at BIGINT NOT NULL,
    body JSONB NOT NULL,
    -- what the learner did, with the first line that came of it: done again, it counts once
    doing JSONB,
    PRIMARY KEY (talk, seq)
);
