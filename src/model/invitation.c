#include "model/invitation.h"
#include "base/crypt.h"
#include "base/json.h"
#include "gen/queries.h"

enum { UID_CHARS = 26, NUMBER_CHARS = 10 };

static struct str uid_from(struct arena *a, const unsigned char *key, struct str text)
{
	return crypt_keyed(a, key, "uid", text, UID_CHARS);
}

struct str invitation_uid(
	struct arena *a, const unsigned char *key, int64_t enrollment, int64_t position, int64_t generation)
{
	return uid_from(
		a, key, str_fmt(a, "%lld:%lld:%lld", (long long)enrollment, (long long)position, (long long)generation));
}

struct str invitation_taught_uid(struct arena *a, const unsigned char *key, int64_t day)
{
	return uid_from(a, key, str_num(a, "teaches:", day));
}

/* base64url, six bits a character. */
static int bits_of(char ch)
{
	if (ch >= 'A' && ch <= 'Z')
		return ch - 'A';
	if (ch >= 'a' && ch <= 'z')
		return ch - 'a' + 26;
	if (ch >= '0' && ch <= '9')
		return ch - '0' + 52;
	return ch == '-' ? 62 : ch == '_' ? 63 : -1;
}

bool invitation_uid_number(struct str uid, int64_t *out)
{
	int64_t number = 0;
	if (uid.n < NUMBER_CHARS)
		return false;
	for (size_t i = 0; i < NUMBER_CHARS; i++) {
		int bits = bits_of(uid.p[i]);
		if (bits < 0)
			return false;
		number = number << 6 | bits;
	}
	*out = number;
	return true;
}

bool invitation_find(struct ctx *c, struct str uid, struct invited *out)
{
	struct str rest = uid, local = STR("");
	struct invitation_by_uid_rows rows = { 0 };
	int64_t number;
	str_split(&rest, '@', &local);
	if (local.n != UID_CHARS || !invitation_uid_number(local, &number))
		return false;
	invitation_by_uid(c->db, c->arena, number, &rows);
	for (size_t i = 0; i < rows.n; i++) {
		const struct invitation_by_uid_row *r = &rows.items[i];
		if (!crypt_equal(local, invitation_uid(c->arena, c->key, r->enrollment_id, r->position, r->generation)))
			continue;
		*out = (struct invited){ .enrollment = r->enrollment_id,
			.position = r->position,
			.user = r->user_id,
			.sequence = r->sequence,
			.start_at = r->start_at,
			.end_at = r->end_at,
			.address = r->address,
			.withdrawn = str_eq(r->state, STR("withdrawn")) };
		return true;
	}
	return false;
}

int64_t invitation_fill(struct ctx *c, int64_t most)
{
	struct invitation_no_uid_rows rows = { 0 };
	struct buf b = buf_new(c->arena);
	struct jw w = jw_new(&b);
	invitation_no_uid(c->db, c->arena, most, &rows);
	jw_arr(&w);
	for (size_t i = 0; i < rows.n; i++) {
		const struct invitation_no_uid_row *r = &rows.items[i];
		int64_t number = 0;
		invitation_uid_number(invitation_uid(c->arena, c->key, r->enrollment_id, r->position, r->generation), &number);
		jw_arr(&w);
		jw_i64(&w, r->enrollment_id);
		jw_i64(&w, r->position);
		jw_i64(&w, number);
		jw_end(&w);
	}
	jw_end(&w);
	if (rows.n)
		invitation_set_uid(c->db, buf_str(&b));
	return (int64_t)rows.n;
}
