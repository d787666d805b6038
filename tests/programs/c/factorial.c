// stdin: "5"
// stdin: "52"
// stdin: "200"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
	int n = 0;
	scanf("%d", &n);
	unsigned *digits = calloc(1000, sizeof *digits), size = 1;
	digits[0] = 1;
	for (int k = 2; k <= n; k++) {
		unsigned carry = 0;
		for (unsigned i = 0; i < size || carry; i++) {
			unsigned long long v = (unsigned long long)digits[i] * k + carry;
			digits[i] = v % 1000000000;
			carry = v / 1000000000;
			if (i >= size) size = i + 1;
		}
	}
	printf("%d! = %u", n, digits[size - 1]);
	for (unsigned i = size - 1; i-- > 0;) printf("%09u", digits[i]);
	printf("\n");
}
