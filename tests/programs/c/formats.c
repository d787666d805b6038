// stdin: "3.14159 -2.5e-3 1e308 0.1"
// stdin: "inf -inf nan 4.9e-324"
// stdin: "1 2 3 255"
#include <math.h>
#include <stdio.h>

int main(void) {
	double x;
	while (scanf("%lf", &x) == 1) {
		printf("%f %e %g %a %.17g [%12.3f] [%-12.2e] %+.1f\n", x, x, x, x, x, x, x, x);
		printf("%.17g %.17g %.17g %.17g\n", sqrt(fabs(x)), floor(x), isfinite(x) ? sin(x) : 0, atan(x));
		float y = (float)x;
		printf("%.9g %.9g\n", y, y * 1.1f);
	}
	printf("%d %5d|%-5d|%05d %x %X %o %u %c %s %.3s %%\n", -42, 42, 42, 42, 48879, 48879, 8, 4000000000u, 'h', "text",
	       "cut off");
	printf("%lld %llu %hhd %p\n", -9007199254740993LL, 18446744073709551615ULL, 300, (void *)0);
}
