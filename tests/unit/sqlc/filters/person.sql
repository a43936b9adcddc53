-- field: id int
is: p.id = $v
in: p.id IN ($v)
-- field: team int
is: p.team = $v
is_not: p.team <> $v
before: p.team < $v
after: p.team > $v
in: p.team IN ($v)
-- field: joined int
before: p.joined < $v
after: p.joined > $v
empty: p.joined IS NULL
not_empty: p.joined IS NOT NULL
-- field: name text
is: p.name = $v
is_not: p.name <> $v
contains: p.name LIKE $like ESCAPE '\'
starts_with: p.name LIKE $prefix ESCAPE '\'
in: p.name IN ($v)
-- field: email exact
is: p.email = $v
is_not: (p.email IS NULL
	OR p.email <> $v)
empty: p.email IS NULL
not_empty: p.email IS NOT NULL
-- Two holes of one value, and another text for the other engine.
-- field: around int
is: p.team BETWEEN $v - 1 AND $v + 1
pg is: p.team BETWEEN CAST($v AS BIGINT) - 1 AND CAST($v AS BIGINT) + 1
-- field: profile text profile
is: EXISTS (SELECT 1 FROM person_field f WHERE f.person_id = p.id AND f.field_id = $f AND f.value_fold = $v)
is_not: NOT EXISTS (SELECT 1 FROM person_field f WHERE f.person_id = p.id AND f.field_id = $f AND f.value_fold = $v)
contains: EXISTS (SELECT 1 FROM person_field f WHERE f.person_id = p.id AND f.field_id = $f AND f.value_fold LIKE $like ESCAPE '\')
in: EXISTS (SELECT 1 FROM person_field f WHERE f.person_id = p.id AND f.field_id = $f AND f.value_fold IN ($v))
empty: NOT EXISTS (SELECT 1 FROM person_field f WHERE f.person_id = p.id AND f.field_id = $f)
not_empty: EXISTS (SELECT 1 FROM person_field f WHERE f.person_id = p.id AND f.field_id = $f)
