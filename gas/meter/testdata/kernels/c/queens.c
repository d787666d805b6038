// How many ways there are to place n queens: a recursion from within a loop.
static int place(unsigned all, unsigned columns, unsigned left, unsigned right) {
	if (columns == all) return 1;
	int count = 0;
	for (unsigned free = all & ~(columns | left | right); free; free &= free - 1) {
		unsigned bit = free & -free;
		count += place(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
	}
	return count;
}

__attribute__((export_name("run"))) int run(int n) { return place((1u << n) - 1, 0, 0, 0); }
