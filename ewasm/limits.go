package ewasm

import (
	"errors"

	"hestia/gas"
	"hestia/gas/admit"
	"hestia/internal/wasm"
)

// withinLimits decodes code and checks the limits that hold before any compiler sees it.
func withinLimits(code []byte, schedule *gas.Schedule) (*wasm.Module, *gas.Counts, error) {
	m, counts, err := admit.Module(code, schedule)
	var over *admit.LimitError
	switch {
	case errors.As(err, &over):
		return nil, nil, broken(ErrLimit, over.Place, "%s", over.What())
	case err != nil:
		return nil, nil, broken(ErrMalformed, "", "%v", err)
	}
	return m, counts, nil
}

// PayCompilation charges the schedule's price for compiling code, before anything compiles it. The price does not
// depend on earlier compilations, and is zero for code of another kind. The error is a *RuleError if code is not a
// contract, else gas.ErrOutOfGas.
func PayCompilation(tank *gas.Tank, code []byte, schedule *gas.Schedule) error {
	const microsecond = 1000
	price := schedule.State.Compilation
	if price == 0 || !IsWasm(code) {
		return nil
	}
	_, counts, err := examine(code, schedule)
	if err != nil {
		return err
	}
	return tank.Charge((schedule.Compile.Estimate(counts) + microsecond - 1) / microsecond * price)
}
