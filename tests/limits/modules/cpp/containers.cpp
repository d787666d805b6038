#include "base.hpp"
// Maps, vectors and a sort by several orders.
struct order {
	u32 id, price, amount;
	u64 time;
};
extern "C" EXPORT u64 run(const u32 *in, size n) {
	vector<order> orders;
	map<u32, vector<u32>> by_price;
	map<u64, u32> seen;
	for (size i = 0; i + 2 < n; i += 3) {
		orders.push({in[i], in[i + 1], in[i + 2], (u64)i * in[i]});
		by_price[in[i + 1] % 64].push((u32)(i / 3));
		if (++seen[(u64)in[i] << 32 | in[i + 1]] > 3) seen.erase((u64)in[i] << 32 | in[i + 1]);
	}
	sort(orders.begin(), orders.end(),
	     [](const order &a, const order &b) { return a.price != b.price ? a.price < b.price : a.time < b.time; });
	u64 sum = 0;
	for (auto &o : orders) sum = sum * 31 + o.id;
	by_price.each([&](u32 price, vector<u32> &ids) {
		sort(ids.begin(), ids.end(), [&](u32 a, u32 b) { return orders[a].amount > orders[b].amount; });
		for (u32 id : ids) sum ^= (u64)price * orders[id].amount;
	});
	return sum + seen.length();
}
