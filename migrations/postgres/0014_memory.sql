-- What the tutor remembers of a learner: what talks left, goals, notes. Deleting a material deletes what talks about it left.

CREATE TABLE memory (
    id UUID PRIMARY KEY,
    learner UUID NOT NULL REFERENCES learner ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('goal', 'note', 'misconception', 'error', 'breakthrough')),
    -- NULL for what is about none
    material UUID REFERENCES material ON DELETE CASCADE,
    concept TEXT NOT NULL,
    -- the same for each way to write it
    concept_key TEXT NOT NULL,
    text TEXT NOT NULL,
    -- the same for each repeat, whatever the learner makes of the words
    mark TEXT NOT NULL,
    times BIGINT NOT NULL CHECK (times > 0),
    -- the talk that led to it last
    talk UUID REFERENCES talk ON DELETE SET NULL,
    at BIGINT NOT NULL
);
CREATE INDEX memory_learner ON memory (learner, at);
CREATE INDEX memory_material ON memory (material);
CREATE INDEX memory_talk ON memory (talk);

-- Of whom nothing is remembered, since when
CREATE TABLE memory_off (
    learner UUID PRIMARY KEY REFERENCES learner ON DELETE CASCADE,
    since BIGINT NOT NULL
);
