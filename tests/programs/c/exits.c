// stdin: "0"
// stdin: "1"
// stdin: "3 with words\non standard error\n\n"
// stdin: "42"
// stdin: "255 last"
// stdin: "p printed, then failed"
#include <stdio.h>
#include <stdlib.h>

int main(void) {
	char text[128];
	size_t n = fread(text, 1, sizeof text - 1, stdin);
	text[n] = 0;
	if (text[0] == 'p') {
		printf("%s", text);
		return 7;
	}
	char *rest;
	int code = strtol(text, &rest, 10);
	fprintf(stderr, "%s", rest);
	exit(code);
}
