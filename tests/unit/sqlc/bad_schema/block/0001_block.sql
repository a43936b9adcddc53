CREATE TABLE x (id @id);
-- pg:
SELECT 1;
