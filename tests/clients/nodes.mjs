// Starting and ending devnets, those of others too: where their binaries are, a port, the first answer, the end.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const giveUp = 20_000 // ms to wait for a first answer, and for the exit
const path = (name) => fileURLToPath(new URL(name, import.meta.url))
const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch]
const anvil = path(`node_modules/@foundry-rs/anvil-${process.platform}-${arch}/bin/anvil`)
const hardhat = path('node_modules/hardhat/dist/src/cli.js')
export const hardhatProject = path('hardhat')

// Hardhat wants Node.js 22.13: where this one is older, the one that npm installed.
const [major, minor] = process.versions.node.split('.').map(Number)
export const newerNode = major > 22 || (major === 22 && minor >= 13)
  ? process.execPath
  : path(`node_modules/node-${process.platform}-${process.arch}/bin/node`)

// What runs Hardhat, and with which environment.
export const hardhatCommand = (...args) => [newerNode, [hardhat, ...args]]
export const hardhatEnvironment = (rpcURL) =>
  ({ PATH: process.env.PATH, HOME: process.env.HOME, HESTIA_RPC: rpcURL, HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true', CI: 'true' })

// A port that was free a moment ago.
export async function freePort () {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

// The chain id the node answers, or undefined while it does not answer.
export async function askChainId (url) {
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

export async function firstAnswer (url, node, started) {
  while (running(node) && performance.now() - started < giveUp) {
    const id = await askChainId(url)
    if (id !== undefined) return { id, after: performance.now() - started }
    await pause(5)
  }
  return undefined
}

// Asks the node to end and tells how it did.
export async function stop (node) {
  if (!running(node)) return `it was not running: ${node.exitCode ?? node.signalCode}`
  const ended = once(node, 'exit')
  node.kill('SIGTERM')
  const kill = setTimeout(() => node.kill('SIGKILL'), giveUp)
  const [code, signal] = await ended
  clearTimeout(kill)
  return code ?? signal
}

// Starts one of the devnets hestia, anvil and hardhat, and returns it with its URL and how many milliseconds its first answer
// took.
export async function startDevnet (name, hestia) {
  const port = String(await freePort())
  const url = `http://127.0.0.1:${port}`
  const [command, args, options] = {
    hestia: [hestia, ['devnet', '--quiet', '--port', port]],
    anvil: [anvil, ['--silent', '--port', port]],
    hardhat: [...hardhatCommand('node', '--port', port), { cwd: hardhatProject, env: hardhatEnvironment(url) }]
  }[name]
  const started = performance.now()
  const node = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options })
  node.on('error', (error) => console.error(`cannot start ${name}: ${error.message}`))
  const answer = await firstAnswer(url, node, started)
  if (answer === undefined) throw new Error(`${name} does not answer`)
  return { name, url, node, after: answer.after }
}
