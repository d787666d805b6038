package pool

import "cmp"

// Limits are limits smaller than the usual ones; 0 = the usual one.
type Limits struct {
	Transactions int
	Bytes        uint64
	PerAccount   int
}

// Limited sets p's limits and returns p.
func (p *Pool) Limited(l Limits) *Pool {
	p.limits = limits{
		transactions: cmp.Or(l.Transactions, usualLimits.transactions),
		bytes:        cmp.Or(l.Bytes, usualLimits.bytes),
		perAccount:   cmp.Or(l.PerAccount, usualLimits.perAccount),
	}
	return p
}
