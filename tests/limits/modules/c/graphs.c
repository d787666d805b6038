#include "base.h"
// Shortest paths, a maximum flow, strong components and a knapsack.
enum { N = 64 };
static u32 dist[N], flow[N][N], low[N], number[N], stack[N], height, count, parts;
static u8 on[N];
static void dijkstra(const u32 w[N][N], u32 from) {
	u8 done[N] = {0};
	for (u32 i = 0; i < N; i++) dist[i] = ~0u;
	dist[from] = 0;
	for (;;) {
		u32 best = N;
		for (u32 i = 0; i < N; i++)
			if (!done[i] && dist[i] != ~0u && (best == N || dist[i] < dist[best])) best = i;
		if (best == N) return;
		done[best] = 1;
		for (u32 i = 0; i < N; i++)
			if (w[best][i] && dist[best] + w[best][i] < dist[i]) dist[i] = dist[best] + w[best][i];
	}
}
static u32 augment(const u32 w[N][N], u32 from, u32 to) {
	u32 parent[N], queue[N], first = 0, last = 0, total = 0;
	for (;;) {
		for (u32 i = 0; i < N; i++) parent[i] = N;
		first = last = 0, queue[last++] = from, parent[from] = from;
		while (first < last && parent[to] == N) {
			u32 u = queue[first++];
			for (u32 v = 0; v < N; v++)
				if (parent[v] == N && w[u][v] > flow[u][v]) parent[v] = u, queue[last++] = v;
		}
		if (parent[to] == N) return total;
		u32 least = ~0u;
		for (u32 v = to; v != from; v = parent[v]) {
			u32 rest = w[parent[v]][v] - flow[parent[v]][v];
			if (rest < least) least = rest;
		}
		for (u32 v = to; v != from; v = parent[v]) flow[parent[v]][v] += least, flow[v][parent[v]] -= least;
		total += least;
	}
}
static void tarjan(const u32 w[N][N], u32 u) {
	low[u] = number[u] = ++count, stack[height++] = u, on[u] = 1;
	for (u32 v = 0; v < N; v++) {
		if (!w[u][v]) continue;
		if (!number[v]) {
			tarjan(w, v);
			if (low[v] < low[u]) low[u] = low[v];
		} else if (on[v] && number[v] < low[u]) low[u] = number[v];
	}
	if (low[u] != number[u]) return;
	parts++;
	u32 v;
	do v = stack[--height], on[v] = 0;
	while (v != u);
}
static u32 knapsack(const u32 *weights, u32 n) {
	u32 best[1024] = {0};
	for (u32 i = 0; i < n; i++)
		for (u32 c = 1023; c >= (weights[i] & 255) && c; c--) {
			u32 with = best[c - (weights[i] & 255)] + (weights[i] >> 8 & 255);
			if (with > best[c]) best[c] = with;
		}
	return best[1023];
}
EXPORT u32 run(const u32 w[N][N]) {
	dijkstra(w, 0);
	for (u32 u = 0; u < N; u++)
		if (!number[u]) tarjan(w, u);
	return dist[N - 1] ^ augment(w, 0, N - 1) ^ parts ^ knapsack(w[0], N);
}
