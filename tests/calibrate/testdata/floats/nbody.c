// Five bodies that attract each other, in double precision, as the benchmarks game has them. n steps.
typedef struct { double x, y, z, vx, vy, vz, mass; } body;

static body all[5] = {
	{0, 0, 0, 0, 0, 0, 39.47841760435743},
	{4.841431442464721, -1.1603200440274284, -0.10362204447112311, 0.606326392995832, 2.81198684491626,
		-0.02521836165988763, 0.03769367487038949},
	{8.34336671824458, 4.124798564124305, -0.4035234171143214, -1.0107743461787924, 1.8256623712304119,
		0.008415761376584154, 0.011286326131968767},
	{12.894369562139131, -15.111151401698631, -0.22330757889265573, 1.0827910064415354, 0.8687130181696082,
		-0.010832637401363636, 0.0017237240570597112},
	{15.379697114850917, -25.919314609987964, 0.17925877295037118, 0.979090732243898, 0.5946989986476762,
		-0.034755955504078104, 0.0020336868699246304},
};

int run(int n) {
	const double dt = 0.01;
	for (int k = 0; k < n; k++) {
		for (int i = 0; i < 5; i++) {
			body *a = &all[i];
			for (int j = i + 1; j < 5; j++) {
				body *b = &all[j];
				double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
				double d = dx * dx + dy * dy + dz * dz;
				double by = dt / (d * __builtin_sqrt(d));
				a->vx -= dx * b->mass * by;
				a->vy -= dy * b->mass * by;
				a->vz -= dz * b->mass * by;
				b->vx += dx * a->mass * by;
				b->vy += dy * a->mass * by;
				b->vz += dz * a->mass * by;
			}
		}
		for (int i = 0; i < 5; i++) {
			all[i].x += dt * all[i].vx;
			all[i].y += dt * all[i].vy;
			all[i].z += dt * all[i].vz;
		}
	}
	return (int)(all[0].x * 1e9);
}
