CREATE TABLE x (id @id);
