-- What the index of users in memory (model/user_index.h) reads to follow: a row a change, written in its transaction, for
-- as long as somebody may not have read it. Never empty: the last row read says that none before it is missed.
CREATE TABLE user_change (
	id @id,
	-- Who; 0: departments moved, came or went; -1: users came in bulk.
	user_id @int NOT NULL,
	-- PostgreSQL's number of the transaction: there, rows do not become visible in the order of their ids. SQLite: 0.
	tx @int NOT NULL
) @strict;
CREATE INDEX user_change_tx ON user_change (tx) WHERE tx > 0;
INSERT INTO user_change (user_id, tx) VALUES (-1, 0);

-- Lists by status in the order of an index.
CREATE INDEX users_by_status ON users (status, id);
