// stdin: "2 0.1 -7.25 1e300"
// stdin: "NaN Inf -0"
package main

import (
	"fmt"
	"math"
)

func main() {
	for {
		var x float64
		if _, err := fmt.Scan(&x); err != nil {
			return
		}
		fmt.Println(x, float32(x), math.Sqrt(x), math.Sin(x), math.Float64bits(x)>>48)
		fmt.Printf("%g %e %.3f %v %x\n", x, x, x, math.Floor(x), x)
	}
}
