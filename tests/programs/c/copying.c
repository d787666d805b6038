// stdin: "abc"
// stdin: "a file of some length that is copied, read back, cut and joined again, byte by byte and in blocks"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/uio.h>

int main(void) {
	char data[512];
	ssize_t n = read(0, data, sizeof data);
	int out = open("copy", O_CREAT | O_TRUNC | O_RDWR, 0600);
	struct iovec parts[3] = {{"<", 1}, {data, (size_t)n}, {">", 1}};
	printf("%zd\n", writev(out, parts, 3));
	for (int i = 0; i < 40; i++) write(out, data, n);
	lseek(out, 0, SEEK_SET);
	char a[7], b[100];
	struct iovec back[2] = {{a, 7}, {b, 100}};
	unsigned sum = 0;
	for (ssize_t got; (got = readv(out, back, 2)) > 0;)
		for (ssize_t i = 0; i < got; i++) sum = sum * 131 + (unsigned char)(i < 7 ? a[i] : b[i - 7]);
	printf("%u %ld\n", sum, (long)lseek(out, 0, SEEK_END));
	close(out);
	printf("%d\n", open("copy", O_CREAT | O_EXCL | O_WRONLY, 0600) < 0);
	FILE *f = fopen("copy", "r");
	setvbuf(f, NULL, _IOFBF, 64);
	fseek(f, -5, SEEK_END);
	char tail[6] = {0};
	fread(tail, 1, 5, f);
	printf("%s %d\n", tail, fgetc(f) == EOF && feof(f));
	fclose(f);
	unlink("copy");
}
