-- Which material is in which vector engine outside this process. No foreign key, by intent: a row whose material is gone
-- says what has to be deleted from the engine.
CREATE TABLE index_state (
    engine TEXT NOT NULL,
    generation TEXT NOT NULL,
    owner BLOB NOT NULL CHECK (length(owner) = 16),
    material BLOB NOT NULL CHECK (length(material) = 16),
    -- rises with every change that begins
    version INTEGER NOT NULL,
    -- what is in the engine: how many windows and the first passage's id; NULL while it changes or when a change failed
    windows INTEGER,
    first_passage BLOB CHECK (length(first_passage) = 16),
    PRIMARY KEY (engine, generation, owner, material)
) STRICT;
