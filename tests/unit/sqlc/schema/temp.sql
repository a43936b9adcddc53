CREATE TEMP TABLE chosen (person_id @int NOT NULL PRIMARY KEY) @staging;
CREATE TEMP TABLE spare (n @int) @staging;
