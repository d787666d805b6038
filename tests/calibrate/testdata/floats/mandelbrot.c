// Points of a square that the Mandelbrot set has, in double precision. n rows of 64 points.
int run(int n) {
	int inside = 0;
	for (int row = 0; row < n; row++) {
		double ci = (double)row / n * 2 - 1;
		for (int column = 0; column < 64; column++) {
			double cr = (double)column / 64 * 3 - 2, zr = 0, zi = 0;
			int k = 0;
			for (; k < 100 && zr * zr + zi * zi <= 4; k++) {
				double t = zr * zr - zi * zi + cr;
				zi = 2 * zr * zi + ci;
				zr = t;
			}
			inside += k == 100;
		}
	}
	return inside;
}
