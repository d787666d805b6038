#include "base.h"
// A block sorter like bzip2: ternary quicksort of rotations, move to front, run lengths, lengths of Huffman codes.
static u8 block[65536];
static u32 n, at[65536];
static int compare(u32 a, u32 b, u32 depth) {
	for (u32 k = depth; k < n; k++) {
		u8 x = block[(a + k) % n], y = block[(b + k) % n];
		if (x != y) return x < y ? -1 : 1;
	}
	return 0;
}
static void sort(i32 low, i32 high, u32 depth) {
	while (high - low > 8 && depth < 64) {
		u8 pivot = block[(at[(low + high) / 2] + depth) % n];
		i32 less = low, greater = high, i = low;
		while (i <= greater) {
			u8 c = block[(at[i] + depth) % n];
			u32 t = at[i];
			if (c < pivot) at[i++] = at[less], at[less++] = t;
			else if (c > pivot) at[i] = at[greater], at[greater--] = t;
			else i++;
		}
		sort(low, less - 1, depth);
		sort(greater + 1, high, depth);
		low = less, high = greater, depth++;
	}
	for (i32 i = low + 1; i <= high; i++) {
		u32 t = at[i];
		i32 j = i;
		for (; j > low && compare(at[j - 1], t, depth) > 0; j--) at[j] = at[j - 1];
		at[j] = t;
	}
}
static u32 front(u8 *out) {
	u8 order[256];
	u32 length = 0, zeros = 0;
	for (int i = 0; i < 256; i++) order[i] = (u8)i;
	for (u32 i = 0; i < n; i++) {
		u8 c = block[(at[i] + n - 1) % n], j = 0, last = order[0];
		while (last != c) {
			u8 t = order[++j];
			order[j] = last, last = t;
		}
		order[0] = c;
		if (!j) {
			zeros++;
			continue;
		}
		for (; zeros; zeros = (zeros - 1) / 2) out[length++] = zeros & 1 ? 0 : 1;
		out[length++] = j < 254 ? j + 1 : 255;
	}
	return length;
}
static void lengths(const u8 *in, u32 count, u8 result[256]) {
	static u32 weight[512], parent[512];
	for (int i = 0; i < 512; i++) weight[i] = i < 256, parent[i] = 0;
	for (u32 i = 0; i < count; i++) weight[in[i]]++;
	for (u32 next = 256; next < 511; next++) {
		u32 a = 0, b = 0;
		for (u32 i = 1; i <= next; i++) {
			if (parent[i - 1]) continue;
			if (!a || weight[i - 1] < weight[a - 1]) b = a, a = i;
			else if (!b || weight[i - 1] < weight[b - 1]) b = i;
		}
		if (!b) break;
		parent[a - 1] = parent[b - 1] = next, weight[next] = weight[a - 1] + weight[b - 1];
	}
	for (int i = 0; i < 256; i++) {
		u8 depth = 0;
		for (u32 p = parent[i]; p; p = parent[p]) depth++;
		result[i] = depth;
	}
}
EXPORT u32 run(const u8 *in, u32 count, u8 *out, u8 codes[256]) {
	n = count < 65536 ? count : 65536;
	for (u32 i = 0; i < n; i++) block[i] = in[i], at[i] = i;
	sort(0, (i32)n - 1, 0);
	u32 length = front(out);
	lengths(out, length, codes);
	return length;
}
