// Reads a handwritten digit: a picture of 28 by 28 bytes, 0 to 255, in; the digit and the sums of all ten out. The
// weights are in the file "model", which a call with a model (nn.h) replaces; until then those of model.bin are used,
// which is part of the program.
#include <stdio.h>
#include <stdlib.h>

#include "nn.h"

__asm__(".section .data.model,\"\",@\nbuilt_in:\n.incbin \"model.bin\"\nbuilt_in_end:\n.size built_in, built_in_end - "
        "built_in\n");
extern const uint8_t built_in[], built_in_end[];

enum { SIDE = 28, PICTURE = SIDE * SIDE, LARGEST = 1 << 18 };

static uint8_t stored[LARGEST], input[LARGEST];

static void fail(const char *why) {
	fprintf(stderr, "%s\n", why);
	exit(1);
}

static void replace(size_t n) {
	static const int8_t blank[PICTURE];
	static int32_t sums[NN_WIDEST];
	if (nn_run(input, (long)n, blank, PICTURE, sums) != 10)
		fail("a picture of 784 bytes, or a model of 784 inputs and 10 outputs");
	FILE *f = fopen("model", "wb");
	if (!f || fwrite(input, 1, n, f) != n || fclose(f)) fail("the model cannot be written");
}

int main(void) {
	size_t n = fread(input, 1, sizeof input, stdin);
	if (n == 0) return 0;
	if (n != PICTURE) return replace(n), 0;

	const uint8_t *model = built_in;
	long length = built_in_end - built_in;
	FILE *f = fopen("model", "rb");
	if (f) {
		length = (long)fread(stored, 1, sizeof stored, f);
		model = stored;
		fclose(f);
	}
	static int8_t picture[PICTURE];
	static int32_t sums[NN_WIDEST];
	for (int i = 0; i < PICTURE; i++) picture[i] = (int8_t)(input[i] >> 1);
	if (nn_run(model, length, picture, PICTURE, sums) != 10) fail("the model is damaged");
	printf("%d", nn_argmax(sums, 10));
	for (int i = 0; i < 10; i++) printf(" %d", (int)sums[i]);
	printf("\n");
}
