package compare

const preface = `# The same work in C and in Solidity

Printed by ` + "`make compare`" + `. The contracts are in contracts/kernels: kernels.c against Kernels.sol and the sample token
against Token.sol (solc 0.8.30, optimized), step by step the same work, held to the same results before anything is timed. All
are measured in one run, by turns; the best of many counts. "In process" is the engine and geth's interpreter, from frame to
result over a geth StateDB. "eth_call" is a node of ours and anvil 1.7.1, which runs revm, over HTTP from one client: what it
takes to ask is in it, and is nearly all of it for the token.

| work | bits | Hestia | geth | geth / Hestia | Hestia, eth_call | revm, eth_call | revm / Hestia |
|---|---|---|---|---|---|---|---|
`
