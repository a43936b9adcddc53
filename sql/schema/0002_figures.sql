-- Changes whenever a report would count other people in the session, in the transaction that made it so (model/figures.h). It begins anywhere, so that
-- a session that gets the number of one that is gone is not taken for it.
ALTER TABLE session ADD COLUMN figures @int NOT NULL DEFAULT 0;
-- In the order of a report by department.
CREATE INDEX department_by_name ON department (name_key, id);
