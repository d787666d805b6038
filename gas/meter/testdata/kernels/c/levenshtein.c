// The edit distance of two strings of 64 letters, n times.
static char x[64], y[64];
static int row[65];

static int min(int p, int q) { return p < q ? p : q; }

__attribute__((noinline)) static int distance(const char *s, int m, const char *t, int n) {
	for (int j = 0; j <= n; j++) row[j] = j;
	for (int i = 1; i <= m; i++) {
		int corner = row[0];
		row[0] = i;
		for (int j = 1; j <= n; j++) {
			int above = row[j];
			row[j] = s[i - 1] == t[j - 1] ? corner : 1 + min(corner, min(above, row[j - 1]));
			corner = above;
		}
	}
	return row[n];
}

__attribute__((export_name("run"))) int run(int n) {
	int sum = 0;
	for (int i = 0; i < 64; i++) x[i] = i * i % 7, y[i] = i * 3 % 11;
	for (int t = 0; t < n; t++) {
		x[t & 63] = t % 7;
		sum += distance(x, 64, y, 64);
	}
	return sum;
}
