// stdin: "first"
// stdin: "second entry, which makes the file long enough for several slots"
// stdin: "third"
// stdin: ""
#include <stdio.h>

int main(void) {
	char text[256];
	size_t n = fread(text, 1, sizeof text, stdin);
	FILE *f = fopen("journal.txt", "a+");
	if (n) fprintf(f, "%.*s\n", (int)n, text);
	fflush(f);
	printf("%ld bytes\n", ftell(f));
	rewind(f);
	for (int c; (c = getc(f)) != EOF;) putchar(c);
	fclose(f);
}
