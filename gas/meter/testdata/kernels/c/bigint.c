// Products of two numbers of 32 words, n times, by the school method.
static unsigned a[32], b[32], product[64];

__attribute__((noinline)) static void multiply(unsigned *to, const unsigned *x, const unsigned *y, int size) {
	for (int i = 0; i < 2 * size; i++) to[i] = 0;
	for (int i = 0; i < size; i++) {
		unsigned long long carry = 0;
		for (int j = 0; j < size; j++) {
			carry += (unsigned long long)x[i] * y[j] + to[i + j];
			to[i + j] = carry;
			carry >>= 32;
		}
		to[i + size] = carry;
	}
}

__attribute__((export_name("run"))) int run(int n) {
	for (int i = 0; i < 32; i++) a[i] = i * 2654435761u, b[i] = ~a[i];
	for (int t = 0; t < n; t++) {
		multiply(product, a, b, 32);
		for (int i = 0; i < 32; i++) a[i] = product[i + 16];
	}
	return product[40];
}
