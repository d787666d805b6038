package meter

import "hestia/internal/wasm"

// This file lets callers pay for the code at the entry of a function, up to its first observation: hoisting code across
// calls, an interprocedural form of what credit.go does within a body. A function that only calls by name can reach
// pays nothing on its cheapest path then, and a recursion pays once a call instead of at each entry and before each
// call.

// maxEntry bounds what is paid ahead, so that a counted loop with a call costs less than maxEach.
const maxEntry = maxEach / 16

// payEntries finds what callers pay for each function ahead, adds it to what their calls cost, and finds the credits of
// all functions. Callees go first. In a cycle it is the price of the cheapest path on which no call of the cycle is
// paid ahead: a lower bound.
func (a *analysis) payEntries() {
	a.entry = make([]uint64, a.functions)
	for order := a.graph.order; len(order) > 0; {
		n := 1
		for n < len(order) && a.graph.component[order[n]] == a.graph.component[order[0]] {
			n++
		}
		if order[0] >= a.imported {
			a.payEntriesOf(order[:n])
		}
		order = order[n:]
	}
}

// payEntriesOf does so for the functions of one component of the call graph.
func (a *analysis) payEntriesOf(members []uint32) {
	for _, f := range members {
		a.payCalls(f, func(callee uint32) bool { return !a.graph.recurs(f, callee) })
		account := a.accounts[f-a.imported]
		account.credit = credits(account.blocks, account.costs)
	}
	for _, f := range members {
		if account := a.accounts[f-a.imported]; !a.graph.taken[f] && account.credit[entered] != infinite {
			a.entry[f] = min(account.credit[entered], maxEntry)
		}
	}
	for _, f := range members {
		account := a.accounts[f-a.imported]
		if a.graph.cyclic[f] {
			a.payCalls(f, func(callee uint32) bool { return a.graph.recurs(f, callee) })
			account.credit = credits(account.blocks, account.costs)
		}
		if account.credit[entered] != infinite {
			account.credit[entered] = a.entry[f]
		}
	}
}

// payCalls adds to what the blocks of a function cost what is paid ahead for some of its callees.
func (a *analysis) payCalls(f uint32, some func(callee uint32) bool) {
	if len(a.graph.callees[f]) == 0 {
		return
	}
	account, body := a.accounts[f-a.imported], a.Codes[f-a.imported].Body
	for i := range body {
		if in := &body[i]; in.Op == wasm.OpCall && account.owner[i] != dead && some(uint32(in.X)) {
			own := account.owner[i]
			account.costs[own] = add(account.costs[own], a.entry[in.X])
		}
	}
}
