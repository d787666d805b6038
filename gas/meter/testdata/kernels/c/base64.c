// Encodes 999 bytes and decodes them again, n times.
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static unsigned char data[1000], text[1400];

__attribute__((noinline)) static int encode(unsigned char *to, const unsigned char *from, int size) {
	int n = 0;
	for (int i = 0; i + 2 < size; i += 3) {
		unsigned v = from[i] << 16 | from[i + 1] << 8 | from[i + 2];
		to[n++] = digits[v >> 18];
		to[n++] = digits[v >> 12 & 63];
		to[n++] = digits[v >> 6 & 63];
		to[n++] = digits[v & 63];
	}
	return n;
}

static int value(unsigned char c) {
	if (c >= 'A' && c <= 'Z') return c - 'A';
	if (c >= 'a' && c <= 'z') return c - 'a' + 26;
	if (c >= '0' && c <= '9') return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

__attribute__((noinline)) static int decode(unsigned char *to, const unsigned char *from, int size) {
	unsigned bits = 0;
	int have = 0, n = 0;
	for (int i = 0; i < size; i++) {
		int v = value(from[i]);
		if (v < 0) return -1;
		bits = bits << 6 | v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			to[n++] = bits >> have;
		}
	}
	return n;
}

__attribute__((export_name("run"))) int run(int n) {
	int sum = 0;
	for (int i = 0; i < 999; i++) data[i] = i * 7;
	for (int t = 0; t < n; t++) {
		data[t % 999] = t;
		sum += decode(data, text, encode(text, data, 999)) + data[t % 100];
	}
	return sum;
}
