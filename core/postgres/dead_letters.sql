-- put_aside --
-- Keep a record and queue its copy for the topic of dead letters; one that is kept already is left
-- as it is.
WITH kept AS (
  INSERT INTO dead_letters (topic, part, off, at, key, value, headers, error_class, error,
                            attempts, first_at, last_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
  ON CONFLICT (topic, part, off, at) DO NOTHING
  RETURNING key, value
)
INSERT INTO outbox (lane, topic, key, value, headers)
SELECT $13, $14, key, value, $15::text::jsonb
  FROM kept;

-- kept --
-- What is kept in these states, the latest first.
SELECT id, topic, part, off, at, key, value, headers, error_class, error, attempts, first_at,
       last_at, state, closed_at
  FROM dead_letters
 WHERE state = ANY($1::text[])
 ORDER BY last_at DESC, id DESC;

-- one --
-- One of them.
SELECT id, topic, part, off, at, key, value, headers, error_class, error, attempts, first_at,
       last_at, state, closed_at
  FROM dead_letters
 WHERE id = $1;

-- keys --
-- Their keys, in their order; nobody else closes or removes them until the transaction ends.
SELECT id, key
  FROM dead_letters
 WHERE id = ANY($1::bigint[])
 ORDER BY id
   FOR UPDATE;

-- replay --
-- Put the records back on their way to their topics, in their order, and close the letters.
WITH back AS (
  UPDATE dead_letters AS d
     SET state = 'replayed',
         closed_at = clock_timestamp()
    FROM unnest($1::bigint[], $2::int[]) AS chosen (id, lane)
   WHERE d.id = chosen.id
  RETURNING d.id, chosen.lane, d.topic, d.key, d.value, d.headers
)
INSERT INTO outbox (lane, topic, key, value, headers)
SELECT lane, topic, key, value, headers || jsonb_build_object($3::text, id::text)
  FROM back
 ORDER BY id;

-- discard --
-- Close the open ones among these.
UPDATE dead_letters
   SET state = 'discarded',
       closed_at = clock_timestamp()
 WHERE id = ANY($1::bigint[])
   AND state = 'open'
RETURNING id;

-- open_ones --
-- How many wait for a decision.
SELECT count(*)::int
  FROM dead_letters
 WHERE state = 'open';

-- clear --
-- Remove what was closed long ago.
DELETE FROM dead_letters
 WHERE id IN (
   SELECT id
     FROM dead_letters
    WHERE closed_at < now() - $1::interval
    LIMIT $2
 )
RETURNING id;
