-- steps --
-- The median time of each step of the last turns, in milliseconds.
SELECT step, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms::float8) AS ms
  FROM (SELECT record FROM turns ORDER BY at DESC LIMIT $1) AS lately
 CROSS JOIN LATERAL jsonb_each_text(record -> 'timings_ms') AS timed (step, ms)
 GROUP BY step;
