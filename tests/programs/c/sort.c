// stdin: "pear\napple\nfig\nbanana\n"
// stdin: "10\n9\n2\n33\n1\n"
// stdin: "x"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

int main(void) {
	char **lines = NULL, line[256];
	size_t n = 0, room = 0;
	while (fgets(line, sizeof line, stdin)) {
		if (n == room) lines = realloc(lines, (room = room ? 2 * room : 4) * sizeof *lines);
		lines[n++] = strdup(line);
	}
	qsort(lines, n, sizeof *lines, compare);
	for (size_t i = 0; i < n; i++) {
		printf("%zu: %s", i + 1, lines[i]);
		free(lines[i]);
	}
	free(lines);
}
