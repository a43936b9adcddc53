/* Every statement, in every variant and with every fragment of a filter, is understood by PostgreSQL, and gives columns
 * of the types that the generated structs promise. Nothing is run but the migrations. tests/with_postgres.sh brings the
 * server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fixture_queries.h"

enum {
	OID_BOOL = 16,
	OID_BYTEA = 17,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_FLOAT4 = 700,
	OID_FLOAT8 = 701,
	OID_VARCHAR = 1043
};

static Oid oid_of(enum query_type type)
{
	switch (type) {
	case QUERY_TEXT: return OID_TEXT;
	case QUERY_BLOB: return OID_BYTEA;
	case QUERY_F64: return OID_FLOAT8;
	default: return OID_INT8;
	}
}

static bool is_family(Oid oid, enum query_type type)
{
	bool integer = oid == OID_INT8 || oid == OID_INT4 || oid == OID_INT2;
	switch (type) {
	case QUERY_TEXT: return oid == OID_TEXT || oid == OID_VARCHAR;
	case QUERY_BLOB: return oid == OID_BYTEA;
	case QUERY_F64: return oid == OID_FLOAT8 || oid == OID_FLOAT4;
	case QUERY_BOOL: return integer || oid == OID_BOOL;
	default: return integer;
	}
}

static void run(PGconn *c, const char *what, const char *text)
{
	PGresult *r = PQexec(c, text);
	ExecStatusType status = PQresultStatus(r);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
		fail_msg("%s: %s", what, PQerrorMessage(c));
	PQclear(r);
}

/* ---- one text */

struct tally {
	size_t texts, wrong;
	const char *last;
};

static void complain(struct tally *t, const struct query *q, const char *text, const char *words)
{
	t->wrong++;
	fprintf(stderr, "%s: %s\n", q->name, words);
	if (t->last != q->name)
		fprintf(stderr, "    %s\n", text);
	t->last = q->name;
}

static void check_columns(struct tally *t, const struct query *q, const char *text, const PGresult *r)
{
	char words[200];
	int columns = q->mode == QUERY_INSERT ? 1 : (int)q->cols_n;
	if (PQnfields(r) != columns) {
		snprintf(words, sizeof words, "%d columns, %d expected", PQnfields(r), columns);
		complain(t, q, text, words);
		return;
	}
	for (int i = 0; i < (int)q->cols_n; i++) {
		bool added = q->sorts_n && i >= (int)q->cols_n - 2;
		if (!added && strcmp(PQfname(r, i), q->cols[i].name) != 0) {
			snprintf(words, sizeof words, "column %d is %s, not %s", i + 1, PQfname(r, i), q->cols[i].name);
			complain(t, q, text, words);
		}
		if (!is_family(PQftype(r, i), q->cols[i].type)) {
			snprintf(words, sizeof words, "column %s is of type %u", q->cols[i].name, PQftype(r, i));
			complain(t, q, text, words);
		}
	}
}

static void check_text(struct tally *t, PGconn *c, const struct query *q, const struct db_filter *filter)
{
	ARENA_SCOPED a = arena_new();
	struct buf b = buf_new(a);
	Oid types[200];
	int n = 0;
	filter_assemble(&b, q->pg, filter, q->args_n + 1, FILTER_PG);
	const char *text = str_c(a, buf_str(&b));
	for (size_t i = 0; i < q->args_n; i++)
		types[n++] = oid_of(q->args[i].type);
	for (size_t i = 0; filter && i < filter->n; i++) {
		if (filter->items[i].field->profile)
			types[n++] = OID_INT8;
		for (size_t k = 0; k < filter->items[i].values_n; k++)
			types[n++] = filter->items[i].values[k].is_int ? OID_INT8 : OID_TEXT;
	}
	t->texts++;
	PGresult *r = PQprepare(c, "", text, n, types);
	if (PQresultStatus(r) != PGRES_COMMAND_OK) {
		complain(t, q, text, PQerrorMessage(c));
		PQclear(r);
		return;
	}
	PQclear(r);
	r = PQdescribePrepared(c, "");
	if (PQresultStatus(r) != PGRES_COMMAND_OK)
		complain(t, q, text, PQerrorMessage(c));
	else if (PQnparams(r) != n)
		complain(t, q, text, "another number of parameters");
	else
		check_columns(t, q, text, r);
	PQclear(r);
}

static void check_filtered(struct tally *t, PGconn *c, const struct query *q)
{
	const struct str values[] = { STR("1"), STR("2") };
	for (size_t i = 0; i < q->filter->fields_n; i++) {
		const struct filter_field *field = &q->filter->fields[i];
		for (int op = 0; op < FILTER_OPS; op++) {
			if (!field->ops[op].pg)
				continue;
			ARENA_SCOPED a = arena_new();
			struct db_filter *f = filter_new(a, q->filter);
			struct str name = str_from(field->name), op_name = str_from(filter_op_name((enum filter_op)op));
			size_t n = op == FILTER_EMPTY || op == FILTER_NOT_EMPTY ? 0 : op == FILTER_IN ? 2 : 1;
			/* Twice, so that numbers count on. */
			for (int k = 0; k < 2; k++)
				assert_int_equal(field->profile ? filter_add_profile(f, name, 1, op_name, values, n)
												: filter_add(f, name, op_name, values, n),
					FILTER_OK);
			check_text(t, c, q, f);
		}
	}
}

/* ---- a catalog */

static void check_catalog(const struct db_catalog *catalog, const char *schema)
{
	PGconn *c = PQconnectdb(getenv("MUSTER_TEST_PG"));
	struct tally t = { 0 };
	char text[200];
	if (PQstatus(c) != CONNECTION_OK)
		fail_msg("%s", PQerrorMessage(c));
	run(c, "client_min_messages", "SET client_min_messages = warning");
	snprintf(text, sizeof text, "DROP SCHEMA IF EXISTS %s CASCADE; CREATE SCHEMA %s; SET search_path = %s", schema,
		schema, schema);
	run(c, schema, text);
	for (size_t i = 0; i < catalog->migrations_n; i++)
		run(c, catalog->migrations[i].name, catalog->migrations[i].pg);
	run(c, "temp.sql", catalog->temp.pg);
	for (size_t i = 0; i < catalog->queries_n; i++) {
		const struct query *q = &catalog->queries[i];
		/* What is wrong in the first variant is wrong in all; one complaint is enough. */
		if (t.last && strcmp(t.last, q->name) == 0)
			continue;
		check_text(&t, c, q, NULL);
		if (q->filter)
			check_filtered(&t, c, q);
	}
	PQfinish(c);
	assert_int_equal(t.wrong, 0);
	assert_true(t.texts >= catalog->queries_n);
}

static void the_programs_statements(void **state)
{
	(void)state;
	check_catalog(&db_catalog_main, "test_main");
}

static void the_fixtures_statements(void **state)
{
	(void)state;
	check_catalog(&db_catalog_fixture, "test_fixture");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_programs_statements),
		cmocka_unit_test(the_fixtures_statements) };
	if (!getenv("MUSTER_TEST_PG")) {
		printf("1..0 # SKIP MUSTER_TEST_PG is not set; tests/with_postgres.sh sets it\n");
		return 77;
	}
	return cmocka_run_group_tests_name("statements_pg", tests, NULL, NULL);
}
