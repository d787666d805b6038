package console_test

import (
	"strings"
	"testing"

	"hestia/vm/console"
)

func BenchmarkLines(b *testing.B) {
	long := strings.Repeat("\u00e4", 4096)
	for name, text := range map[string]string{
		"short": "transfer of %s", "long": long,
		"verbs": strings.Repeat("%s", 1024), "signs": strings.Repeat("%", 2048),
	} {
		input := call(b, "log(string,string,string,string)", text, long, long, long)
		b.Run("text="+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				console.Lines(input)
			}
		})
	}
}
