// stdin: "b 3\na 10\nb 4.5\n"
// stdin: ""
package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
)

func main() {
	sums := map[string]float64{}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var name string
		var n float64
		if _, err := fmt.Sscan(in.Text(), &name, &n); err != nil {
			fmt.Fprintln(os.Stderr, "bad line:", in.Text())
			os.Exit(1)
		}
		sums[name] += n
	}
	names := make([]string, 0, len(sums))
	for name := range sums {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Printf("%-10s %8.2f\n", name, sums[name])
	}
}
