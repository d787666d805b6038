#include "base.h"
// A JSON validator and minifier by recursive descent.
static const char *in, *end;
static char *out;
static void blank(void) {
	while (in < end && (*in == ' ' || *in == '\n' || *in == '\t' || *in == '\r')) in++;
}
static int string(void) {
	*out++ = *in++;
	while (in < end) {
		char c = *out++ = *in++;
		if (c == '"') return 1;
		if ((u8)c < 32) return 0;
		if (c != '\\') continue;
		if (in == end) return 0;
		switch (c = *out++ = *in++) {
			case '"':
			case '\\':
			case '/':
			case 'b':
			case 'f':
			case 'n':
			case 'r':
			case 't': break;
			case 'u':
				for (int i = 0; i < 4; i++) {
					if (in == end) return 0;
					c = *out++ = *in++;
					if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) return 0;
				}
				break;
			default: return 0;
		}
	}
	return 0;
}
static int digits(void) {
	const char *from = in;
	while (in < end && *in >= '0' && *in <= '9') *out++ = *in++;
	return in > from;
}
static int number(void) {
	if (*in == '-') *out++ = *in++;
	if (in < end && *in == '0') *out++ = *in++;
	else if (!digits()) return 0;
	if (in < end && *in == '.') {
		*out++ = *in++;
		if (!digits()) return 0;
	}
	if (in < end && (*in | 32) == 'e') {
		*out++ = *in++;
		if (in < end && (*in == '+' || *in == '-')) *out++ = *in++;
		return digits();
	}
	return 1;
}
static int literal(const char *word) {
	while (*word)
		if (in == end || (*out++ = *in++) != *word++) return 0;
	return 1;
}
static int value(int depth) {
	blank();
	if (in == end || depth > 64) return 0;
	switch (*in) {
		case '{':
		case '[': {
			char close = *in == '{' ? '}' : ']', object = *in == '{';
			*out++ = *in++;
			blank();
			if (in < end && *in == close) {
				*out++ = *in++;
				return 1;
			}
			for (;;) {
				if (object) {
					blank();
					if (in == end || *in != '"' || !string()) return 0;
					blank();
					if (in == end || *in != ':') return 0;
					*out++ = *in++;
				}
				if (!value(depth + 1)) return 0;
				blank();
				if (in == end) return 0;
				char c = *out++ = *in++;
				if (c == close) return 1;
				if (c != ',') return 0;
			}
		}
		case '"': return string();
		case 't': return literal("true");
		case 'f': return literal("false");
		case 'n': return literal("null");
		default: return number();
	}
}
EXPORT int run(const char *text, size n, char *to) {
	in = text, end = text + n, out = to;
	if (!value(0)) return -1;
	blank();
	return in == end ? (int)(out - to) : -1;
}
