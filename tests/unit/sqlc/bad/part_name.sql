-- error: 2: `-- part: NAME` expected
-- part: a b
SELECT 1;
