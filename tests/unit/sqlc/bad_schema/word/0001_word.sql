CREATE TABLE x (
	id @id, -- not this @integer
	n @integer
);
