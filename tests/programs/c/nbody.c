// stdin: "10"
// stdin: "1000"
#include <math.h>
#include <stdio.h>

struct body {
	double x[3], v[3], m;
};
static struct body bodies[] = {
	{{0, 0, 0}, {0, 0, 0}, 39.47841760435743},
	{{4.84143144246472090, -1.16032004402742839, -0.103622044471123109},
     {0.606326392995832, 2.81198684491626, -0.02521836165988763},
     0.03769367487038949},
	{{8.34336671824457987, 4.12479856412430479, -0.403523417114321},
     {-1.01077434617879, 1.82566237123041, 0.008415761376584154},
     0.011286326131968767},
};
enum { N = sizeof bodies / sizeof *bodies };

static double energy(void) {
	double e = 0;
	for (int i = 0; i < N; i++) {
		struct body *b = &bodies[i];
		e += b->m * (b->v[0] * b->v[0] + b->v[1] * b->v[1] + b->v[2] * b->v[2]) / 2;
		for (int j = i + 1; j < N; j++) {
			double d = 0;
			for (int k = 0; k < 3; k++) d += (b->x[k] - bodies[j].x[k]) * (b->x[k] - bodies[j].x[k]);
			e -= b->m * bodies[j].m / sqrt(d);
		}
	}
	return e;
}

int main(void) {
	int steps = 0;
	scanf("%d", &steps);
	printf("%.9f\n", energy());
	for (int s = 0; s < steps; s++) {
		for (int i = 0; i < N; i++)
			for (int j = i + 1; j < N; j++) {
				double d[3], r = 0;
				for (int k = 0; k < 3; k++) r += (d[k] = bodies[i].x[k] - bodies[j].x[k]) * d[k];
				double mag = 0.01 / (r * sqrt(r));
				for (int k = 0; k < 3; k++) {
					bodies[i].v[k] -= d[k] * bodies[j].m * mag;
					bodies[j].v[k] += d[k] * bodies[i].m * mag;
				}
			}
		for (int i = 0; i < N; i++)
			for (int k = 0; k < 3; k++) bodies[i].x[k] += 0.01 * bodies[i].v[k];
	}
	printf("%.9f\n", energy());
}
