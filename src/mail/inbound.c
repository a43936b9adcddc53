#include "mail/inbound.h"

#include <gmime/gmime.h>

#include "base/crypt.h"
#include "base/scrub.h"
#include "calendar/ics_read.h"
#include "mail/authentication.h"

enum { MESSAGE_ID_BYTES = 998 };

void inbound_global_init(void)
{
	g_mime_init();
}

static void object_free(void *object)
{
	GObject **o = object;
	if (*o)
		g_object_unref(*o);
}
#define SCOPED __attribute__((cleanup(object_free)))

/* ---- what GMime may be given */

/* It takes time with the square of a field's parameters or addresses, and reads all of them anew for each further field
 * of that name: a large message made of them would keep a core busy for minutes. Lines of a body that look like fields
 * count as well, since parts and messages inside have fields, too. */
enum { FIELD_BYTES = 32 * 1024, ADDRESS_BYTES = 32 * 1024, ADDRESS_FIELDS = 200 };

/* Empty when the line does not begin a field. */
static struct str field_name(struct str line)
{
	struct str rest = line, name;
	if (!str_find(line, STR(":"), NULL) || !str_split(&rest, ':', &name))
		return STR("");
	name = str_trim(name);
	for (size_t i = 0; i < name.n; i++) {
		char ch = name.p[i];
		if (!(ch >= 'a' && ch <= 'z') && !(ch >= 'A' && ch <= 'Z') && !(ch >= '0' && ch <= '9') && ch != '-')
			return STR("");
	}
	return name;
}

static bool names_people(struct str name)
{
	static const char *const all[] = { "From", "Sender", "Reply-To", "To", "Cc", "Bcc" };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (str_eq_nocase(name, str_from(all[i])))
			return true;
	return false;
}

static bool is_affordable(struct str bytes)
{
	struct str rest = bytes, line;
	size_t field = 0, people = 0, fields = 0;
	bool is_field = false, is_people = false;
	while (str_split(&rest, '\n', &line)) {
		if (!str_starts(line, STR(" ")) && !str_starts(line, STR("\t"))) {
			struct str name = field_name(line);
			is_field = !str_is_empty(name);
			is_people = names_people(name);
			fields += is_people;
			field = 0;
		}
		field += is_field ? line.n : 0;
		people += is_people ? line.n : 0;
		if (field > FIELD_BYTES || people > ADDRESS_BYTES || fields > ADDRESS_FIELDS)
			return false;
	}
	return true;
}

/* ---- the parts that may hold the answer, best first (RFC 6047 2.4; what programs send: nested, flat, attached) */
enum rank { RANK_REPLY, RANK_CALENDAR, RANK_FILE, RANKS };
struct parts {
	GMimePart *items[RANKS][INBOUND_PARTS]; /* borrowed from the message */
	size_t n[RANKS];
	size_t seen;
	bool tnef;
};

static void look_at(struct parts *p, GMimePart *part)
{
	GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
	const char *method = g_mime_content_type_get_parameter(type, "method");
	enum rank rank = RANKS;
	if (g_mime_content_type_is_type(type, "text", "calendar"))
		rank = method && str_eq_nocase(str_from(method), STR("REPLY")) ? RANK_REPLY : RANK_CALENDAR;
	else if (g_mime_content_type_is_type(type, "application", "ics"))
		rank = RANK_FILE;
	else if (g_mime_content_type_is_type(type, "application", "ms-tnef") ||
		g_mime_content_type_is_type(type, "application", "vnd.ms-tnef"))
		p->tnef = true;
	if (rank < RANKS)
		p->items[rank][p->n[rank]++] = part;
}

/* A message inside a message is somebody else's. */
static void walk(struct parts *p, GMimeObject *o, int depth)
{
	if (!o || depth > INBOUND_DEPTH || p->seen == INBOUND_PARTS)
		return;
	p->seen++;
	if (GMIME_IS_MULTIPART(o))
		for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(o)); i++)
			walk(p, g_mime_multipart_get_part(GMIME_MULTIPART(o), i), depth + 1);
	else if (GMIME_IS_PART(o))
		look_at(p, GMIME_PART(o));
}

static struct str content(struct arena *a, GMimePart *part)
{
	GMimeDataWrapper *wrapper = g_mime_part_get_content(part);
	SCOPED GMimeStream *stream = g_mime_stream_mem_new();
	if (!wrapper || g_mime_data_wrapper_write_to_stream(wrapper, stream) < 0)
		return STR("");
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	return str_dup(a, (struct str){ (const char *)bytes->data, bytes->len });
}

