// A database as a contract: SQL statements in, rows out, a line each with | between the columns, as the shell of SQLite
// prints them. The tables are in the contract's file "database". A statement that fails reverts all of its call.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static int row(void *unused, int columns, char **values, char **names) {
	for (int i = 0; i < columns; i++) printf("%s%s", i ? "|" : "", values[i] ? values[i] : "");
	putchar('\n');
	return 0;
}

static void fail(sqlite3 *db) {
	fprintf(stderr, "%s\n", sqlite3_errmsg(db));
	exit(1);
}

int main(void) {
	size_t room = 1024, length = 0;
	char *sql = malloc(room + 1);
	for (size_t n; (n = fread(sql + length, 1, room - length, stdin)) > 0;) {
		length += n;
		if (length == room) sql = realloc(sql, (room *= 2) + 1);
	}
	sql[length] = 0;

	// No lock is needed, as one call runs at a time, and no journal on the disk, as a call that fails is undone.
	sqlite3 *db;
	if (sqlite3_open_v2("database", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "unix-none")) fail(db);
	const char *settings = "pragma page_size=512; pragma journal_mode=memory; pragma synchronous=off";
	if (sqlite3_exec(db, settings, NULL, NULL, NULL)) fail(db);
	if (sqlite3_exec(db, sql, row, NULL, NULL)) fail(db);
	return sqlite3_close(db);
}
