-- declined --
-- Declined questions that looked for the same words, the most frequent first.
WITH declined AS (
  SELECT t.at,
         t.confidence,
         (SELECT string_agg(word, ' ' ORDER BY word)
            FROM jsonb_array_elements_text(coalesce(t.record -> 'looked_for', '[]')) word) AS words,
         (SELECT string_agg(m.text, E'\n' ORDER BY m.seq)
            FROM messages m
           WHERE m.conversation = t.conversation AND m.seq = ANY (t.covers)) AS question
    FROM turns t
   WHERE t.tenant = $1 AND t.decision = 'decline' AND t.at > now() - make_interval(days => $2)
)
SELECT count(*) AS times,
       coalesce(words, question) AS looked_for,
       (array_agg(question ORDER BY at DESC))[1] AS latest_question,
       max(confidence) AS highest_confidence,
       max(at)::date AS last
  FROM declined
 GROUP BY coalesce(words, question)
 ORDER BY times DESC, last DESC
 LIMIT $3;
