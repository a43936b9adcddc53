-- The trail by what something was done to. Enrollments, which are most of it and come by the hundred thousand, are found by whom they are about;
-- the rest by kind, and by one of a kind.
DROP INDEX audit_object;
CREATE INDEX audit_object ON audit (object, object_id, id) WHERE object <> 'enrollment';
CREATE INDEX audit_kind ON audit (object, id) WHERE object <> 'enrollment';
