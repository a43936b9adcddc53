ALTER TABLE person ADD COLUMN note @text NOT NULL DEFAULT '@text is no word here';
