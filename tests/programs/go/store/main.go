// stdin: "set color blue"
// stdin: "set shape a shape that is described in more than thirty-one bytes"
// stdin: "get color"
// stdin: "all"
// stdin: "drop color"
// stdin: "get color"
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

func main() {
	line, _ := io.ReadAll(os.Stdin)
	words := strings.SplitN(string(line), " ", 3)
	values := map[string]string{}
	data, err := os.ReadFile("values.json")
	if err == nil {
		err = json.Unmarshal(data, &values)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		fail(err)
	}
	switch words[0] {
	case "set":
		values[words[1]] = words[2]
	case "drop":
		delete(values, words[1])
	case "get":
		value, ok := values[words[1]]
		if !ok {
			fail(fmt.Errorf("%s is not set", words[1]))
		}
		fmt.Println(value)
	}
	out, err := json.MarshalIndent(values, "", "  ")
	if err != nil {
		fail(err)
	}
	if err := os.WriteFile("values.json", out, 0o666); err != nil {
		fail(err)
	}
	if words[0] == "all" {
		fmt.Println(string(out))
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "store:", err)
	os.Exit(1)
}