/* A REPLY wherever it is, else the first object that says what it wants. */
static bool find_object(struct arena *a, const struct parts *p, struct ics_object *out, struct str *bytes)
{
	bool found = false;
	*out = (struct ics_object){ .method = STR("") };
	for (size_t rank = 0; rank < RANKS; rank++)
		for (size_t i = 0; i < p->n[rank]; i++) {
			struct ics_object object;
			struct str s = content(a, p->items[rank][i]);
			if (!ics_read(a, s, &object))
				continue;
			if (str_is_empty(object.method) && rank == RANK_REPLY)
				object.method = STR("REPLY");
			bool reply = str_eq(object.method, STR("REPLY"));
			if (!reply && (found || str_is_empty(object.method)))
				continue;
			*out = object;
			*bytes = s;
			found = true;
			if (reply)
				return true;
		}
	return found;
}

/* ---- who sent it */
static struct str only_address(struct arena *a, InternetAddressList *list)
{
	if (!list || internet_address_list_length(list) != 1)
		return STR("");
	InternetAddress *one = internet_address_list_get_address(list, 0);
	if (!INTERNET_ADDRESS_IS_MAILBOX(one))
		return STR("");
	struct str s = str_from(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one)));
	s = str_lower_ascii(a, scrub_line(a, s, 0));
	return s.n <= REPLY_ADDRESS_BYTES ? s : STR("");
}

struct heads {
	struct authentication found;
	size_t from; /* how many there are of it */
};

static void read_heads(struct arena *a, GMimeMessage *message, struct str server, struct heads *out)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
	*out = (struct heads){ 0 };
	for (int i = 0; i < g_mime_header_list_get_count(list); i++) {
		GMimeHeader *h = g_mime_header_list_get_header_at(list, i);
		struct str name = str_from(g_mime_header_get_name(h));
		out->from += str_eq_nocase(name, STR("From"));
		if (str_eq_nocase(name, STR("Authentication-Results")))
			authentication_read(a, str_dup(a, str_from(g_mime_header_get_raw_value(h))), server, &out->found);
	}
}

static struct str domain_of(struct str address)
{
	struct str rest = address, local;
	return str_split(&rest, '@', &local) ? rest : STR("");
}

/* DMARC speaks for a domain, and within gmail.com that is everybody: so the address counts as a whole. Google's own
 * calendar answers in its own name, and says in Reply-To for whom. */
static struct str proven(const struct authentication *found, struct str from, struct str reply_to)
{
	struct str google = STR("google.com");
	if (str_is_empty(from))
		return STR("");
	if (str_eq(from, STR("calendar-notification@google.com")))
		return authentication_is_from(found, google) || authentication_is_signed(found, google) ? reply_to : STR("");
	return authentication_is_from(found, domain_of(from)) ? from : STR("");
}

/* ---- all of it */
static void fill_people(struct arena *a, GMimeMessage *message, struct str server, struct reply_mail *out)
{
	struct heads heads;
	read_heads(a, message, server, &heads);
	out->sender = heads.from == 1 ? only_address(a, g_mime_message_get_from(message)) : STR("");
	out->proven = proven(&heads.found, out->sender, only_address(a, g_mime_message_get_reply_to(message)));
}

/* Not of the whole message: each server on its way adds lines to it. */
static struct str digest(struct arena *a, GMimeMessage *message, struct str bytes)
{
	struct str id = scrub_line(a, str_from(g_mime_message_get_message_id(message)), MESSAGE_ID_BYTES);
	return crypt_hash(a, str_fmt(a, STR_FMT "\n" STR_FMT, STR_ARG(id), STR_ARG(bytes)));
}

static enum inbound take_apart(struct arena *a, GMimeMessage *message, struct str server, struct reply_mail *out)
{
	struct parts parts = { 0 };
	struct ics_object object;
	struct str bytes = STR("");
	walk(&parts, g_mime_message_get_mime_part(message), 0);
	out->unreadable = !find_object(a, &parts, &object, &bytes);
	if (out->unreadable && !parts.tnef)
		return INBOUND_OTHER;
	fill_people(a, message, server, out);
	out->digest = digest(a, message, bytes);
	if (out->unreadable)
		return INBOUND_ANSWER;
	out->method = object.method;
	for (size_t i = 0; i < object.said_n; i++)
		out->said[out->said_n++] = object.said[i];
	return INBOUND_ANSWER;
}

enum inbound inbound_read(struct arena *a, struct str bytes, struct str server, struct reply_mail *out)
{
	struct str envelope;
	*out = (struct reply_mail){ .digest = STR(""), .sender = STR(""), .proven = STR(""), .method = STR("") };
	/* The line that mailboxes, and some pipes, put in front. */
	if (str_starts(bytes, STR("From ")))
		str_split(&bytes, '\n', &envelope);
	if (bytes.n > INBOUND_BYTES || str_is_empty(bytes) || !is_affordable(bytes))
		return INBOUND_BROKEN;
	SCOPED GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes.p, bytes.n);
	SCOPED GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	SCOPED GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	return message ? take_apart(a, message, server, out) : INBOUND_BROKEN;
}
