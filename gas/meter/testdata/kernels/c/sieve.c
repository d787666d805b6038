// The primes below 8,192, n times, and a linked list walked by calls through a table.
typedef int (*step)(int);
static unsigned char composite[8192];
static int half(int x) { return x >> 1; }
static int more(int x) { return 3 * x + 1; }
static step const steps[2] = {half, more};

__attribute__((export_name("run"))) int run(int n) {
	int count = 0;
	for (int t = 0; t < n; t++) {
		for (int i = 0; i < 8192; i++) composite[i] = 0;
		count = 0;
		for (int i = 2; i < 8192; i++) {
			if (composite[i]) continue;
			count++;
			for (int j = 2 * i; j < 8192; j += i) composite[j] = 1;
		}
		for (int x = 27 + t % 5; x != 1; x = steps[x & 1](x)) count++;
	}
	return count;
}
