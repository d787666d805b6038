package chain_test

import (
	"fmt"
	"testing"

	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
	"hestia/state"
)

// BenchmarkBuild makes blocks of transfers on disk: it measures execution, roots, commit and write.
func BenchmarkBuild(b *testing.B) {
	for _, count := range []int{1, 100} {
		b.Run(fmt.Sprintf("transfers=%d", count), func(b *testing.B) {
			store, err := state.Open(b.TempDir(), state.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer store.Close()
			c, err := chain.Open(store, engine(), chain.DefaultGenesis(alloc()))
			if err != nil {
				b.Fatal(err)
			}
			var nonce uint64
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				txs := make([]*types.Transaction, count)
				for i := range txs {
					txs[i] = alice.pay(nonce)
					if _, err := types.Sender(c.Signer(), txs[i]); err != nil {
						b.Fatal(err)
					}
					nonce++
				}
				b.StartTimer()
				if built, err := c.Build(b.Context(), chain.Template{Transactions: txs}); err != nil ||
					len(built.Rejected) > 0 {
					b.Fatal(err, built)
				}
			}
		})
	}
}
