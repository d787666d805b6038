// A network of 784, 64 and 10 neurons in single precision, as for handwritten digits. n inputs.
static float image[784], first[64][784], second[10][64], hidden[64], out[10];
static unsigned state = 1;

static float weight(void) {
	state = state * 1664525u + 1013904223u;
	return (float)(int)state * 0x1p-33f;
}

static int classify(void) {
	for (int i = 0; i < 64; i++) {
		float sum = 0;
		for (int j = 0; j < 784; j++) sum += first[i][j] * image[j];
		hidden[i] = sum > 0 ? sum : 0;
	}
	int best = 0;
	for (int i = 0; i < 10; i++) {
		float sum = 0;
		for (int j = 0; j < 64; j++) sum += second[i][j] * hidden[j];
		out[i] = sum;
		if (sum > out[best]) best = i;
	}
	return best;
}

int run(int n) {
	static int ready;
	if (!ready) {
		for (int i = 0; i < 64; i++)
			for (int j = 0; j < 784; j++) first[i][j] = weight();
		for (int i = 0; i < 10; i++)
			for (int j = 0; j < 64; j++) second[i][j] = weight();
		for (int j = 0; j < 784; j++) image[j] = weight();
		ready = 1;
	}
	int sum = 0;
	for (int k = 0; k < n; k++) {
		image[k % 784] += 0.25f;
		sum += classify();
	}
	return sum;
}
