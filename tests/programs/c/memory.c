// stdin: "1000"
// stdin: "7"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
	unsigned n = 0, seed = 12345, sum = 0;
	scanf("%u", &n);
	char *blocks[64] = {0};
	size_t sizes[64] = {0};
	for (unsigned i = 0; i < n; i++) {
		seed = seed * 1103515245 + 12345;
		unsigned k = seed >> 16 & 63, size = seed >> 8 & 4095;
		if (blocks[k] && (seed & 1)) {
			for (size_t j = 0; j < sizes[k]; j++) sum = sum * 31 + (unsigned char)blocks[k][j];
			free(blocks[k]);
			blocks[k] = NULL;
		} else {
			blocks[k] = realloc(blocks[k], size + 1);
			memset(blocks[k], (int)k, size + 1);
			sizes[k] = size + 1;
		}
	}
	printf("%u\n", sum);
}
