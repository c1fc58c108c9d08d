-- What a page shows must not be counted anew from everything that a learner ever did. XP in all stands with the learner;
-- the triggers keep it, so that nothing that pays or takes back can forget it. Copying a whole database in has to go
-- round them: the sum comes with the learner.
ALTER TABLE learner ADD COLUMN xp BIGINT NOT NULL DEFAULT 0;
UPDATE learner SET xp = coalesce((SELECT sum(amount) FROM xp WHERE xp.learner = learner.id), 0);
CREATE FUNCTION keep_xp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE learner SET xp = xp - OLD.amount WHERE id = OLD.learner;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE learner SET xp = xp + NEW.amount WHERE id = NEW.learner;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER xp_paid AFTER INSERT ON xp FOR EACH ROW EXECUTE FUNCTION keep_xp();
CREATE TRIGGER xp_taken_back AFTER DELETE ON xp FOR EACH ROW EXECUTE FUNCTION keep_xp();
-- What a guest earned moves into their account.
CREATE TRIGGER xp_moved AFTER UPDATE OF learner, amount ON xp FOR EACH ROW EXECUTE FUNCTION keep_xp();
-- What was paid after a moment is taken off the sum.
CREATE INDEX xp_at ON xp (learner, at, reference);

-- Days of learning, one look a day; what was done today.
CREATE INDEX answer_day ON answer (learner, day, at);
CREATE INDEX review_day ON review (learner, day, at);

-- The sets that can be gone on with.
CREATE INDEX quiz_open ON quiz (learner, started) WHERE finished IS NULL;
