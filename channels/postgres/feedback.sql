-- conversation --
-- Where a turn took place.
SELECT conversation
  FROM turns
 WHERE id = $1;

-- rate --
-- The verdict on a turn, and the news of it; the same verdict again changes and tells nothing.
WITH rated AS (
  INSERT INTO ratings AS r (turn, tenant, thumb, reason, comment)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (turn) DO UPDATE
     SET thumb = excluded.thumb,
         reason = excluded.reason,
         comment = excluded.comment,
         at = now()
   WHERE (r.thumb, r.reason, r.comment)
         IS DISTINCT FROM (excluded.thumb, excluded.reason, excluded.comment)
  RETURNING turn
)
INSERT INTO outbox (lane, topic, conversation, value)
SELECT $6, $7, $8, $9
  FROM rated;

-- rate_talk --
-- What a customer thinks of a talk in their conversation, as long as it can be said. The same again
-- changes nothing. No row: nobody asked, or it is too late.
UPDATE handoff_ratings
   SET thumb = $3,
       reason = $4,
       comment = $5,
       at = CASE WHEN (thumb, reason, comment) IS NOT DISTINCT FROM ($3, $4, $5)
                 THEN at
                 ELSE $6 END
 WHERE handoff = $1
   AND conversation = $2
   AND until > $6
RETURNING handoff;
