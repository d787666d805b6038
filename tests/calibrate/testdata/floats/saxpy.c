// y = a * x + y over arrays of single precision, a store for each product. n times.
#define N 4096
static float x[N], y[N];

int run(int n) {
	for (int i = 0; i < N; i++) x[i] = (float)i, y[i] = 1;
	for (int k = 0; k < n; k++) {
		float a = (float)k * 0x1p-20f;
		for (int i = 0; i < N; i++) y[i] = a * x[i] + y[i];
	}
	return (int)y[N - 1];
}
