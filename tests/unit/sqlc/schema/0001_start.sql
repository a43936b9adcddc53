-- The tests' own small schema.
CREATE TABLE person (
	id @id,
	name @text NOT NULL UNIQUE,
	name_key @blob NOT NULL,
	email @text,
	team @int NOT NULL,
	joined @int,
	photo @blob,
	score @real,
	boss @int REFERENCES person (id)
) @strict;
CREATE INDEX person_by_key ON person (name_key, id);
CREATE TABLE person_field (
	person_id @int NOT NULL REFERENCES person (id),
	field_id @int NOT NULL,
	value_fold @text NOT NULL,
	PRIMARY KEY (person_id, field_id)
) @strict;
-- sqlite:
-- Not every error leaves the transaction alive.
CREATE TRIGGER person_doomed BEFORE INSERT ON person WHEN new.name = 'doomed'
BEGIN
	SELECT raise(ROLLBACK, 'doomed');
END;
-- pg:
CREATE INDEX person_team ON person (team);
-- end
