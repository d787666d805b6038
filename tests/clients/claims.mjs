// Claims about devnets: each holds on the devnet under test, or is listed in differences.mjs with the reason why not, and then
// must really not hold. What another devnet does otherwise than listed is printed, and fails only where STRICT is set, as for
// writing the list: anvil now and then loses a transaction after a revert, and no change of Hestia's can mend that.
import { differences } from './differences.mjs'

const devnet = process.env.DEVNET ?? 'hestia'
const own = devnet === 'hestia'
const strict = own || process.env.STRICT !== undefined
const limit = own ? 30_000 : 10_000 // ms for one claim
const attempts = own ? 1 : 3 // others answer before their blocks are made

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

// Resolves when the condition holds.
export async function until (condition) {
  while (!await condition()) await pause(20)
}

async function within (body) {
  let timer
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limit} ms`)), limit)
  })
  try {
    await Promise.race([body(), late])
  } finally {
    clearTimeout(timer)
  }
}

// Returns a function that makes the devnet what it was at first. Hardhat 3 has no hardhat_reset.
export async function beginner (request, reset) {
  let first = await request('evm_snapshot')
  return async () => {
    await request('evm_setAutomine', true)
    if (devnet !== 'hardhat') return request(reset)
    await request('evm_revert', first)
    first = await request('evm_snapshot')
  }
}

// Returns a function that checks one claim of a suite, after doing what comes before each.
export function claims (suite, before) {
  return async (what, body) => {
    const reason = differences.find((d) => d.claim === what && d.suite.test(suite))?.[devnet]
    let error, expected
    for (let attempt = 0; attempt < attempts && !expected; attempt++) {
      await before()
      error = await within(body).then(() => undefined, (e) => e)
      expected = reason?.startsWith('sometimes') || (error === undefined) === (reason === undefined)
    }
    console.log(`${expected ? 'ok  ' : strict ? 'FAIL' : 'note'}  ${devnet}: ${suite}: ${what}${reason === undefined ? '' : `: no: ${reason}`}`)
    if (expected) return
    console.log(error === undefined ? '      it holds, although differences.mjs says that it does not' : String(error.stack).replace(/^/gm, '      '))
    if (strict) process.exitCode = 1
  }
}
