// stdin: "Ada\n"
// stdin: "Grace Hopper\n"
// stdin: "deploy"
// stdin: ""
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int main(void) {
	char name[64] = "nobody";
	if (fgets(name, sizeof name, stdin)) name[strcspn(name, "\n")] = 0;
	mkdir("state", 0777);
	int count = 0;
	FILE *f = fopen("state/count", "r");
	if (f) {
		fscanf(f, "%d", &count);
		fclose(f);
	}
	f = fopen("state/count", "w");
	fprintf(f, "%d\n", ++count);
	fclose(f);
	printf("Hello, %s. You are visitor %d.\n", name, count);
	return 0;
}
