#include "base.hpp"
// Integers of N limbs by templates; products, quotients and powers of 128, 256 and 512 bits.
template <int N> struct uint {
	u64 n[N];
	bool bit(int i) const { return n[i / 64] >> i % 64 & 1; }
	uint operator+(const uint &o) const {
		uint r;
		u64 carry = 0;
		UNROLL for (int i = 0; i < N; i++) {
			u64 s = n[i] + o.n[i], t = s + carry;
			carry = (s < n[i]) | (t < s);
			r.n[i] = t;
		}
		return r;
	}
	uint operator-(const uint &o) const {
		uint r;
		u64 borrow = 0;
		UNROLL for (int i = 0; i < N; i++) {
			u64 s = n[i] - o.n[i], t = s - borrow;
			borrow = (n[i] < o.n[i]) | (s < borrow);
			r.n[i] = t;
		}
		return r;
	}
	bool operator<(const uint &o) const {
		for (int i = N - 1; i >= 0; i--)
			if (n[i] != o.n[i]) return n[i] < o.n[i];
		return false;
	}
	uint operator*(const uint &o) const {
		u32 a[2 * N], b[2 * N], r[2 * N] = {};
		UNROLL for (int i = 0; i < N; i++) a[2 * i] = (u32)n[i], a[2 * i + 1] = n[i] >> 32, b[2 * i] = (u32)o.n[i],
												 b[2 * i + 1] = o.n[i] >> 32;
		UNROLL for (int i = 0; i < 2 * N; i++) {
			u64 carry = 0;
			UNROLL for (int j = 0; j < 2 * N - i; j++) carry += (u64)a[i] * b[j] + r[i + j], r[i + j] = (u32)carry,
																								   carry >>= 32;
		}
		uint p;
		UNROLL for (int i = 0; i < N; i++) p.n[i] = (u64)r[2 * i + 1] << 32 | r[2 * i];
		return p;
	}
	uint operator<<(int s) const {
		uint r{};
		for (int i = N - 1; i >= s / 64; i--) {
			r.n[i] = n[i - s / 64] << s % 64;
			if (s % 64 && i > s / 64) r.n[i] |= n[i - s / 64 - 1] >> (64 - s % 64);
		}
		return r;
	}
	uint operator/(const uint &o) const {
		uint q{}, rest{};
		for (int i = 64 * N - 1; i >= 0; i--) {
			rest = rest << 1;
			rest.n[0] |= bit(i);
			if (!(rest < o)) rest = rest - o, q.n[i / 64] |= 1ull << i % 64;
		}
		return q;
	}
	uint power(u32 e) const {
		uint r{}, b = *this;
		r.n[0] = 1;
		for (; e; e >>= 1) {
			if (e & 1) r = r * b;
			b = b * b;
		}
		return r;
	}
};
template <int N> u64 all(const u64 *in) {
	uint<N> a, b;
	for (int i = 0; i < N; i++) a.n[i] = in[i], b.n[i] = in[i + N];
	auto r = (a * b + a.power(77)) / b - (a << 13);
	u64 s = 0;
	for (u64 x : r.n) s = s * 31 + x;
	return s;
}
extern "C" EXPORT u64 run(const u64 *in) { return all<2>(in) ^ all<4>(in) ^ all<8>(in); }
