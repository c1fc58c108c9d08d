-- What is worth learning in each material, how far models have read it, and what they judged of its questions.

CREATE TABLE finding (
    material BLOB NOT NULL REFERENCES material ON DELETE CASCADE,
    -- reading order
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('concept', 'fact', 'correlation', 'misconception', 'mnemonic')),
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    -- verbatim from the document, at this span
    quote TEXT NOT NULL,
    span_start INTEGER NOT NULL,
    span_end INTEGER NOT NULL CHECK (span_end > span_start),
    page INTEGER NOT NULL,
    -- 'text', or a model as 'provider/model'
    source TEXT NOT NULL,
    PRIMARY KEY (material, ordinal)
) STRICT;

-- How far a piece of work with models has come over a document; it begins again when the document is another.
CREATE TABLE model_progress (
    material BLOB NOT NULL REFERENCES material ON DELETE CASCADE,
    work TEXT NOT NULL,
    -- SHA-256 of the document's text
    document BLOB NOT NULL,
    done INTEGER NOT NULL CHECK (done >= 0),
    PRIMARY KEY (material, work)
) STRICT;

-- The model that wrote it, as 'provider/model'; NULL for what the program or a person wrote
ALTER TABLE question
    ADD COLUMN model TEXT;

CREATE TABLE question_judgement (
    question BLOB PRIMARY KEY REFERENCES question ON DELETE CASCADE,
    verdict TEXT NOT NULL CHECK (verdict IN ('sound', 'unsound', 'unclear')),
    -- which model judged; empty where none gave an answer that could be used
    model TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
