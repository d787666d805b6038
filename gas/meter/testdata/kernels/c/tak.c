// Takeuchi's function: four calls, three of them arguments of the fourth.
static int tak(int x, int y, int z) {
	if (y >= x) return z;
	return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}

__attribute__((export_name("run"))) int run(int n) { return tak(n, n / 2, n / 4); }
