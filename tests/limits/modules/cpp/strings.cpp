#include "base.hpp"
// Strings with a small buffer, split, joined, searched and compared; UTF-8 in and out.
class text {
	char small[16];
	char *data = small;
	size count = 0, room = 16;

  public:
	text() = default;
	text(const text &o) {
		for (char c : o) push(c);
	}
	text &operator=(const text &o) {
		if (this != &o) {
			count = 0;
			for (char c : o) push(c);
		}
		return *this;
	}
	void push(char c) {
		if (count == room) {
			char *d = (char *)operator new(2 * room);
			for (size i = 0; i < count; i++) d[i] = data[i];
			data = d, room *= 2;
		}
		data[count++] = c;
	}
	void rune(u32 r) {
		if (r < 0x80) push((char)r);
		else if (r < 0x800) push((char)(0xc0 | r >> 6)), push((char)(0x80 | (r & 63)));
		else if (r < 0x10000)
			push((char)(0xe0 | r >> 12)), push((char)(0x80 | (r >> 6 & 63))), push((char)(0x80 | (r & 63)));
		else
			push((char)(0xf0 | r >> 18)), push((char)(0x80 | (r >> 12 & 63))), push((char)(0x80 | (r >> 6 & 63))),
				push((char)(0x80 | (r & 63)));
	}
	const char *begin() const { return data; }
	const char *end() const { return data + count; }
	size length() const { return count; }
	bool operator<(const text &o) const {
		for (size i = 0; i < count && i < o.count; i++)
			if (data[i] != o.data[i]) return (u8)data[i] < (u8)o.data[i];
		return count < o.count;
	}
	i32 find(const text &o) const {
		u32 skip[256];
		for (u32 &s : skip) s = (u32)o.count;
		for (size i = 0; i + 1 < o.count; i++) skip[(u8)o.data[i]] = (u32)(o.count - 1 - i);
		for (size i = 0; i + o.count <= count; i += skip[(u8)data[i + o.count - 1]]) {
			size k = o.count;
			while (k && data[i + k - 1] == o.data[k - 1]) k--;
			if (!k) return (i32)i;
		}
		return -1;
	}
};
static u32 decode(const u8 *&p, const u8 *end) {
	u32 c = *p++, n = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	c &= n ? 0x3f >> n : 0x7f;
	while (n-- && p < end) c = c << 6 | (*p++ & 63);
	return c;
}
extern "C" EXPORT u32 run(const u8 *in, size n) {
	vector<text> words;
	text word;
	for (const u8 *p = in, *end = in + n; p < end;) {
		u32 r = decode(p, end);
		if (r == ' ' || r == '\n') {
			if (word.length()) words.push(word);
			word = text();
		} else word.rune(r >= 'A' && r <= 'Z' ? r + 32 : r >= 0x410 && r <= 0x42f ? r + 32 : r);
	}
	sort(words.begin(), words.end(), [](const text &a, const text &b) { return a < b; });
	u32 sum = 0;
	for (size i = 0; i + 1 < words.length(); i++) sum = sum * 31 + (u32)words[i].find(words[i + 1]);
	return sum;
}
