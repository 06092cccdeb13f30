-- put_source --
-- Keep a catalogue in the place of the one before; a head stays until another is trained.
INSERT INTO intents (tenant, source)
VALUES ($1, $2)
ON CONFLICT (tenant) DO UPDATE
   SET source = excluded.source, at = now();

-- source --
-- The catalogue as it was imported.
SELECT source
  FROM intents
 WHERE tenant = $1;

-- put_head --
-- Keep a head with the catalogue it belongs to.
INSERT INTO intents (tenant, source, head, trained_on, report, trained_at)
VALUES ($1, $2, $3, $4, $5, now())
ON CONFLICT (tenant) DO UPDATE
   SET source = excluded.source, head = excluded.head, trained_on = excluded.trained_on,
       report = excluded.report, trained_at = now();

-- stamp --
-- Another one after every change; cheap, so that it can be asked often.
SELECT md5(concat_ws(' ', at, trained_at))
  FROM intents
 WHERE tenant = $1;

-- head --
-- The head, and the catalogue as it was imported.
SELECT source, head
  FROM intents
 WHERE tenant = $1 AND head IS NOT NULL;

-- report --
-- What the head was worth when it was trained.
SELECT report
  FROM intents
 WHERE tenant = $1;
