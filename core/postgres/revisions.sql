-- revised --
-- Messages that were changed by a later change than one, in the order of their last changes.
SELECT m.conversation, m.seq, m.author, m.text, m.sources, m.turn, m.at, m.choice, m.handoff,
       max(r.n) AS number, m.deleted_at IS NOT NULL AS withdrawn
  FROM message_revisions AS r
  JOIN messages AS m
    ON m.conversation = r.conversation
   AND m.seq = r.seq
 WHERE r.conversation = $1
   AND r.n > $2
 GROUP BY m.conversation, m.seq
 ORDER BY number
 LIMIT $3;
