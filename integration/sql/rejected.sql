-- Rows that were read well but are refused, in the order of the files.
SELECT r.file_no, r.line, d.reason, r.code, r.kind
FROM feed_decision d JOIN feed_row r ON r.ctid = d.tid WHERE d.outcome = 'rejected'
UNION ALL
SELECT file_no, line, fault, code, kind FROM feed_row WHERE fault IS NOT NULL
ORDER BY 1, 2
