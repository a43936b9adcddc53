/* Memory with one lifetime. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/arena.h"

static void test_memory_is_zeroed_and_aligned(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	for (size_t n = 0; n < 3000; n += 7) {
		unsigned char *p = arena_alloc(a, n, 1);
		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
}

static void test_reused_memory_is_zeroed(void **state)
{
	(void)state;
	for (int round = 0; round < 3; round++) {
		ARENA_SCOPED a = arena_new();
		unsigned char *p = arena_alloc(a, 5000, 1);
		for (int i = 0; i < 5000; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xaa, 5000);
		arena_reset(a);
		p = arena_alloc(a, 5000, 1);
		for (int i = 0; i < 5000; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xbb, 5000);
	}
}

static void test_allocations_do_not_overlap(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	enum { N = 500 };
	unsigned char *p[N];
	for (int i = 0; i < N; i++) {
		p[i] = arena_alloc(a, (size_t)i * 37 % 4000 + 1, 1);
		memset(p[i], i & 255, (size_t)i * 37 % 4000 + 1);
	}
	for (int i = 0; i < N; i++)
		for (size_t k = 0; k < (size_t)i * 37 % 4000 + 1; k++)
			assert_int_equal(p[i][k], i & 255);
}

static void test_large_allocations(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	size_t before = arena_bytes(a);
	char *p = arena_alloc(a, 5 * 1024 * 1024, 1);
	p[5 * 1024 * 1024 - 1] = 1;
	assert_int_equal(arena_bytes(a), before + 5 * 1024 * 1024);
	arena_reset(a);
	assert_int_equal(arena_bytes(a), before);
}

static void test_grow_keeps_what_was_there(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	char *p = arena_grow(a, NULL, 0, 10);
	memcpy(p, "123456789", 10);
	/* The last allocation grows where it stands, another one moves. */
	char *same = arena_grow(a, p, 10, 100);
	assert_ptr_equal(same, p);
	assert_int_equal(p[99], 0);
	arena_alloc(a, 1, 1);
	char *moved = arena_grow(a, p, 100, 200);
	assert_ptr_not_equal(moved, p);
	assert_string_equal(moved, "123456789");
	assert_int_equal(moved[199], 0);
	/* Past the end of its block. */
	moved = arena_grow(a, moved, 200, 100000);
	assert_string_equal(moved, "123456789");
	assert_int_equal(moved[99999], 0);
}

static void test_rewind_frees_what_came_after(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	char *kept = arena_alloc(a, 100, 1);
	memset(kept, 'k', 100);
	size_t held = arena_bytes(a);
	struct arena_mark m = arena_mark(a);
	char *first = arena_alloc(a, 10, 1);
	for (int i = 0; i < 100; i++) {
		arena_alloc(a, 100000, 1);
		arena_rewind(a, m);
		assert_int_equal(arena_bytes(a), held);
	}
	assert_ptr_equal(arena_alloc(a, 10, 1), first);
	for (int i = 0; i < 100; i++)
		assert_int_equal(kept[i], 'k');
}

static void test_vector(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct {
		int *items;
		size_t n, cap;
	} v = { 0 };
	for (int i = 0; i < 1000; i++) {
		int *x = VEC_PUSH(a, v.items, v.n, v.cap);
		assert_int_equal(*x, 0);
		*x = i;
	}
	assert_int_equal(v.n, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(v.items[i], i);
}

static void test_free_of_nothing(void **state)
{
	(void)state;
	arena_free(NULL);
}

static int use_arenas(void *unused)
{
	(void)unused;
	/* More at once than the thread keeps; what it keeps is freed with it (the leak checker looks). */
	struct arena *all[20];
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 20; i++) {
			all[i] = arena_new();
			arena_alloc(all[i], 100, 1);
		}
		for (int i = 0; i < 20; i++)
			arena_free(all[i]);
	}
	return 0;
}

static void test_threads_give_their_spare_blocks_back(void **state)
{
	(void)state;
	thrd_t t[2];
	for (int i = 0; i < 2; i++)
		assert_int_equal(thrd_create(&t[i], use_arenas, NULL), thrd_success);
	for (int i = 0; i < 2; i++)
		assert_int_equal(thrd_join(t[i], NULL), thrd_success);
}

/* The process ends rather than go on with too little memory. */
static bool dies(void (*act)(struct arena *a))
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int quiet = open("/dev/null", O_WRONLY);
		dup2(quiet, STDERR_FILENO);
		/* The test framework catches signals and would go on. */
		signal(SIGABRT, SIG_DFL);
		act(arena_new());
		_exit(0);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void overflow_product(struct arena *a)
{
	arena_alloc(a, SIZE_MAX / 2, 3);
}

static void ask_for_everything(struct arena *a)
{
	arena_alloc(a, 1, SIZE_MAX);
}

static void grow_to_less(struct arena *a)
{
	arena_grow(a, arena_alloc(a, 10, 1), 10, 5);
}

static void allocate_a_little(struct arena *a)
{
	arena_alloc(a, 10, 1);
}

static void test_impossible_sizes_end_the_process(void **state)
{
	(void)state;
	assert_true(dies(overflow_product));
	assert_true(dies(ask_for_everything));
	assert_true(dies(grow_to_less));
	assert_false(dies(allocate_a_little));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_is_zeroed_and_aligned),
		cmocka_unit_test(test_reused_memory_is_zeroed),
		cmocka_unit_test(test_allocations_do_not_overlap),
		cmocka_unit_test(test_large_allocations),
		cmocka_unit_test(test_grow_keeps_what_was_there),
		cmocka_unit_test(test_rewind_frees_what_came_after),
		cmocka_unit_test(test_vector),
		cmocka_unit_test(test_free_of_nothing),
		cmocka_unit_test(test_threads_give_their_spare_blocks_back),
		cmocka_unit_test(test_impossible_sizes_end_the_process),
	};
	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
