// Command elsewhere meters the modules on its standard input, so that a test can run it on another architecture. Before
// each module, on input and output, stands its length in four bytes, little-endian.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"os"

	"hestia/gas"
	"hestia/gas/admit"
	"hestia/gas/meter"
)

func main() {
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	for {
		code, err := read(in)
		if err == io.EOF {
			break
		}
		if err == nil {
			err = binary.Write(out, binary.LittleEndian, uint32(len(metered(code))))
		}
		if err != nil {
			log.Fatal(err)
		}
		out.Write(metered(code))
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}

func read(in io.Reader) ([]byte, error) {
	var length uint32
	if err := binary.Read(in, binary.LittleEndian, &length); err != nil {
		return nil, err
	}
	code := make([]byte, length)
	_, err := io.ReadFull(in, code)
	return code, err
}

// metered returns all that metering says of a module: its counts and costs and its metered form, or the reason for
// refusal.
func metered(code []byte) []byte {
	m, counts, err := admit.Module(code, gas.Default())
	if err != nil {
		return []byte(err.Error())
	}
	result, err := meter.Instrument(m, gas.Default(), meter.Options{Gas: 1 << 40})
	if err != nil {
		return []byte(err.Error())
	}
	said := fmt.Sprint(counts, gas.Default().Compile.Estimate(counts), result.Instantiation)
	return append([]byte(said), result.Module.Encode()...)
}
