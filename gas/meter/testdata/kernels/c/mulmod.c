// 256-bit modular multiplication by double and add over four 64-bit limbs, n times.
typedef unsigned long long u64;
typedef struct { u64 w[4]; } u256;
static u256 m = {{0xfffffffefffffc2full, ~0ull, ~0ull, ~0ull}}, a = {{3, 5, 7, 9}},
            b = {{11, 13, 17, 0x1234567890abcdefull}};

static int less(const u256 *x, const u256 *y) {
	for (int i = 3; i >= 0; i--) {
		if (x->w[i] != y->w[i]) return x->w[i] < y->w[i];
	}
	return 0;
}

static int add(u256 *x, const u256 *y) {
	u64 carry = 0;
	for (int i = 0; i < 4; i++) {
		u64 s = x->w[i] + carry, c = s < carry;
		x->w[i] = s + y->w[i];
		carry = c | (x->w[i] < s);
	}
	return carry;
}

static void sub(u256 *x, const u256 *y) {
	u64 borrow = 0;
	for (int i = 0; i < 4; i++) {
		u64 d = x->w[i] - y->w[i], c = x->w[i] < y->w[i];
		x->w[i] = d - borrow;
		borrow = c | (d < borrow);
	}
}

static void addmod(u256 *x, const u256 *y) {
	if (add(x, y) || !less(x, &m)) sub(x, &m);
}

__attribute__((export_name("run"))) int run(int n) {
	for (int i = 0; i < n; i++) {
		u256 r = {{0}}, base = a;
		for (int bit = 0; bit < 256; bit++) {
			if (b.w[bit / 64] >> (bit % 64) & 1) addmod(&r, &base);
			u256 twice = base;
			addmod(&base, &twice);
		}
		a = r;
	}
	return (int)a.w[0];
}
