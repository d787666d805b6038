package compare

const preface = `# The same work in C and in Solidity

Printed by ` + "`make compare`" + `. The contracts are in contracts/kernels: kernels.c against Kernels.sol, and the
sample token against Token.sol (solc 0.8.30, optimized). Both do the same work step by step, and must give the same
results before anything is timed. All rows are measured in one run, by turns; the best of many counts.

Processor time of one call: the engine and geth's interpreter from frame to result over a geth StateDB in this process,
and revm as all that anvil 1.7.1 does to answer an eth_call, which is some 0.05 ms more than revm alone. Hashes and
mulmod by bignum are host functions here and single instructions there. "in C" multiplies 32 bits at a time and reduces
for that modulus.

| work | bits | Hestia | geth | revm | geth / Hestia | revm / Hestia |
|---|---|---|---|---|---|---|
`

const tokenPreface = `
The token: processor time in this process, and how long a client waits for eth_call over HTTP. Nearly all of the wait is
the request itself.

| work | Hestia | geth | geth / Hestia | Hestia, eth_call | anvil, eth_call | anvil / Hestia |
|---|---|---|---|---|---|---|
`
