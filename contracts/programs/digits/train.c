// Trains the model: 784 inputs, 64 hidden values, 10 outputs, by gradient descent in floats, and rounds to 8 bits.
// Reads pictures of 785 bytes each, the label last, from the file named first; writes the model to the file named
// second, and says how many of the last tenth of the pictures the rounded model reads right. `make model` in
// contracts/programs calls it.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "nn.h"

enum { IN = 784, HIDDEN = 64, OUT = 10, RECORD = IN + 1, EPOCHS = 30 };

static float w1[HIDDEN][IN], b1[HIDDEN], w2[OUT][HIDDEN], b2[OUT];
static unsigned seed = 1;

static float noise(void) { return (float)((seed = seed * 1664525u + 1013904223u) >> 8) / (1 << 24) - 0.5f; }

static void forward(const unsigned char *picture, float *x, float *h, float *p) {
	for (int i = 0; i < IN; i++) x[i] = (float)(picture[i] >> 1) / 127;
	for (int j = 0; j < HIDDEN; j++) {
		float s = b1[j];
		for (int i = 0; i < IN; i++) s += w1[j][i] * x[i];
		h[j] = s > 0 ? s : 0;
	}
	float most = -1e9f, sum = 0;
	for (int k = 0; k < OUT; k++) {
		p[k] = b2[k];
		for (int j = 0; j < HIDDEN; j++) p[k] += w2[k][j] * h[j];
		if (p[k] > most) most = p[k];
	}
	for (int k = 0; k < OUT; k++) sum += p[k] = expf(p[k] - most);
	for (int k = 0; k < OUT; k++) p[k] /= sum;
}

static void learn(const unsigned char *picture, float rate) {
	float x[IN], h[HIDDEN], p[OUT];
	forward(picture, x, h, p);
	p[picture[IN]] -= 1;
	for (int j = 0; j < HIDDEN; j++) {
		float d = 0;
		for (int k = 0; k < OUT; k++) {
			d += p[k] * w2[k][j];
			w2[k][j] -= rate * p[k] * h[j];
		}
		if (h[j] <= 0) continue;
		b1[j] -= rate * d;
		for (int i = 0; i < IN; i++) w1[j][i] -= rate * (d * x[i] + 1e-5f * w1[j][i]);
	}
	for (int k = 0; k < OUT; k++) b2[k] -= rate * p[k];
}

static float largest(const float *w, int n) {
	float most = 0;
	for (int i = 0; i < n; i++)
		if (fabsf(w[i]) > most) most = fabsf(w[i]);
	return most;
}

static unsigned char *put(unsigned char *at, long v, int bytes) {
	while (bytes-- > 0) *at++ = v & 255, v >>= 8;
	return at;
}

static unsigned char *layer(unsigned char *at, const float *w, const float *b, int in, int out, float scale,
                            float of_in, int shift, int relu) {
	at = put(put(put(put(at, in, 2), out, 2), shift, 1), relu, 1);
	for (int o = 0; o < out; o++) at = put(at, lrintf(b[o] * scale * of_in), 4);
	for (int i = 0; i < in * out; i++) at = put(at, lrintf(w[i] * scale), 1);
	return at;
}

int main(int argc, char **argv) {
	if (argc != 3) return 2;
	FILE *f = fopen(argv[1], "rb");
	static unsigned char data[20000 * RECORD], model[100000];
	int all = (int)(fread(data, RECORD, 20000, f)), train = all - all / 10;
	fclose(f);
	for (int j = 0; j < HIDDEN; j++)
		for (int i = 0; i < IN; i++) w1[j][i] = noise() * 0.12f;
	for (int k = 0; k < OUT; k++)
		for (int j = 0; j < HIDDEN; j++) w2[k][j] = noise() * 0.4f;
	for (int e = 0; e < EPOCHS; e++)
		for (int n = 0; n < train; n++) {
			seed = seed * 1664525u + 1013904223u;
			learn(data + (size_t)((seed >> 4) % train) * RECORD, 0.03f * (EPOCHS - e) / EPOCHS);
		}

	float top = 0, s1 = 127 / largest(w1[0], HIDDEN * IN), s2 = 127 / largest(w2[0], OUT * HIDDEN);
	for (int n = 0; n < train; n += 10) {
		float x[IN], h[HIDDEN], p[OUT];
		forward(data + (size_t)n * RECORD, x, h, p);
		float most = largest(h, HIDDEN);
		if (most > top) top = most;
	}
	int shift = 0;
	while (top * 0.7f * s1 * 127 / (1 << shift) > 127) shift++;
	float of_hidden = s1 * 127 / (1 << shift);
	memcpy(model, "HNN1\2", 5);
	unsigned char *end = layer(model + 5, w1[0], b1, IN, HIDDEN, s1, 127, shift, 1);
	end = layer(end, w2[0], b2, HIDDEN, OUT, s2, of_hidden, 0, 0);

	int right = 0;
	for (int n = train; n < all; n++) {
		const unsigned char *picture = data + (size_t)n * RECORD;
		static int8_t in[IN];
		static int32_t sums[NN_WIDEST];
		for (int i = 0; i < IN; i++) in[i] = (int8_t)(picture[i] >> 1);
		right += nn_run(model, end - model, in, IN, sums) == OUT && nn_argmax(sums, OUT) == picture[IN];
	}
	printf("%d of %d right\n", right, all - train);
	f = fopen(argv[2], "wb");
	fwrite(model, 1, (size_t)(end - model), f);
	return fclose(f);
}
