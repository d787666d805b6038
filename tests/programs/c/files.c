// stdin: ""
// stdin: "again"
// What the standard library does with files, step by step, errors by name.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void show(const char *path) {
	FILE *f = fopen(path, "rb");
	if (!f) {
		printf("%s: %s\n", path, strerror(errno));
		return;
	}
	printf("%s: \"", path);
	for (int c; (c = getc(f)) != EOF;) printf(c < 32 || c > 126 ? "\\x%02x" : "%c", c);
	printf("\"\n");
	fclose(f);
}

static void put(const char *path, const char *mode, const char *text) {
	FILE *f = fopen(path, mode);
	if (!f) {
		printf("%s %s: %s\n", path, mode, strerror(errno));
		return;
	}
	fputs(text, f);
	fclose(f);
}

int main(void) {
	mkdir("dir", 0777);
	put("dir/a", "w", "the first text");
	put("dir/a", "a", ", and more of it, so that it is longer than a word");
	show("dir/a");
	put("dir/a", "r+", "THE");
	show("dir/a");
	put("dir/a", "wx", "never");
	put("missing", "r+", "never");
	show("missing");

	int fd = open("dir/b", O_RDWR | O_CREAT | O_TRUNC, 0666);
	lseek(fd, 40, SEEK_SET);
	write(fd, "behind a hole", 13);
	printf("at %ld\n", (long)lseek(fd, 0, SEEK_CUR));
	pwrite(fd, "0123456789", 10, 28);
	char buffer[16] = {0};
	printf("%zd %s\n", pread(fd, buffer, 9, 27), buffer + 1);
	printf("%zd %zd\n", pread(fd, buffer, 9, 50), pread(fd, buffer, 9, 5000));
	ftruncate(fd, 33);
	struct stat s;
	fstat(fd, &s);
	printf("size %ld, file %d\n", (long)s.st_size, S_ISREG(s.st_mode) != 0);
	ftruncate(fd, 31);
	ftruncate(fd, 64);
	lseek(fd, -2, SEEK_END);
	write(fd, "XY", 2);
	printf("bad seek: %d\n", lseek(fd, -1, SEEK_SET) < 0 ? errno == EINVAL : 0);
	close(fd);
	printf("closed: %d\n", write(fd, "x", 1) < 0 ? errno == EBADF : 0);
	show("dir/b");

	rename("dir/a", "dir/c");
	show("dir/a");
	show("dir/c");
	put("dir/d", "w", "is replaced");
	rename("dir/b", "dir/d");
	show("dir/d");
	printf("unlink %d\n", unlink("dir/d"));
	printf("unlink %d %s\n", unlink("dir/d"), strerror(errno));
	printf("stat %d %s\n", stat("dir/none", &s), strerror(errno));
	printf("dir %d\n", stat("dir/c", &s) == 0 ? (int)s.st_size : -1);
	printf("above %d\n", open("../x", O_RDONLY) < 0);
	unlink("dir/c");
	printf("isatty %d\n", isatty(1));
	fprintf(stderr, "and a word on standard error\n");
}
