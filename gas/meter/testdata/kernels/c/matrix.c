// Multiplication of two 60 x 60 matrices, n times.
static int a[60][60], b[60][60], c[60][60];

__attribute__((export_name("run"))) int run(int n) {
	for (int i = 0; i < 60; i++) {
		for (int j = 0; j < 60; j++) a[i][j] = i + j, b[i][j] = i - j;
	}
	for (int t = 0; t < n; t++) {
		for (int i = 0; i < 60; i++) {
			for (int j = 0; j < 60; j++) {
				int s = t;
				for (int k = 0; k < 60; k++) s += a[i][k] * b[k][j];
				c[i][j] = s;
			}
		}
		a[t % 60][t % 59] = c[t % 58][t % 57];
	}
	return c[30][31];
}
