// Inference of small networks in integers, so that every machine gets the same result: dense layers of 8-bit weights
// and 32-bit sums. A library for any program in C; it calls nothing.
//
// A model is a row of bytes, little-endian: "HNN1", the number of layers (u8), and for each layer its inputs (u16),
// outputs (u16), shift (u8), whether negative results become 0 (u8), a bias for each output (i32), and for each output
// its weights (i8 each). The result of a layer is its sums, shifted right and cut to -127..127; of the last layer it
// is the sums as they are.
#ifndef NN_H
#define NN_H

#include <stdint.h>
#include <string.h>

enum { NN_WIDEST = 1024, NN_HEADER = 5, NN_LAYER = 6 };

typedef struct {
	const uint8_t *at;
	int inputs, outputs, shift, relu;
	const uint8_t *biases;
	const int8_t *weights;
} nn_layer;

// nn_read reads the layer at at. It returns what lies behind it, or NULL if the layer does not end before end.
static const uint8_t *nn_read(nn_layer *layer, const uint8_t *at, const uint8_t *end) {
	if (end - at < NN_LAYER) return NULL;
	layer->inputs = at[0] | at[1] << 8;
	layer->outputs = at[2] | at[3] << 8;
	layer->shift = at[4] & 31;
	layer->relu = at[5];
	layer->biases = at + NN_LAYER;
	layer->weights = (const int8_t *)(layer->biases + 4 * layer->outputs);
	long size = 4L * layer->outputs + (long)layer->inputs * layer->outputs;
	if (layer->inputs > NN_WIDEST || layer->outputs > NN_WIDEST || end - layer->biases < size) return NULL;
	return layer->biases + size;
}

static int32_t nn_sum(const nn_layer *layer, const int8_t *in, int output) {
	const int8_t *w = layer->weights + (long)output * layer->inputs;
	int32_t sum;
	memcpy(&sum, layer->biases + 4 * output, sizeof sum);
	for (int i = 0; i < layer->inputs; i++) sum += w[i] * in[i];
	return sum;
}

// nn_run runs a model of length bytes. It writes the sums of the last layer to sums, which has room for NN_WIDEST, and
// returns how many there are, or -1 if the model is malformed or does not take so many inputs.
static int nn_run(const uint8_t *model, long length, const int8_t *in, int inputs, int32_t *sums) {
	static int8_t values[2][NN_WIDEST];
	const uint8_t *at = model + NN_HEADER, *end = model + length;
	if (length < NN_HEADER || memcmp(model, "HNN1", 4) || model[4] == 0) return -1;
	for (int k = 0; k < model[4]; k++) {
		nn_layer layer;
		at = nn_read(&layer, at, end);
		if (!at || layer.inputs != inputs) return -1;
		int8_t *out = values[k & 1];
		int last = k + 1 == model[4];
		for (int o = 0; o < layer.outputs; o++) {
			int32_t sum = nn_sum(&layer, in, o);
			if (last) {
				sums[o] = sum;
				continue;
			}
			sum >>= layer.shift;
			int32_t least = layer.relu ? 0 : -127;
			out[o] = (int8_t)(sum < least ? least : sum > 127 ? 127 : sum);
		}
		in = out;
		inputs = layer.outputs;
	}
	return inputs;
}

// nn_argmax returns the place of the largest of n sums.
static int nn_argmax(const int32_t *sums, int n) {
	int best = 0;
	for (int i = 1; i < n; i++)
		if (sums[i] > sums[best]) best = i;
	return best;
}

#endif
