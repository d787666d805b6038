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

// Max is the most gas a tank holds: what 63 bits of particles can carry.
const Max = math.MaxInt64 / PerGas

// ErrOutOfGas reports that a tank held less than a charge.
var ErrOutOfGas = errors.New("out of gas")

// Tank is the gas left to a frame, in particles. It is never negative.
type Tank struct{ particles int64 }

// NewTank returns a tank holding gas, at most Max.
func NewTank(gas uint64) Tank { return Tank{int64(min(gas, Max)) * PerGas} }

// Particles returns what is left, in particles.
func (t *Tank) Particles() int64 { return t.particles }

// SetParticles sets what is left, in particles, to the count that an instrumented module kept; below zero counts as
// empty.
func (t *Tank) SetParticles(left int64) { t.particles = max(left, 0) }

// Left returns what is left in whole gas, rounded down: the fraction cannot be spent outside the module.
func (t *Tank) Left() uint64 { return uint64(t.particles / PerGas) }

// Charge takes gas out of the tank, or empties it and returns ErrOutOfGas.
func (t *Tank) Charge(gas uint64) error {
	if gas > t.Left() {
		t.particles = 0
		return ErrOutOfGas
	}
	t.particles -= int64(gas) * PerGas
	return nil
}

// ChargeParticles takes n particles (not negative) out of the tank, or empties it and returns ErrOutOfGas.
func (t *Tank) ChargeParticles(n int64) error {
	if n > t.particles {
		t.particles = 0
		return ErrOutOfGas
	}
	t.particles -= n
	return nil
}

// Return adds what a callee left in its tank, an unused stipend included.
func (t *Tank) Return(callee Tank) { t.particles += callee.particles }
