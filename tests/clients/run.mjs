// Starts a built hestia on a free port, drives it with every client, stops it. Fails unless every client's suite shows every step
// of a contract's life, and unless docs/clients.md says so.
//
//   node run.mjs path/to/hestia
//
// It also holds the node to two promises: the first answer comes within a
// second of the start, and SIGTERM ends it with exit code 0.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chainId } from './fixture.mjs'
import { askChainId, firstAnswer, freePort, stop } from './nodes.mjs'
import { holdDocument, steps, told } from './steps.mjs'

const startLimit = 1000 // ms from the start of the process to its first answer
const script = (name) => (url) => [process.execPath, [fileURLToPath(new URL(name, import.meta.url)), url]]
const geth = () => ['go', ['test', '-C', fileURLToPath(new URL('.', import.meta.url)), '-count=1', '-v', '.']]
const lives = new Map(Object.entries({
  ethers: script('ethers.mjs'), viem: script('viem.mjs'), 'web3.js': script('web3.mjs'), cast: script('cast.mjs'), geth
}))
const others = new Map(Object.entries({
  forge: script('forge.mjs'), Hardhat: script('hardhat.mjs'), Otterscan: script('otterscan.mjs'), door: script('door.mjs'),
  AssemblyScript: script('assemblyscript.mjs')
}))

if (process.argv.length !== 3) {
  console.error('usage: node run.mjs path/to/hestia')
  process.exit(2)
}

let failures = 0

function report (passed, claim) {
  console.log(`${passed ? 'ok   ' : 'FAIL '} ${claim}`)
  if (!passed) failures++
}

process.env.HESTIA = resolve(process.argv[2]) // for suites that use its other commands

// Runs a suite and returns the steps that it shows.
async function runSuite (name, [command, args]) {
  console.log(`\n# ${name}`)
  const suite = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  suite.stdout.on('data', (text) => { said += text; process.stdout.write(text) })
  const [code] = await once(suite, 'close')
  if (code !== 0) report(false, `${name} ends with exit code 0: ${code}`)
  return told(said)
}

await askChainId('http://127.0.0.1:1') // loads fetch, so that the clock below times the node alone
const datadir = await mkdtemp(join(tmpdir(), 'hestia-clients-'))
const port = await freePort()
const url = `http://127.0.0.1:${port}`

console.log('# node')
const started = performance.now()
const node = spawn(resolve(process.argv[2]), [
  'devnet', '--host', '127.0.0.1', '--port', String(port), '--datadir', datadir, '--hosts', 'host.docker.internal'
])
let output = ''
for (const stream of [node.stdout, node.stderr]) stream.on('data', (text) => { output += text })
node.on('error', (error) => { output += `cannot start: ${error.message}\n` })

const answer = await firstAnswer(url, node, started)
if (answer === undefined) {
  report(false, 'eth_chainId is answered')
} else {
  report(answer.id === chainId, `eth_chainId is ${answer.id}`)
  report(answer.after < startLimit, `first answer ${answer.after.toFixed(0)} ms after the start, limit ${startLimit} ms`)
  const shown = new Map()
  for (const [name, suite] of lives) shown.set(name, await runSuite(name, suite(url)))
  for (const [name, suite] of others) await runSuite(name, suite(url))
  console.log('\n# steps')
  for (const [name, own] of shown) {
    const missing = steps.filter((step) => !own.has(step))
    report(missing.length === 0, `${name} shows all ${steps.length} steps${missing.length > 0 ? `, but for ${missing.join(', ')}` : ''}`)
  }
  report(holdDocument(shown), 'docs/clients.md says what was shown')
}

console.log('\n# node')
const end = await stop(node)
report(end === 0, `SIGTERM ends it with exit code 0: ${end}`)
await rm(datadir, { recursive: true, force: true })
if (failures > 0) {
  console.log(`\n${failures} failed; the node said:\n${output}`)
  process.exitCode = 1
}
