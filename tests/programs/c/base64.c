// stdin: "M"
// stdin: "Many hands make light work."
// stdin: "\x00\x01\x02\xff\xfe"
// stdin: ""
#include <stdio.h>

int main(void) {
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char in[3];
	for (size_t n; (n = fread(in, 1, 3, stdin)) > 0;) {
		unsigned v = in[0] << 16 | (n > 1 ? in[1] << 8 : 0) | (n > 2 ? in[2] : 0);
		putchar(digits[v >> 18]);
		putchar(digits[v >> 12 & 63]);
		putchar(n > 1 ? digits[v >> 6 & 63] : '=');
		putchar(n > 2 ? digits[v & 63] : '=');
	}
}
