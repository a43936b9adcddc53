-- A comment.
CREATE TABLE x (id @id);

CREATE INDEX y ON persons (id);
