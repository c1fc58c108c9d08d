-- What a search asks for and would else work out of whole documents each time: their chapters, and the words that are in them.

-- No row: not worked out yet; the next start does it.
CREATE TABLE outline (
    material BLOB PRIMARY KEY REFERENCES material ON DELETE CASCADE,
    chapters TEXT NOT NULL CHECK (json_valid(chapters))
) STRICT;

-- The twin of PostgreSQL's. Empty here: the index of words lies beside the one process and knows them.
CREATE TABLE term (
    material BLOB NOT NULL REFERENCES material ON DELETE CASCADE,
    form TEXT NOT NULL,
    stem TEXT NOT NULL,
    passages INTEGER NOT NULL CHECK (passages > 0),
    PRIMARY KEY (material, form)
) STRICT;
CREATE INDEX term_stem ON term (material, stem);
