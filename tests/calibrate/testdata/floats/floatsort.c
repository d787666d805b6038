// Quicksort of 1000 numbers in double precision. n times.
#define N 1000
static double all[N];

static void sort(int low, int high) {
	while (low < high) {
		double middle = all[(low + high) / 2];
		int i = low, j = high;
		while (i <= j) {
			while (all[i] < middle) i++;
			while (all[j] > middle) j--;
			if (i <= j) {
				double t = all[i];
				all[i++] = all[j], all[j--] = t;
			}
		}
		if (j - low < high - i) {
			sort(low, j);
			low = i;
		} else {
			sort(i, high);
			high = j;
		}
	}
}

int run(int n) {
	unsigned state = 7;
	for (int k = 0; k < n; k++) {
		for (int i = 0; i < N; i++) {
			state = state * 1664525u + 1013904223u;
			all[i] = (double)(int)state * 0x1p-7;
		}
		sort(0, N - 1);
	}
	return (int)all[N / 2];
}
