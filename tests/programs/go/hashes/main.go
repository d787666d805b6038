// stdin: "hello"
// stdin: ""
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"math/big"
	"os"
	"strings"
)

func main() {
	in, _ := io.ReadAll(os.Stdin)
	sum := sha256.Sum256(in)
	fmt.Println(hex.EncodeToString(sum[:]))
	fmt.Println(crc32.ChecksumIEEE(in), strings.ToUpper(string(in)))
	n := new(big.Int).SetBytes(sum[:])
	fmt.Println(n.Exp(n, big.NewInt(65537), new(big.Int).Lsh(big.NewInt(1), 255)))
}
