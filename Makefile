# The few words of this house. Everything runs from a clean checkout; CONTRIBUTING.md says when to use which.

GO    ?= go
TOOL   = $(GO) tool -modfile=tools/go.mod
FUZZTIME  ?= 20s
BENCHTIME ?= 1s

.PHONY: check test fuzz bench calibrate price-search sweep golden contracts clients

# Formatting, suspicious code, unused code.
check: check-c
	@unformatted="$$($(TOOL) gofumpt -l $$(git ls-files '*.go'))"; test -z "$$unformatted" || \
	  { printf '%s\nrun: go tool -modfile=tools/go.mod gofumpt -w .\n' "$$unformatted" >&2; exit 1; }
	@$(GO) vet ./...
	@$(TOOL) staticcheck ./...
	@$(TOOL) deadcode -test ./... > build/deadcode.txt
	@test ! -s build/deadcode.txt || { cat build/deadcode.txt >&2; exit 1; }
	@echo "check: clean"

# The C of the engine and of the sample contracts is formatted by .clang-format. format-c rewrites it.
C_FILES = $$(git ls-files 'vm/*.[ch]' 'contracts/*.[ch]')
.PHONY: check-c format-c
check-c:
	@if command -v clang-format > /dev/null; then clang-format --dry-run -Werror $(C_FILES); \
	  else echo "check: C is not looked at, because there is no clang-format"; fi

format-c:
	clang-format -i $(C_FILES)

test:
	$(GO) test ./...

# Every fuzz target for FUZZTIME, one after the other. Go's fuzzer may lose a race with its own deadline (go.dev/issue/75804) and fail
# with nothing but "context deadline exceeded": a target that did so, and wrote down no input that fails, runs again.
fuzz:
	@for pkg in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
	  for target in $$(grep -rhoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' $$pkg/*_test.go | cut -c6-); do \
	    echo "fuzz: $$pkg $$target $(FUZZTIME)"; \
	    run() { $(GO) test $$pkg -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -parallel 2 > build/fuzz.txt 2>&1; }; \
	    run || { grep -q '^    context deadline exceeded$$' build/fuzz.txt && ! grep -q 'Failing input' build/fuzz.txt && run; } || \
	      { cat build/fuzz.txt >&2; exit 1; }; \
	  done; \
	done

# Plays RUNS generated calls on every engine and binding and compares all they leave; at low priority, some 20 minutes.
.PHONY: differential
RUNS ?= 1000000
differential:
	nice -n 19 $(GO) test ./vm/wasmtime -run '^TestEnginesAgreeOnGeneratedRuns$$' -runs $(RUNS) -timeout 4h -v

# Programs of clang, rustc, AssemblyScript and Go as contracts and under Node; then a million random calls of the functions
# of programs, a hundred thousand random operations on files, and the time that each function takes for its price.
.PHONY: programs
programs:
	$(MAKE) --no-print-directory -C tests/programs
	PROGRAMS=all $(GO) test ./tests/programs -v
	$(GO) test ./ewasm -run '^TestRandomCallsOfProgramsNeverFault$$' -calls 1000000 -v
	$(GO) test ./ewasm/wasi -run '^TestFilesAreByteSlicesInSolidityStorage$$' -operations 100000 -v
	$(GO) test ./tests/eei -run '^TestFunctionsOfProgramsPayForTheirTime$$' -timed -v

# Ten thousand random programs of contracts that call, create and destroy each other, in all 16 mixes of EVM code and wasm.
.PHONY: puppets
puppets:
	nice -n 19 $(GO) test ./tests/eei -run '^TestRandomContractsAreAlikeInEveryMixOfKinds$$' -puppets 10000 -timeout 2h

# Runs FLOATS generated programs of floating point on every engine and compares every bit; some minutes.
.PHONY: floats
FLOATS ?= 10000
floats:
	nice -n 19 $(GO) test ./vm/wasmtime -run '^TestFloatProgramsGiveTheSameBitsEverywhere$$' -floats $(FLOATS) -timeout 2h -v

# Runs Ethereum's state tests of every fork: GeneralStateTests of a clone of ethereum/tests at DIR, or as many as lie
# beside this checkout. The whole of the newest takes about half an hour.
.PHONY: ethereum
ethereum:
	$(GO) test ./replay/statetest -run '^TestEthereumsTestsPass$$' -timeout 6h $(if $(DIR),-ethereum $(abspath $(DIR)),) -v

# Imports the chain of ethereum/execution-apis, which has every fork, and asks a node all requests of its .io files: those
# of its folder tests at DIR, or as many as lie beside this checkout.
.PHONY: apis
apis:
	$(GO) test ./tests -run 'ChainOfEveryFork|RequestCasesOfExecutionAPIs' $(if $(DIR),-apis $(abspath $(DIR)),) -v

bench:
	$(GO) test -run '^$$' -bench . -benchtime $(BENCHTIME) ./...

# The hostile contracts, requests and damaged stores of the tests, for longer, with more gas and more of each.
.PHONY: siege
siege:
	$(GO) test ./tests -run 'TestTheHostileSet|TestNoRequestTakesTheNode|TestALowLimit|TestPrints' -siege 5 -timeout 60m -v
	$(GO) test ./chain -run 'Damaged|Journal|Manifest|HeadWithoutItsBlock' -siege 5 -timeout 30m -v

# The kernels and the token against the same in Solidity, on geth's interpreter and on revm; writes docs/compare.md.
.PHONY: compare
compare: | build
	cd build && npm install --no-save --no-audit --no-fund --silent --prefix . @foundry-rs/anvil-linux-$$(go env GOARCH)@1.7.1
	$(GO) test ./tests/compare -run 'TestPairs|TestMeasure' -timeout 30m -anvil $(CURDIR)/build/node_modules/@foundry-rs/anvil-linux-$$(go env GOARCH)/bin/anvil -v

# Times every instruction and host function on the engine, and writes docs/prices.md; an idle machine serves best.
calibrate:
	$(GO) test ./tests/calibrate -run TestMeasure -measure -timeout 60m -v
	$(GO) test ./tests/calibrate -run TestDocument -update

# Looks for loops that take long for their price, for as long as SEARCH says, and prints the worst; it fails above 1,000 ns a gas.
# What it finds belongs into tests/calibrate/testdata/worst.jsonl, which every test run measures.
price-search:
	$(GO) test ./tests/calibrate -run 'TestSearchPrices|TestWorstPrices' -price-search $(SEARCH) -timeout 180m -v

# Pushes every shape of module to the limits and prints how long each compiles, 10 minutes on an idle machine, and
# looks for straight-line code that compiles slowly for as long as SEARCH says.
SEARCH ?= 1h
sweep:
	$(GO) test ./tests/limits -run 'TestNoAcceptedModule|TestStraightLineCode' -sweep -search $(SEARCH) -timeout 180m

# Compiles what tests/limits/modules holds by every compiler that is there (C, C++, Rust, crates, AssemblyScript), and
# holds each module's estimated compile time against the time it takes: to one to three times on an idle machine, and to
# less with EXACT=false.
.PHONY: modules
EXACT ?= true
modules:
	tests/limits/modules/build.sh build/modules
	$(GO) test ./tests/limits -run TestModulesOfManyCompilers -modules $(CURDIR)/build/modules -exact=$(EXACT) -count 1 -timeout 30m -v

# Rewrites every golden file from what the code does now; read the diff before committing it.
golden:
	@for pkg in $$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -n1 dirname | sort -u); do $(GO) test $$pkg -update; done
	cd tests/sample && $(GO) test . -hestia.update

