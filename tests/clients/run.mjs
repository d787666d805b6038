// Starts a built hestia on a free port, drives it with every client, stops it.
//
//   node run.mjs path/to/hestia
//
// It also holds the node to two promises: the first answer comes within a
// second of the start, and SIGTERM ends it with exit code 0.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chainId } from './fixture.mjs'

const startLimit = 1000 // ms from the start of the process to its first answer
const giveUp = 10_000 // ms to wait for a first answer, and for the exit
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

// A port that was free a moment ago.
async function freePort () {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

// The chain id the node answers, or undefined while it does not answer.
async function askChainId (url) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] })
  try {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    return Number((await response.json()).result)
  } catch {
    return undefined
  }
}

// Whether the process started and has not ended.
const running = (node) => node.pid !== undefined && node.exitCode === null && node.signalCode === null

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

async function firstAnswer (url, node, started) {
  while (running(node) && performance.now() - started < giveUp) {
    const id = await askChainId(url)
    if (id !== undefined) return { id, after: performance.now() - started }
    await pause(5)
  }
  return undefined
}

async function runSuite (name, url) {
  console.log(`\n# ${name}`)
  const script = fileURLToPath(new URL(name, import.meta.url))
  const suite = spawn(process.execPath, [script, url], { stdio: 'inherit' })
  const [code] = await once(suite, 'exit')
  if (code !== 0) failures++
}

// Asks the node to end and tells how it did.
async function stop (node) {
  if (!running(node)) return `it was not running: ${node.exitCode ?? node.signalCode}`
  const ended = once(node, 'exit')
  node.kill('SIGTERM')
  const kill = setTimeout(() => node.kill('SIGKILL'), giveUp)
  const [code, signal] = await ended
  clearTimeout(kill)
  return code ?? signal
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
