// A guest book: a call with a line signs it, a call with nothing reads it. The book is the contract's file "book".
// What fails says why on standard error, and undoes the call: an assertion too, by readable.c.
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
	char line[256] = "";
	if (argc > 1 && !strcmp(argv[1], "deploy")) return 0;
	if (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = 0;
		assert(strlen(line) <= 200);
		FILE *book = fopen("book", "a");
		if (!book || fprintf(book, "%s: %s\n", getenv("ETH_CALLER"), line) < 0 || fclose(book)) {
			perror("book");
			return 1;
		}
	}
	FILE *book = fopen("book", "r");
	for (int c; book && (c = getc(book)) != EOF;) putchar(c);
	return 0;
}
