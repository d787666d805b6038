// What the suites start from: where the node is, who signs, the token to
// deploy, and a way to say one line per check.
import { readFileSync } from 'node:fs'
import { tell } from './steps.mjs'

const contracts = new URL('../../contracts/', import.meta.url)

// The node's address over HTTP; the WebSocket shares its port.
export const rpcURL = process.argv[2] ?? process.env.HESTIA_RPC ?? 'http://127.0.0.1:8545'

export const chainId = 31337

// The development accounts every devnet has: account 0 signs, account 1 receives.
export const mnemonic = 'test test test test test test test test test test test junk'
export const alice = {
  address: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
  privateKey: '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
}
export const bob = { address: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8' }

export const token = {
  abi: JSON.parse(readFileSync(new URL('token/token.abi.json', contracts), 'utf8')),
  creation: '0x' + readFileSync(new URL('token/token_deploy.wasm', contracts)).toString('hex'),
  runtime: '0x' + readFileSync(new URL('token/token.wasm', contracts)).toString('hex'),
  supply: 1_000_000n * 10n ** 18n
}

// A contract that refuses every call with a custom error, where a devnet's method puts it.
export const refuser = {
  address: '0x000000000000000000000000000000000000E0E0',
  abi: JSON.parse(readFileSync(new URL('refuser.abi.json', import.meta.url), 'utf8')),
  runtime: '0x' + readFileSync(new URL('refuser.wasm', import.meta.url)).toString('hex'),
  message: `execution reverted: NotYours(owner=${bob.address}, id=5)`
}

const built = (name) => '0x' + readFileSync(new URL(name, import.meta.url)).toString('hex')

// A contract that answers with the arguments of its constructor, and one that creates contracts.
export const keeper = {
  abi: JSON.parse(readFileSync(new URL('keeper.abi.json', import.meta.url), 'utf8')),
  creation: built('keeper_deploy.wasm'),
  runtime: built('keeper.wasm'),
  arguments: [42n, 'Vesta keeps the fire; this text is longer than a word of the ABI.']
}
export const factory = built('factory.wasm')

// A program: its constructor's arguments are the beginning of its diary. They lie behind an empty custom section "args".
export const diary = {
  abi: keeper.abi,
  runtime: built('diary.wasm'),
  creation: built('diary.wasm') + '000504' + Buffer.from('args').toString('hex'),
  arguments: keeper.arguments,
  line: '0x' + Buffer.from('dear diary').toString('hex'),
  reason: 'nothing to write'
}

// No single check needs longer; a node that stops answering fails here.
const checkLimit = 30_000 // ms

// Runs one check, which may show steps of a contract's life, and prints one line. A failed check fails the process, and
// ends it at once: later checks stand on the earlier ones.
export async function check (claim, shows, body) {
  if (body === undefined) [shows, body] = [[], shows]
  let timer
  const limit = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${checkLimit} ms`)), checkLimit)
  })
  try {
    await Promise.race([body(), limit])
    console.log(`ok    ${claim}${tell(shows)}`)
  } catch (error) {
    console.log(`FAIL  ${claim}`)
    console.log(String(error.stack ?? error).replace(/^/gm, '      '))
    process.exit(1)
  } finally {
    clearTimeout(timer)
  }
}
