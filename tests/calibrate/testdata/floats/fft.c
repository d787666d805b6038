// The fast Fourier transform of 1024 complex numbers in double precision, forward. n times.
#define N 1024
static double re[N], im[N], wr[N / 2], wi[N / 2];

static void transform(void) {
	for (int i = 1, j = 0; i < N; i++) {
		int bit = N >> 1;
		for (; j & bit; bit >>= 1) j ^= bit;
		j ^= bit;
		if (i < j) {
			double t = re[i];
			re[i] = re[j], re[j] = t;
			t = im[i], im[i] = im[j], im[j] = t;
		}
	}
	for (int len = 2; len <= N; len <<= 1)
		for (int i = 0; i < N; i += len)
			for (int k = 0; k < len / 2; k++) {
				double cr = wr[k * (N / len)], ci = wi[k * (N / len)];
				int a = i + k, b = a + len / 2;
				double tr = re[b] * cr - im[b] * ci, ti = re[b] * ci + im[b] * cr;
				re[b] = re[a] - tr, im[b] = im[a] - ti;
				re[a] += tr, im[a] += ti;
			}
}

int run(int n) {
	const double c = 0.9999811752826011, s = -0.006135884649154475; // cos and sin of -2 pi / 1024
	wr[0] = 1, wi[0] = 0;
	for (int k = 1; k < N / 2; k++) {
		wr[k] = wr[k - 1] * c - wi[k - 1] * s;
		wi[k] = wr[k - 1] * s + wi[k - 1] * c;
	}
	for (int i = 0; i < N; i++) re[i] = (double)(i * 7919 % 1024), im[i] = 0;
	for (int k = 0; k < n; k++) {
		transform();
		for (int i = 0; i < N; i++) re[i] *= 0x1p-5, im[i] *= 0x1p-5;
	}
	return (int)re[1];
}
