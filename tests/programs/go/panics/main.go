// stdin: "ok"
// stdin: "fail"
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	in, _ := io.ReadAll(os.Stdin)
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintln(os.Stderr, "recovered:", r)
			os.Exit(3)
		}
	}()
	var list []int
	if string(in) == "fail" {
		fmt.Println(list[len(in)])
	}
	fmt.Println("fine")
}
