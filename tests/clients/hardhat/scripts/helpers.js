// Every method of hardhat-network-helpers, held to what its documentation says of it.
import assert from 'node:assert/strict'
import { network } from 'hardhat'
import { beginner, claims } from '../../claims.mjs'

const { networkHelpers: helpers, viem, provider } = await network.create()
const reader = await viem.getPublicClient({ cacheTime: 0 })
const [alice, bob] = await viem.getWalletClients()
const stranger = '0x00000000000000000000000000000000000a11ce'
const request = (method, ...params) => provider.request({ method, params })
const latest = () => reader.getBlock()
const balance = (address) => reader.getBalance({ address })
const pay = (options = {}) => alice.sendTransaction({ to: bob.account.address, value: 1n, gas: 21000n, ...options })
const mined = (hash) => reader.waitForTransactionReceipt({ hash, pollingInterval: 20 })

const claim = claims('hardhat-network-helpers', await beginner(request, 'hardhat_reset'))

await claim('dropTransaction takes a waiting transaction out of the pool and says so', async () => {
  await request('evm_setAutomine', false)
  const hash = await pay()
  assert.equal(await helpers.dropTransaction(hash), true)
  await helpers.mine()
  assert.equal((await latest()).transactions.length, 0)
})

await claim('dropTransaction says false of a transaction that does not wait', async () => {
  assert.equal(await helpers.dropTransaction('0x' + '17'.repeat(32)), false)
})

await claim('dropTransaction refuses a mined transaction', async () => {
  const hash = await pay()
  await mined(hash)
  await assert.rejects(helpers.dropTransaction(hash))
})

await claim('getStorageAt reads what setStorageAt wrote', async () => {
  await helpers.setStorageAt(stranger, 7, 0x1234n)
  assert.equal(BigInt(await helpers.getStorageAt(stranger, 7)), 0x1234n)
  assert.equal((await helpers.getStorageAt(stranger, 7)).length, 66)
})

await claim('getStorageAt reads old blocks', async () => {
  await helpers.mine()
  await helpers.setBalance(stranger, 1)
  await helpers.setStorageAt(stranger, 0, 5)
  await helpers.mine()
  assert.equal(BigInt(await helpers.getStorageAt(stranger, 0, 0)), 0n)
  assert.equal(BigInt(await helpers.getStorageAt(stranger, 0, 2)), 5n)
})

await claim('impersonateAccount sends for an account until stopImpersonatingAccount', async () => {
  await helpers.setBalance(stranger, 10n ** 18n)
  await helpers.impersonateAccount(stranger)
  const send = async () => (await viem.getWalletClient(stranger)).sendTransaction({ to: bob.account.address, value: 3n })
  assert.equal((await mined(await send())).from, stranger)
  await helpers.stopImpersonatingAccount(stranger)
  await assert.rejects(send())
})

await claim('loadFixture runs a fixture once and goes back to it, and clearSnapshots forgets it', async () => {
  let runs = 0
  async function fixture () {
    runs++
    await mined(await pay())
    return balance(bob.account.address)
  }
  const first = await helpers.loadFixture(fixture)
  await mined(await pay())
  assert.equal(await helpers.loadFixture(fixture), first)
  assert.equal(await balance(bob.account.address), first)
  await mined(await pay())
  await helpers.loadFixture(fixture)
  assert.deepEqual([runs, await balance(bob.account.address)], [1, first])
  helpers.clearSnapshots()
  await helpers.loadFixture(fixture)
  assert.equal(runs, 2)
})

await claim('mine makes one block', async () => {
  await helpers.mine()
  assert.equal(await helpers.time.latestBlock(), 1)
})

await claim('mine spaces blocks a second apart, or as told', async () => {
  await helpers.mine(3)
  await helpers.mine(3, { interval: 60 })
  const times = []
  for (let n = 1n; n <= 6n; n++) times.push((await reader.getBlock({ blockNumber: n })).timestamp)
  assert.deepEqual([times[1] - times[0], times[2] - times[1], times[4] - times[3], times[5] - times[4]], [1n, 1n, 60n, 60n])
})

