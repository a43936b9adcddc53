-- Somebody who was not told yet and came into an earlier session is told with the batch (E10): the access date from before, so that undo brings it back.
ALTER TABLE batch_item ADD COLUMN old_access_at @int CHECK (old_access_at IS NULL OR effect = 'move');
