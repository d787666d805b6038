// stdin: "The quick brown fox; jumps: over, the lazy dog"
// stdin: "a,b;c:d"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
	char text[256] = {0}, copy[256];
	fread(text, 1, sizeof text - 1, stdin);
	strcpy(copy, text);
	for (char *word = strtok(copy, " ,;:"); word; word = strtok(NULL, " ,;:")) {
		char upper[64] = {0};
		for (int i = 0; word[i] && i < 63; i++) upper[i] = toupper((unsigned char)word[i]);
		printf("%s %zu %d\n", upper, strlen(word), strcmp(word, "lazy") < 0 ? -1 : strcmp(word, "lazy") > 0);
	}
	printf("%s\n", strstr(text, "fox") ? strstr(text, "fox") : "no fox");
	printf("%zu %zu\n", strspn(text, "abcTh"), strcspn(text, ";"));
	char *end;
	printf("%ld %s\n", strtol("0x1fz", &end, 16), end);
	printf("%lu %d %f\n", strtoul("777", NULL, 8), atoi("  -12abc"), atof("2.5e2xyz"));
	char out[32];
	printf("%d %s\n", snprintf(out, sizeof out, "%s", "longer than thirty-two bytes, so it is cut"), out);
	memmove(out + 4, out, 10);
	printf("%s %d\n", out, memcmp("abc", "abd", 3) < 0);
}
