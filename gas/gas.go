// Package gas holds every price of the engine, by schedule, and the tank that pays them.
//
// A Schedule is data: the price of each instruction, host function and state access, and the limits. Nothing here
// executes or meters: gas/meter injects the instruction prices into modules, gas/admit applies the limits of modules,
// ewasm and vm charge the rest. No price stands outside this package. Start at Schedule, Default and Byzantium.
//
// Gas is what a transaction buys. Instructions are finer than that, so a tank counts particles: 1 gas is 10,000 of
// them, and 1 particle is 10 picoseconds of the reference kernel (1 gas = 100 ns; docs/prices.md).
package gas

import (
	"errors"
	"math"
)

// PerGas is how many particles one gas is.
const PerGas = 10_000

// Max is the most gas that can be counted in particles: what 63 bits of them carry. No wasm contract gets more.
const Max = math.MaxInt64 / PerGas

// ErrOutOfGas reports that a tank held less than a charge.
var ErrOutOfGas = errors.New("out of gas")

// Tank is the gas left to a frame, in particles, and whole gas beyond what particles can count. It is never negative.
type Tank struct {
	particles int64
	beyond    uint64 // gas
}

// NewTank returns a tank holding gas.
func NewTank(gas uint64) Tank {
	counted := min(gas, Max)
	return Tank{int64(counted) * PerGas, gas - counted}
}

// Particles returns what is left, in particles, of what can be counted in them.
func (t *Tank) Particles() int64 { return t.particles }

// SetParticles sets what is left, in particles, to the count that an instrumented module kept; below zero counts as
// empty.
func (t *Tank) SetParticles(left int64) { t.particles = max(left, 0) }

// Left returns what is left in whole gas, rounded down: the fraction cannot be spent outside the module.
func (t *Tank) Left() uint64 { return uint64(t.particles/PerGas) + t.beyond }

// Charge takes gas out of the tank, or empties it and returns ErrOutOfGas.
func (t *Tank) Charge(gas uint64) error {
	if gas > t.Left() {
		*t = Tank{}
		return ErrOutOfGas
	}
	beyond := min(gas, t.beyond)
	t.beyond -= beyond
	t.particles -= int64(gas-beyond) * PerGas
	return nil
}

// ChargeParticles takes n particles (not negative) out of the tank, or empties it and returns ErrOutOfGas. The tank
// holds no more than can be counted in them.
func (t *Tank) ChargeParticles(n int64) error {
	if n > t.particles {
		*t = Tank{}
		return ErrOutOfGas
	}
	t.particles -= n
	return nil
}

// Return adds what a callee left in its tank, an unused stipend included.
func (t *Tank) Return(callee Tank) {
	t.beyond += callee.beyond
	if t.particles <= math.MaxInt64-callee.particles {
		t.particles += callee.particles
		return
	}
	t.beyond += uint64(t.particles/PerGas) + uint64(callee.particles/PerGas)
	t.particles = t.particles%PerGas + callee.particles%PerGas
}

// SetAside takes out what is beyond Max and returns it. If there is anything, a fraction of a gas is lost.
func (t *Tank) SetAside() Tank {
	if t.beyond == 0 {
		return Tank{}
	}
	*t = NewTank(t.Left())
	aside := Tank{beyond: t.beyond}
	t.beyond = 0
	return aside
}
