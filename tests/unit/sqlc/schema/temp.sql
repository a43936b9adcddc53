CREATE TEMP TABLE chosen (person_id @int NOT NULL PRIMARY KEY) @strict;
CREATE TEMP TABLE spare (n @int) @strict;
