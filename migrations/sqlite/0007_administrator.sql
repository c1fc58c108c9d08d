-- Who runs this Mitochi sees what language models cost: the account that was there first.

ALTER TABLE learner
    ADD COLUMN admin INTEGER NOT NULL DEFAULT 0 CHECK (admin IN (0, 1));
UPDATE learner SET admin = 1
WHERE id = (SELECT id FROM learner WHERE email IS NOT NULL ORDER BY created, id LIMIT 1);
