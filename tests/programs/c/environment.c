// stdin: ""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

int main(int argc, char **argv) {
	int n = 0;
	while (environ[n]) n++;
	qsort(environ, n, sizeof *environ, compare);
	for (int i = 0; i < n; i++) printf("%s\n", environ[i]);
	printf("%s %d\n", argv[0], argc);
	printf("%s\n", getenv("HOME") ? "a home" : "no home");
}
