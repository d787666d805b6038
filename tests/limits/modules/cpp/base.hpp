// What the sources share: no library, so the containers are here.
#pragma once
#include "../c/base.h"

extern "C" __attribute__((weak)) void *memmove(void *to, const void *from, size n) {
	u8 *a = (u8 *)to;
	const u8 *b = (const u8 *)from;
	if (a < b)
		while (n--) *a++ = *b++;
	else
		while (n--) a[n] = b[n];
	return to;
}

inline u8 arena[1 << 15];
inline size used;
void *operator new(size n) {
	void *p = arena + used;
	used = (used + n + 7) & (sizeof arena - 1) & ~7u;
	return p;
}
inline void *operator new(size, void *p) { return p; }
void operator delete(void *) noexcept {}
void operator delete(void *, size) noexcept {}

template <class T> class vector {
	T *data = nullptr;
	size count = 0, room = 0;

  public:
	vector() = default;
	vector(const vector &o) {
		for (const T &x : o) push(x);
	}
	vector(vector &&o) : data(o.data), count(o.count), room(o.room) { o.data = nullptr, o.count = o.room = 0; }
	vector &operator=(vector o) {
		auto d = data;
		data = o.data, o.data = d;
		count = o.count, room = o.room;
		return *this;
	}
	~vector() {
		for (size i = 0; i < count; i++) data[i].~T();
	}
	void push(T x) {
		if (count == room) {
			room = room ? 2 * room : 4;
			T *d = (T *)operator new(room * sizeof(T));
			for (size i = 0; i < count; i++) new (d + i) T((T &&) data[i]);
			data = d;
		}
		new (data + count++) T((T &&) x);
	}
	T pop() {
		T x = (T &&) data[--count];
		data[count].~T();
		return x;
	}
	size length() const { return count; }
	T &operator[](size i) { return data[i]; }
	const T &operator[](size i) const { return data[i]; }
	T *begin() const { return data; }
	T *end() const { return data + count; }
};

template <class T, class Less> void sort(T *a, T *b, Less less) {
	if (b - a < 16) {
		for (T *i = a + 1; i < b; i++)
			for (T *j = i; j > a && less(*j, j[-1]); j--) {
				T t = *j;
				*j = j[-1], j[-1] = t;
			}
		return;
	}
	T pivot = a[(b - a) / 2], *i = a, *j = b - 1;
	while (i <= j) {
		while (less(*i, pivot)) i++;
		while (less(pivot, *j)) j--;
		if (i <= j) {
			T t = *i;
			*i++ = *j, *j-- = t;
		}
	}
	sort(a, j + 1, less);
	sort(i, b, less);
}

template <class K, class V> class map {
	struct entry {
		K key;
		V value;
		u8 state;
	};
	entry *table = nullptr;
	size count = 0, room = 0;
	static u32 hash(const K &k) {
		u32 h = 2166136261;
		for (size i = 0; i < sizeof(K); i++) h = (h ^ ((const u8 *)&k)[i]) * 16777619;
		return h;
	}
	void grow() {
		entry *old = table;
		size n = room;
		room = room ? 2 * room : 8, count = 0;
		table = (entry *)operator new(room * sizeof(entry));
		for (size i = 0; i < room; i++) table[i].state = 0;
		for (size i = 0; i < n; i++)
			if (old[i].state == 1) (*this)[old[i].key] = (V &&) old[i].value;
	}

  public:
	V &operator[](const K &k) {
		if (4 * (count + 1) > 3 * room) grow();
		for (size i = hash(k);; i++) {
			entry &e = table[i & (room - 1)];
			if (e.state == 1 && e.key == k) return e.value;
			if (e.state == 0) {
				new (&e.key) K(k), new (&e.value) V(), e.state = 1, count++;
				return e.value;
			}
		}
	}
	bool erase(const K &k) {
		for (size i = hash(k), n = 0; n < room; i++, n++) {
			entry &e = table[i & (room - 1)];
			if (e.state == 0) return false;
			if (e.state == 1 && e.key == k) return e.state = 2, true;
		}
		return false;
	}
	template <class F> void each(F f) {
		for (size i = 0; i < room; i++)
			if (table[i].state == 1) f(table[i].key, table[i].value);
	}
	size length() const { return count; }
};
