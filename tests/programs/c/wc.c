// stdin: "one two three\nfour five\n"
// stdin: ""
// stdin: "no newline at the end"
// stdin: "tabs\tand  spaces \n\n\n x\n"
#include <ctype.h>
#include <stdio.h>

int main(void) {
	long lines = 0, words = 0, bytes = 0, inside = 0;
	for (int c; (c = getchar()) != EOF; bytes++) {
		lines += c == '\n';
		if (isspace(c)) {
			inside = 0;
		} else if (!inside) {
			inside = 1;
			words++;
		}
	}
	printf("%7ld %7ld %7ld\n", lines, words, bytes);
}
