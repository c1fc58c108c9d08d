-- What a model is still writing in a talk.

-- a tutor::saying::Saying: the steps that are to be said; nothing while nothing is
ALTER TABLE talk
    ADD COLUMN saying TEXT CHECK (saying IS NULL OR json_valid(saying));
-- who says it: whoever finds another here than itself has lost the talk
ALTER TABLE talk
    ADD COLUMN speaker BLOB CHECK (speaker IS NULL OR length(speaker) = 16);
-- until when it is waited for; then others say the rest from the page
ALTER TABLE talk
    ADD COLUMN speaks_until INTEGER;

-- milliseconds from the act to the model's first word, with the first line that a model wrote for it
ALTER TABLE talk_line
    ADD COLUMN first_word INTEGER CHECK (first_word >= 0);
-- it goes on where the line before stopped
ALTER TABLE talk_line
    ADD COLUMN follows INTEGER NOT NULL DEFAULT 0 CHECK (follows IN (0, 1));
