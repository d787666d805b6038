#include "base.hpp"
// A market: a heap of orders for each side by templates, events through function objects.
template <class F> struct callback;
template <class R, class... A> struct callback<R(A...)> {
	struct base {
		virtual R call(A...) = 0;
	};
	template <class G> struct held : base {
		G g;
		held(G g) : g(g) {}
		R call(A... a) override { return g(a...); }
	};
	base *f = nullptr;
	callback() = default;
	template <class G> callback(G g) : f(new held<G>(g)) {}
	R operator()(A... a) const { return f->call(a...); }
};
struct order {
	u32 id, price, amount;
};
template <bool Buy> struct better {
	bool operator()(const order &a, const order &b) const { return Buy ? a.price > b.price : a.price < b.price; }
};
template <class T, class Less> class heap {
	vector<T> v;
	Less less;

  public:
	bool empty() const { return !v.length(); }
	T &top() { return v[0]; }
	void push(T x) {
		v.push(x);
		for (size i = v.length() - 1; i && less(v[i], v[(i - 1) / 2]); i = (i - 1) / 2) {
			T t = v[i];
			v[i] = v[(i - 1) / 2], v[(i - 1) / 2] = t;
		}
	}
	void pop() {
		T last = v.pop();
		if (!v.length()) return;
		v[0] = last;
		for (size i = 0, c; (c = 2 * i + 1) < v.length(); i = c) {
			if (c + 1 < v.length() && less(v[c + 1], v[c])) c++;
			if (!less(v[c], v[i])) break;
			T t = v[i];
			v[i] = v[c], v[c] = t;
		}
	}
};
extern "C" EXPORT u64 run(const u32 *in, size n) {
	heap<order, better<true>> bids;
	heap<order, better<false>> asks;
	u64 volume = 0, trades = 0;
	vector<callback<void(const order &, const order &, u32)>> hooks;
	hooks.push([&](const order &a, const order &b, u32 amount) { volume += (u64)amount * (a.price + b.price) / 2; });
	hooks.push([&](const order &a, const order &b, u32) { trades = trades * 31 + (a.id ^ b.id); });
	for (size i = 0; i + 2 < n; i += 3) {
		order o{(u32)i, in[i + 1], in[i + 2]};
		if (in[i] & 1) bids.push(o);
		else asks.push(o);
		while (!bids.empty() && !asks.empty() && bids.top().price >= asks.top().price) {
			order &b = bids.top(), &a = asks.top();
			u32 amount = a.amount < b.amount ? a.amount : b.amount;
			for (auto &h : hooks) h(b, a, amount);
			a.amount -= amount, b.amount -= amount;
			if (!a.amount) asks.pop();
			if (!b.amount) bids.pop();
		}
	}
	return volume ^ trades;
}
