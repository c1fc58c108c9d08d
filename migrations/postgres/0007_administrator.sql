-- Who runs this Mitochi sees what language models cost: the account that was there first.

ALTER TABLE learner
    ADD COLUMN admin BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE learner SET admin = TRUE
WHERE id = (SELECT id FROM learner WHERE email IS NOT NULL ORDER BY created, id LIMIT 1);
