// stdin: "10"
// stdin: "4"
// stdin: "100"
#include <stdio.h>
#include <string.h>

enum { N = 24 };

int main(void) {
	static char now[N][N], next[N][N];
	int steps = 0;
	scanf("%d", &steps);
	static const int glider[][2] = {{1, 2}, {2, 3}, {3, 1}, {3, 2}, {3, 3}, {10, 10}, {10, 11}, {10, 12}, {11, 10}};
	for (unsigned i = 0; i < sizeof glider / sizeof *glider; i++) now[glider[i][0]][glider[i][1]] = 1;
	while (steps-- > 0) {
		for (int y = 0; y < N; y++)
			for (int x = 0; x < N; x++) {
				int n = -now[y][x];
				for (int dy = -1; dy <= 1; dy++)
					for (int dx = -1; dx <= 1; dx++) n += now[(y + dy + N) % N][(x + dx + N) % N];
				next[y][x] = n == 3 || (n == 2 && now[y][x]);
			}
		memcpy(now, next, sizeof now);
	}
	for (int y = 0; y < N; y++) {
		for (int x = 0; x < N; x++) putchar(now[y][x] ? '#' : '.');
		putchar('\n');
	}
}
