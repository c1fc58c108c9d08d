-- Where a talk was opened from, as JSON; '' where nothing says it.
ALTER TABLE talk ADD COLUMN origin TEXT NOT NULL DEFAULT '';
