-- read --
-- The next records of many partitions at once.
SELECT r.topic, r.part, r.off, r.key, r.value, r.headers, r.at
  FROM unnest($1::text[], $2::int[], $3::bigint[]) AS place (topic, part, off)
 CROSS JOIN LATERAL (
   SELECT *
     FROM log_records
    WHERE log_records.topic = place.topic
      AND log_records.part = place.part
      AND log_records.off >= place.off
    ORDER BY log_records.off
    LIMIT $4
 ) AS r
 LIMIT $4;
