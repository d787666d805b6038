// Runs WASI programs under Node: the oracle of programs_test.go. Reads jobs as JSON from standard input, each
// {wasm, dir, runs: [{args, env, stdin}]} with stdin in base64, and prints for each job a list of {code, stdout, stderr}.
// All runs of a job see the same folder. A trap has the code "trap".
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WASI } from 'node:wasi'

process.removeAllListeners('warning')
process.on('warning', () => {})

const run = async (module, folder, { args, env, stdin }) => {
  const file = name => join(folder, '..', name)
  writeFileSync(file('stdin'), Buffer.from(stdin ?? '', 'base64'))
  const [input, output, errors] = [openSync(file('stdin'), 'r'), openSync(file('stdout'), 'w'), openSync(file('stderr'), 'w')]
  const wasi = new WASI({
    version: 'preview1', args, env, preopens: { '/': folder }, stdin: input, stdout: output, stderr: errors, returnOnExit: true
  })
  let code
  try {
    code = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject())) ?? 0
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error
    code = 'trap'
  }
  for (const f of [input, output, errors]) closeSync(f)
  const read = name => readFileSync(file(name)).toString('base64')
  return { code: String(code), stdout: read('stdout'), stderr: read('stderr') }
}

const jobs = JSON.parse(readFileSync(0))
const results = []
for (const { wasm, dir, runs } of jobs) {
  mkdirSync(join(dir, 'root'), { recursive: true })
  const module = await WebAssembly.compile(readFileSync(wasm))
  const outcomes = []
  for (const one of runs) outcomes.push(await run(module, join(dir, 'root'), one))
  results.push(outcomes)
}
process.stdout.write(JSON.stringify(results))
