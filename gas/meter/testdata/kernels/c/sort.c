// Quicksort of 1,000 numbers with insertion sort for short runs, n times.
static int v[1000];

static void quick(int lo, int hi) {
	while (hi - lo > 12) {
		int p = v[(lo + hi) / 2], i = lo, j = hi;
		while (i <= j) {
			while (v[i] < p) i++;
			while (v[j] > p) j--;
			if (i <= j) {
				int t = v[i];
				v[i++] = v[j];
				v[j--] = t;
			}
		}
		if (j - lo < hi - i) {
			quick(lo, j);
			lo = i;
		} else {
			quick(i, hi);
			hi = j;
		}
	}
	for (int i = lo + 1; i <= hi; i++) {
		int x = v[i], j = i - 1;
		for (; j >= lo && v[j] > x; j--) v[j + 1] = v[j];
		v[j + 1] = x;
	}
}

__attribute__((export_name("run"))) int run(int n) {
	unsigned seed = 1;
	for (int k = 0; k < n; k++) {
		for (int i = 0; i < 1000; i++) v[i] = (seed = seed * 1664525u + 1013904223u) >> 8;
		quick(0, 999);
	}
	return v[500];
}
