package gas_test

import (
	"errors"
	"math"
	"testing"

	"hestia/gas"
)

func TestATankHoldsMoreGasThanParticlesCanCount(t *testing.T) {
	const most = math.MaxUint64
	tank := gas.NewTank(most)
	if tank.Left() != most || tank.Particles() != gas.Max*gas.PerGas {
		t.Fatalf("%d gas, %d particles", tank.Left(), tank.Particles())
	}
	if err := tank.Charge(most - 5); err != nil || tank.Left() != 5 || tank.Particles() != 5*gas.PerGas {
		t.Errorf("%v, %d gas, %d particles after paying all but 5", err, tank.Left(), tank.Particles())
	}
	if err := tank.Charge(6); !errors.Is(err, gas.ErrOutOfGas) || tank.Left() != 0 {
		t.Errorf("%v, %d gas after paying 6 of 5", err, tank.Left())
	}
}

func TestWhatIsSetAsideComesBack(t *testing.T) {
	for _, have := range []uint64{0, 1, gas.Max, gas.Max + 1, 3 * gas.Max, math.MaxUint64} {
		tank := gas.NewTank(have)
		aside := tank.SetAside()
		if tank.Left() != min(have, gas.Max) {
			t.Errorf("%d of %d gas is left", tank.Left(), have)
		}
		if aside.Return(tank); aside.Left() != have {
			t.Errorf("%d gas became %d", have, aside.Left())
		}
	}
}

func TestReturnedGasDoesNotOverflow(t *testing.T) {
	tank, callee := gas.NewTank(gas.Max), gas.NewTank(gas.Max)
	callee.SetParticles(callee.Particles() + 5000)
	tank.SetParticles(tank.Particles() + 5001)
	if tank.Return(callee); tank.Left() != 2*gas.Max+1 || tank.Particles() < 0 {
		t.Errorf("%d gas, %d particles", tank.Left(), tank.Particles())
	}
}
