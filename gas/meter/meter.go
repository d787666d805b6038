// Package meter injects gas counting into a WebAssembly module: decode -> analyse -> rewrite -> encode.
//
// It knows prices only as a schedule's table and modules only as the codec's model; it does not know Ethereum, contracts
// or engines. Start at Instrument.
package meter