await claim('mine includes what waits', async () => {
  await request('evm_setAutomine', false)
  const hash = await pay()
  await helpers.mine(2)
  assert.equal((await reader.getTransactionReceipt({ hash })).blockNumber, 1n)
})

await claim('mineUpTo makes blocks up to a number, and refuses an old one', async () => {
  await helpers.mineUpTo(150)
  assert.equal(await helpers.time.latestBlock(), 150)
  await assert.rejects(helpers.mineUpTo(100))
})

await claim('setBalance sets what an account owns', async () => {
  await helpers.setBalance(stranger, 100n ** 18n)
  assert.equal(await balance(stranger), 100n ** 18n)
})

await claim('setBlockGasLimit holds for the blocks to come', async () => {
  await helpers.setBlockGasLimit(1_000_000)
  await helpers.mine(2)
  assert.equal((await latest()).gasLimit, 1_000_000n)
})

await claim('setCode sets the code of an account', async () => {
  await helpers.setCode(stranger, '0x60006000fd')
  assert.equal(await reader.getCode({ address: stranger }), '0x60006000fd')
})

await claim('setCoinbase names who gets the tips', async () => {
  await helpers.setCoinbase(stranger)
  await mined(await pay({ maxPriorityFeePerGas: 7n, maxFeePerGas: 10n ** 10n }))
  assert.deepEqual([(await latest()).miner, await balance(stranger)], [stranger, 7n * 21000n])
})

await claim('setNextBlockBaseFeePerGas holds for the next block', async () => {
  await helpers.setNextBlockBaseFeePerGas(123_456_789)
  await helpers.mine()
  assert.equal((await reader.getBlock({ blockNumber: 1n })).baseFeePerGas, 123_456_789n)
})

await claim('setNonce sets the next nonce, and refuses to lower it', async () => {
  await helpers.setNonce(stranger, 10)
  assert.equal(await reader.getTransactionCount({ address: stranger }), 10)
  await assert.rejects(helpers.setNonce(stranger, 9))
})

await claim('setPrevRandao sets the next block\'s value', async () => {
  await helpers.setPrevRandao(123456789)
  await helpers.mine()
  assert.equal(BigInt((await latest()).mixHash), 123456789n)
})

await claim('takeSnapshot goes back with restore, more than once', async () => {
  const snapshot = await helpers.takeSnapshot()
  for (let i = 0; i < 3; i++) {
    await mined(await pay())
    await snapshot.restore()
    assert.equal(await helpers.time.latestBlock(), 0)
  }
})

await claim('an older snapshot uses up the later ones', async () => {
  const one = await helpers.takeSnapshot()
  const two = await helpers.takeSnapshot()
  await one.restore()
  await assert.rejects(two.restore())
})

await claim('time.increase makes a block so much later', async () => {
  const before = await helpers.time.latest()
  assert.equal(await helpers.time.increase(3600), before + 3600)
})

await claim('time.increaseTo makes a block with a time, and refuses an earlier one', async () => {
  const at = await helpers.time.latest() + 100_000
  await helpers.time.increaseTo(at)
  assert.equal(await helpers.time.latest(), at)
  await assert.rejects(helpers.time.increaseTo(at - 10))
})

await claim('time.latest and time.latestBlock tell of the newest block', async () => {
  await helpers.mine(2)
  const { number, timestamp } = await latest()
  assert.deepEqual([await helpers.time.latest(), await helpers.time.latestBlock()], [Number(timestamp), Number(number)])
})

await claim('time.latest of a new chain is now', async () => {
  assert.ok(Math.abs(await helpers.time.latest() - Date.now() / 1000) < 3600)
})

await claim('time.setNextBlockTimestamp makes no block, and sets the next one\'s time', async () => {
  const at = await helpers.time.latest() + 60
  await helpers.time.setNextBlockTimestamp(at)
  assert.equal(await helpers.time.latestBlock(), 0)
  await mined(await pay())
  assert.equal(await helpers.time.latest(), at)
})

await claim('time.duration counts in seconds', async () => {
  const d = helpers.time.duration
  const all = [d.millis(5000), d.seconds(1), d.minutes(2), d.hours(3), d.days(4), d.weeks(5), d.years(6)]
  assert.deepEqual(all.map(Number), [5, 1, 120, 10800, 345600, 3024000, 189216000])
})
