// stdin: "1+2*3"
// stdin: "(1 + 2) * 3 / 4 - 5"
// stdin: "2 * (3.5 - 1.25) / 0"
// stdin: "1 +"
// stdin: "-(-4) * 1e3"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static char text[256], *at;

static double sum(void);

static void blank(void) {
	while (isspace((unsigned char)*at)) at++;
}

static double term(void) {
	blank();
	if (*at == '-') return at++, -term();
	if (*at == '(') {
		at++;
		double v = sum();
		blank();
		if (*at++ != ')') fprintf(stderr, "a ) is missing\n"), exit(2);
		return v;
	}
	char *end;
	double v = strtod(at, &end);
	if (end == at) fprintf(stderr, "no number at %d\n", (int)(at - text)), exit(1);
	at = end;
	return v;
}

static double product(void) {
	double v = term();
	for (;;) {
		blank();
		if (*at == '*') at++, v *= term();
		else if (*at == '/') at++, v /= term();
		else return v;
	}
}

static double sum(void) {
	double v = product();
	for (;;) {
		blank();
		if (*at == '+') at++, v += product();
		else if (*at == '-') at++, v -= product();
		else return v;
	}
}

int main(int argc, char **argv) {
	if (argc > 1) return 0;
	fread(text, 1, sizeof text - 1, stdin);
	at = text;
	printf("%.10g\n", sum());
}
