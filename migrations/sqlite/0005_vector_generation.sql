-- Vectors of two models side by side: while those of a new one are made, the old ones are searched. Its twin for PostgreSQL is
-- migrations/postgres/0005_vector_generation.sql.
ALTER TABLE passage_vector RENAME TO passage_vector_before;
CREATE TABLE passage_vector (
    passage BLOB NOT NULL REFERENCES passage ON DELETE CASCADE,
    -- the generation: the model and the way of cutting windows
    model TEXT NOT NULL,
    part INTEGER NOT NULL,
    span_start INTEGER NOT NULL,
    span_end INTEGER NOT NULL CHECK (span_end > span_start),
    vector BLOB NOT NULL,
    PRIMARY KEY (passage, model, part)
) STRICT;
INSERT INTO passage_vector (passage, model, part, span_start, span_end, vector)
    SELECT passage, model, part, span_start, span_end, vector FROM passage_vector_before;
DROP TABLE passage_vector_before;
