-- What an audience, a smart group and the lists of users can ask of a user. The statement calls users u and their department d.

-- A department without what lies below; starts_with is the department and everything below it.
-- field: department int
is: d.id = $v
is_not: d.id <> $v
in: d.id IN ($v)
starts_with: EXISTS (SELECT 1 FROM department x WHERE x.id = $v AND d.lo BETWEEN x.lo AND x.hi)

-- Groups whose members are listed.
-- field: group int
is: EXISTS (SELECT 1 FROM group_member m WHERE m.group_id = $v AND m.user_id = u.id)
is_not: NOT EXISTS (SELECT 1 FROM group_member m WHERE m.group_id = $v AND m.user_id = u.id)
in: EXISTS (SELECT 1 FROM group_member m WHERE m.group_id IN ($v) AND m.user_id = u.id)
empty: NOT EXISTS (SELECT 1 FROM group_member m WHERE m.user_id = u.id)
not_empty: EXISTS (SELECT 1 FROM group_member m WHERE m.user_id = u.id)

-- Roles that are held; supervisors are those with somebody below, learners those without a role.
-- field: role exact
is: EXISTS (SELECT 1 FROM user_role h JOIN role o ON o.id = h.role_id WHERE h.user_id = u.id AND (o.key = $v OR CAST(o.id AS TEXT) = $v))
	OR ('supervisor' = $v AND EXISTS (SELECT 1 FROM users b WHERE b.supervisor_id = u.id))
	OR ('learner' = $v AND NOT EXISTS (SELECT 1 FROM user_role h WHERE h.user_id = u.id))
is_not: NOT EXISTS (SELECT 1 FROM user_role h JOIN role o ON o.id = h.role_id WHERE h.user_id = u.id AND (o.key = $v OR CAST(o.id AS TEXT) = $v))
	AND NOT ('supervisor' = $v AND EXISTS (SELECT 1 FROM users b WHERE b.supervisor_id = u.id))
	AND NOT ('learner' = $v AND NOT EXISTS (SELECT 1 FROM user_role h WHERE h.user_id = u.id))
in: EXISTS (SELECT 1 FROM user_role h JOIN role o ON o.id = h.role_id WHERE h.user_id = u.id AND (o.key IN ($v) OR CAST(o.id AS TEXT) IN ($v)))
	OR ('supervisor' IN ($v) AND EXISTS (SELECT 1 FROM users b WHERE b.supervisor_id = u.id))
	OR ('learner' IN ($v) AND NOT EXISTS (SELECT 1 FROM user_role h WHERE h.user_id = u.id))

-- field: status exact
is: u.status = $v
is_not: u.status <> $v
in: u.status IN ($v)

-- field: login text
is: u.login_fold = $v
is_not: u.login_fold <> $v
in: u.login_fold IN ($v)
contains: u.login_fold LIKE $like ESCAPE '\'
starts_with: u.login_fold LIKE $prefix ESCAPE '\'

-- field: email text
is: u.email_fold = $v
is_not: (u.email_fold IS NULL OR u.email_fold <> $v)
in: u.email_fold IN ($v)
contains: u.email_fold LIKE $like ESCAPE '\'
starts_with: u.email_fold LIKE $prefix ESCAPE '\'
empty: u.email_fold IS NULL
not_empty: u.email_fold IS NOT NULL

-- field: first_name text
is: u.first_fold = $v
is_not: u.first_fold <> $v
in: u.first_fold IN ($v)
contains: u.first_fold LIKE $like ESCAPE '\'
starts_with: u.first_fold LIKE $prefix ESCAPE '\'
empty: u.first_fold = ''
not_empty: u.first_fold <> ''

-- field: last_name text
is: u.last_fold = $v
is_not: u.last_fold <> $v
in: u.last_fold IN ($v)
contains: u.last_fold LIKE $like ESCAPE '\'
starts_with: u.last_fold LIKE $prefix ESCAPE '\'
empty: u.last_fold = ''
not_empty: u.last_fold <> ''

-- field: profile text profile
is: EXISTS (SELECT 1 FROM user_field y WHERE y.user_id = u.id AND y.field_id = $f AND y.value_fold = $v)
is_not: NOT EXISTS (SELECT 1 FROM user_field y WHERE y.user_id = u.id AND y.field_id = $f AND y.value_fold = $v)
in: EXISTS (SELECT 1 FROM user_field y WHERE y.user_id = u.id AND y.field_id = $f AND y.value_fold IN ($v))
contains: EXISTS (SELECT 1 FROM user_field y WHERE y.user_id = u.id AND y.field_id = $f AND y.value_fold LIKE $like ESCAPE '\')
starts_with: EXISTS (SELECT 1 FROM user_field y WHERE y.user_id = u.id AND y.field_id = $f AND y.value_fold LIKE $prefix ESCAPE '\')
before: EXISTS (SELECT 1 FROM user_field y WHERE y.user_id = u.id AND y.field_id = $f AND y.value_fold < $v)
after: EXISTS (SELECT 1 FROM user_field y WHERE y.user_id = u.id AND y.field_id = $f AND y.value_fold > $v)
empty: NOT EXISTS (SELECT 1 FROM user_field y WHERE y.user_id = u.id AND y.field_id = $f)
not_empty: EXISTS (SELECT 1 FROM user_field y WHERE y.user_id = u.id AND y.field_id = $f)

-- ---- Only for the program itself: each gives a list a place to begin at, where its own order would lead past everybody.

-- Whom the index in memory found: a JSON list of ids.
-- field: among exact
is: u.id IN (SELECT j.value FROM json_each($v) j)
pg is: u.id IN (SELECT j::bigint FROM json_array_elements_text($v::json) j)

-- Few that match.
-- field: search text
contains: u.id IN (SELECT z.id FROM users z WHERE z.search LIKE $like ESCAPE '\')

-- A department with few people, and everything below it.
-- field: within int
is: u.department_id IN (SELECT y.id FROM department x JOIN department y ON y.lo BETWEEN x.lo AND x.hi WHERE x.id = $v)

-- Somebody who leads nobody: each department is in scope or not, whoever is in it.
-- field: granted int
is: EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $v AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)

-- Somebody who sees few people, by departments or as a supervisor.
-- field: seen_by int
is: u.id IN (WITH RECURSIVE led (id) AS (
		SELECT b.id FROM users b WHERE b.supervisor_id = $v UNION SELECT b.id FROM users b JOIN led ON b.supervisor_id = led.id)
	SELECT id FROM led UNION
	SELECT z.id FROM grant_range g CROSS JOIN department y CROSS JOIN users z
	WHERE g.user_id = $v AND g.permission = 'users.view' AND y.lo BETWEEN g.lo AND g.hi AND z.department_id = y.id)