contracts:
	$(MAKE) -C contracts
	$(MAKE) -C tests/sample

# Breaks one rule of the implementation at a time and shows the conformance test that notices: every MUTATE-th of them.
.PHONY: mutate
MUTATE ?= 1
mutate:
	$(GO) test ./tests/conformance -run 'TestEveryMutationIsNoticed' -mutate $(MUTATE) -timeout 30m -v

# Hardhat's native part, which npm leaves out where Node.js is older than Hardhat wants; the suite brings a newer one.
EDR = @nomicfoundation/edr-$$(node -p 'process.platform + "-" + process.arch')-gnu@0.22.0

# Installs them. Not npm ci: that insists on cast's binaries for every platform.
.PHONY: npm devnets rivals
npm:
	$(GO) build -o build/hestia ./cmd/hestia
	cd tests/clients && npm install --no-save --ignore-scripts --no-audit --no-fund --silent
	cd tests/clients && npm install --no-save --ignore-scripts --no-audit --no-fund --silent --force $(EDR)

# The clients people use, against a devnet built here.
clients: npm
	node tests/clients/run.mjs build/hestia

# viem's test client and hardhat-network-helpers, every method, and what no package calls, against a devnet built here, anvil
# and Hardhat. With UPDATE=1 it writes the table of docs/devnet.md. With STRICT=1 it fails too where the others do not do what tests/clients/differences.mjs lists.
devnets: npm
	node tests/clients/devnets.mjs build/hestia

# Kills a node under load a hundred times, and holds what it told and how fast it starts again.
.PHONY: kill
kill:
	$(GO) test ./tests -run 'TestKillLosesNothingAcknowledged|TestKillLeavesFiles' -kills 100 -v -count 1 -timeout 30m

# How fast a devnet built here is beside anvil and Hardhat, all in one run; prints the table of docs/rivals.md.
rivals: npm
	$(GO) test ./tests/rivals -hestia "$(CURDIR)/build/hestia" -v -count 1 -timeout 30m

check fuzz npm modules: | build
build:
	@mkdir -p build
