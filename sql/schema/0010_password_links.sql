-- Links to set a password, the newest of each kind a user: asked for by whoever forgot it, or given by an administrator.
CREATE TABLE password_link (
	user_id @int NOT NULL REFERENCES users (id),
	kind @text NOT NULL CHECK (kind = 'forgotten' OR kind = 'given'),
	-- The message that carries it.
	outbox_id @int NOT NULL REFERENCES outbox (id),
	token_hash @text NOT NULL UNIQUE,
	-- What the token derives from; null once the mail has left, so that nobody makes a link of what stands here.
	seed @text,
	created_at @int NOT NULL,
	expires_at @int NOT NULL,
	PRIMARY KEY (user_id, kind)
) @clustered;
CREATE INDEX password_link_expiry ON password_link (expires_at);
