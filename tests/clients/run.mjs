// Starts a built hestia on a free port, drives it with every client, stops it.
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

const startLimit = 1000 // ms from the start of the process to its first answer
const suites = ['ethers.mjs', 'cast.mjs', 'viem.mjs', 'web3.mjs', 'forge.mjs', 'hardhat.mjs']

if (process.argv.length !== 3) {
  console.error('usage: node run.mjs path/to/hestia')
  process.exit(2)
}

let failures = 0

function report (passed, claim) {
  console.log(`${passed ? 'ok   ' : 'FAIL '} ${claim}`)
  if (!passed) failures++
}

async function runSuite (name, url) {
  console.log(`\n# ${name}`)
  const script = fileURLToPath(new URL(name, import.meta.url))
  const suite = spawn(process.execPath, [script, url], { stdio: 'inherit' })
  const [code] = await once(suite, 'exit')
  if (code !== 0) failures++
}

await askChainId('http://127.0.0.1:1') // loads fetch, so that the clock below times the node alone
const datadir = await mkdtemp(join(tmpdir(), 'hestia-clients-'))
const port = await freePort()
const url = `http://127.0.0.1:${port}`

console.log('# node')
const started = performance.now()
const node = spawn(resolve(process.argv[2]), ['devnet', '--host', '127.0.0.1', '--port', String(port), '--datadir', datadir])
let output = ''
for (const stream of [node.stdout, node.stderr]) stream.on('data', (text) => { output += text })
node.on('error', (error) => { output += `cannot start: ${error.message}\n` })

const answer = await firstAnswer(url, node, started)
if (answer === undefined) {
  report(false, 'eth_chainId is answered')
} else {
  report(answer.id === chainId, `eth_chainId is ${answer.id}`)
  report(answer.after < startLimit, `first answer ${answer.after.toFixed(0)} ms after the start, limit ${startLimit} ms`)
  for (const suite of suites) await runSuite(suite, url)
}

console.log('\n# node')
const end = await stop(node)
report(end === 0, `SIGTERM ends it with exit code 0: ${end}`)
await rm(datadir, { recursive: true, force: true })
if (failures > 0) {
  console.log(`\n${failures} failed; the node said:\n${output}`)
  process.exitCode = 1
}
