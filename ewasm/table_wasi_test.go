package ewasm_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"hestia/ewasm"
	"hestia/gas"
	"hestia/internal/wasm"
)

// programRows are the functions of programs.
func programRows() []*ewasm.Function {
	return slices.DeleteFunc(ewasm.Functions(), func(row *ewasm.Function) bool { return row.Module != ewasm.WASI })
}

// Another implementation of WASI says which functions there are, and their types.
func TestProgramsHaveTheFunctionsOfWASI(t *testing.T) {
	ctx := context.Background()
	runtime := wazero.NewRuntime(ctx)
	defer runtime.Close(ctx)
	other, err := wasi_snapshot_preview1.NewBuilder(runtime).Compile(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want, have := map[string]wasm.FuncType{}, map[string]wasm.FuncType{}
	for name, f := range other.ExportedFunctions() {
		want[name] = wasm.FuncType{Params: typesOf(f.ParamTypes()), Results: typesOf(f.ResultTypes())}
	}
	for _, row := range programRows() {
		have[row.Name] = wasm.FuncType{Params: row.Params, Results: row.Results}
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("functions, want (-) have (+):\n%s", diff)
	}
}

func typesOf(list []api.ValueType) (types []wasm.ValueType) {
	for _, t := range list {
		types = append(types, wasm.ValueType(t))
	}
	return types
}

func TestFactsOfTheFunctionsOfPrograms(t *testing.T) {
	stores := []string{
		"fd_write", "fd_pwrite", "fd_filestat_set_size", "path_open", "path_rename", "path_unlink_file",
	}
	for _, row := range programRows() {
		if row.Since != gas.ProgramEdition || row.Writes || row.Calls || row.Computes || row.Instruction != 0 {
			t.Errorf("%s: wrong edition, or a fact that it does not have", row.Name)
		}
		if want := map[bool]ewasm.Ending{true: ewasm.Exits}[row.Name == "proc_exit"]; row.Ends != want {
			t.Errorf("%s: Ends is %v, want %v", row.Name, row.Ends, want)
		}
		want := slices.DeleteFunc([]error{ewasm.ErrOutput, ewasm.ErrSentry, ewasm.ErrRaised}, func(err error) bool {
			return err == ewasm.ErrOutput && row.Name != "fd_write" ||
				err == ewasm.ErrSentry && !slices.Contains(stores, row.Name) ||
				err == ewasm.ErrRaised && row.Name != "proc_raise"
		})
		if !slices.Equal(row.Traps, want) {
			t.Errorf("%s traps for %v, want %v", row.Name, row.Traps, want)
		}
		named := func(name string) bool {
			return slices.ContainsFunc(row.Operands, func(o ewasm.Operand) bool { return o.Name == name })
		}
		for _, o := range row.Operands {
			if o.Length != "" && !named(o.Length) || o.Item > 0 && o.Length == "" ||
				o.Use == ewasm.Number && o.Width > 0 {
				t.Errorf("%s: operand %s is no window that there can be", row.Name, o.Name)
			}
		}
	}
}

func TestProgramsAreTheSchedulesToAllow(t *testing.T) {
	for _, name := range []string{"byzantium", "default", "development", "default-2", "development-2"} {
		schedule, _ := gas.Named(name)
		for _, row := range programRows() {
			if want := name == "default-2" || name == "development-2"; row.SoldBy(schedule) != want {
				t.Errorf("%s sells %s: %v, want %v", name, row.Name, !want, want)
			}
		}
	}
}
