// stdin: "5"
// stdin: "40"
package main

import (
	"fmt"
	"sync"
	"time"
)

func main() {
	var n int
	fmt.Scan(&n)
	results := make(chan int, n)
	var group sync.WaitGroup
	for i := 0; i < n; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			results <- i * i
		}()
	}
	group.Wait()
	close(results)
	sum := 0
	for r := range results {
		sum += r
	}
	before := time.Now()
	time.Sleep(20 * time.Millisecond)
	fmt.Println(sum, time.Since(before) >= 20*time.Millisecond)
}
