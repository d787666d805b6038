// Every method of viem's test client, held to what viem documents of it. Run it against any devnet:
//
//   DEVNET=anvil MODE=anvil node testclient.mjs http://127.0.0.1:8545
import assert from 'node:assert/strict'
import { createPublicClient, createTestClient, createWalletClient, hexToBigInt, http, pad, parseEther, parseGwei, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { hardhat } from 'viem/chains'
import { beginner, claims, until } from './claims.mjs'
import { alice, bob, rpcURL } from './fixture.mjs'

const mode = process.env.MODE ?? 'anvil'
const transport = http(rpcURL)
const chain = { ...hardhat, rpcUrls: { default: { http: [rpcURL] } } }
const reader = createPublicClient({ chain, transport, cacheTime: 0, pollingInterval: 20 })
const wallet = createWalletClient({ account: privateKeyToAccount(alice.privateKey), chain, transport })
const test = createTestClient({ mode, chain, transport })
const stranger = '0x00000000000000000000000000000000000a11ce'
const height = () => reader.getBlockNumber()
const balance = (address) => reader.getBalance({ address })
const pay = (options = {}) => wallet.sendTransaction({ to: bob.address, value: 1n, gas: 21000n, ...options })

const request = (method, ...params) => test.request({ method, params })
const fresh = await beginner(request, `${mode}_reset`)
const claim = claims(`viem ${mode}`, fresh)

await claim('dropTransaction takes a waiting transaction out of the pool', async () => {
  await test.setAutomine(false)
  const hash = await pay()
  await test.dropTransaction({ hash })
  await test.mine({ blocks: 1 })
  await assert.rejects(reader.getTransaction({ hash }), /could not be found/)
  assert.equal((await reader.getBlock()).transactions.length, 0)
})

await claim('dumpState and loadState carry the accounts', async () => {
  await test.setBalance({ address: stranger, value: 77n })
  await test.mine({ blocks: 1 })
  const state = await test.dumpState()
  await fresh()
  assert.equal(await balance(stranger), 0n)
  await test.loadState({ state })
  assert.equal(await balance(stranger), 77n)
})

await claim('loadState brings blocks, receipts and old states', async () => {
  const hash = await pay()
  await pay()
  const before = await balance(bob.address)
  const state = await test.dumpState()
  await fresh()
  await test.loadState({ state })
  assert.equal(await height(), 2n)
  assert.equal((await reader.getTransactionReceipt({ hash })).blockNumber, 1n)
  assert.equal(await reader.getBalance({ address: bob.address, blockNumber: 1n }), before - 1n)
})

await claim('getAutomine tells whether transactions are mined at once', async () => {
  assert.equal(await test.getAutomine(), true)
  await test.setAutomine(false)
  assert.equal(await test.getAutomine(), false)
})

await claim('getTxpoolContent, getTxpoolStatus and inspectTxpool show what waits', async () => {
  await test.setAutomine(false)
  const hash = await pay({ nonce: 0 })
  const later = await pay({ nonce: 2 })
  const { pending, queued } = await test.getTxpoolContent()
  const of = (list) => Object.values(list)[0]
  assert.deepEqual([of(pending)[0].hash, of(queued)[2].hash], [hash, later])
  assert.deepEqual(await test.getTxpoolStatus(), { pending: 1, queued: 1 })
  const summary = await test.inspectTxpool()
  assert.match(of(summary.pending)[0].toLowerCase(), new RegExp(`^${bob.address.toLowerCase()}: 1 wei \\+ 21000 gas`, 'i'))
})

await claim('impersonateAccount sends for an account until stopImpersonatingAccount', async () => {
  await test.setBalance({ address: stranger, value: parseEther('1') })
  await test.impersonateAccount({ address: stranger })
  const send = () => wallet.sendTransaction({ account: stranger, to: bob.address, value: 5n })
  const receipt = await reader.waitForTransactionReceipt({ hash: await send() })
  assert.deepEqual([receipt.from, receipt.status], [stranger, 'success'])
  await test.stopImpersonatingAccount({ address: stranger })
  await assert.rejects(send())
})

await claim('increaseTime moves the time of the next block', async () => {
  await test.mine({ blocks: 1 })
  const before = (await reader.getBlock()).timestamp
  await test.increaseTime({ seconds: 86400 })
  await test.mine({ blocks: 1 })
  const passed = (await reader.getBlock()).timestamp - before
  assert.ok(passed >= 86400n && passed < 86500n, `${passed} s`)
})

await claim('mine makes blocks, spaced as told', async () => {
  await test.mine({ blocks: 3, interval: 60 })
  assert.equal(await height(), 3n)
  const [one, two, three] = await Promise.all([1n, 2n, 3n].map((blockNumber) => reader.getBlock({ blockNumber })))
  assert.deepEqual([two.timestamp - one.timestamp, three.timestamp - two.timestamp], [60n, 60n])
})

await claim('setBlockTimestampInterval spaces blocks until removeBlockTimestampInterval', async () => {
  await test.setBlockTimestampInterval({ interval: 5000 })
  await test.mine({ blocks: 1 })
  const one = (await reader.getBlock()).timestamp
  await test.mine({ blocks: 1 })
  assert.equal((await reader.getBlock()).timestamp - one, 5000n)
  await test.removeBlockTimestampInterval()
  await test.mine({ blocks: 1 })
  assert.notEqual((await reader.getBlock()).timestamp - one, 10000n)
})

await claim('reset goes back to the first block', async () => {
  const before = await balance(bob.address)
  await pay()
  await test.reset()
  assert.deepEqual([await height(), await balance(bob.address)], [0n, before])
})

await claim('snapshot and revert take blocks, balances and nonces back', async () => {
  const before = await balance(bob.address)
  const id = await test.snapshot()
  const hash = await pay()
  await test.revert({ id })
  assert.deepEqual([await height(), await balance(bob.address)], [0n, before])
  assert.equal(await reader.getTransactionCount({ address: alice.address, blockTag: 'pending' }), 0)
  await assert.rejects(reader.getTransactionReceipt({ hash }))
})

await claim('the same nonce is taken right after a revert', async () => {
  for (let i = 0; i < 50; i++) {
    const id = await test.snapshot()
    const hash = await pay({ nonce: 0 })
    assert.equal((await reader.waitForTransactionReceipt({ hash })).status, 'success')
    await test.revert({ id })
  }
})

await claim('a receipt is there as soon as the send returns', async () => {
  for (let nonce = 0; nonce < 50; nonce++) {
    const hash = await pay({ nonce })
    assert.equal((await reader.getTransactionReceipt({ hash })).status, 'success')
  }
})

await claim('sendUnsignedTransaction sends for anyone', async () => {
  await test.setBalance({ address: stranger, value: parseEther('1') })
  const hash = await test.sendUnsignedTransaction({ from: stranger, to: bob.address, value: 5n })
  assert.equal((await reader.waitForTransactionReceipt({ hash })).from, stranger)
})

await claim('setAutomine leaves transactions waiting for mine', async () => {
  await test.setAutomine(false)
  const hash = await pay()
  assert.equal(await height(), 0n)
  await test.mine({ blocks: 1 })
  assert.equal((await reader.getTransactionReceipt({ hash })).blockNumber, 1n)
})

await claim('setAutomine mines what waits when it is turned on', async () => {
  await test.setAutomine(false)
  const hash = await pay()
  await test.setAutomine(true)
  assert.equal((await reader.waitForTransactionReceipt({ hash, timeout: 5000 })).blockNumber, 1n)
})

await claim('setBalance sets what an account owns', async () => {
  await test.setBalance({ address: stranger, value: parseEther('3') })
  assert.equal(await balance(stranger), parseEther('3'))
})

await claim('setBlockGasLimit holds from the next block on', async () => {
  await test.setBlockGasLimit({ gasLimit: 12_345_678n })
  await test.mine({ blocks: 2 })
  const [one, two] = await Promise.all([1n, 2n].map((blockNumber) => reader.getBlock({ blockNumber })))
  assert.deepEqual([one.gasLimit, two.gasLimit], [12_345_678n, 12_345_678n])
})

await claim('setCode sets the code of an account', async () => {
  await test.setCode({ address: stranger, bytecode: '0x60006000fd' })
  assert.equal(await reader.getCode({ address: stranger }), '0x60006000fd')
})

await claim('setCoinbase names who gets the tips', async () => {
  await test.setCoinbase({ address: stranger })
  await pay({ maxPriorityFeePerGas: 7n, maxFeePerGas: parseGwei('10') })
  assert.equal((await reader.getBlock()).miner, stranger)
  assert.equal(await balance(stranger), 7n * 21000n)
})

await claim('setIntervalMining makes a block every so many seconds', async () => {
  await test.setAutomine(false)
  await test.setIntervalMining({ interval: 1 })
  const hash = await pay()
  assert.equal((await reader.waitForTransactionReceipt({ hash, timeout: 5000 })).status, 'success')
  const at = await height()
  await until(async () => await height() > at)
  await test.setIntervalMining({ interval: 0 })
})

await claim('setLoggingEnabled answers', async () => {
  await test.setLoggingEnabled(false)
  await test.setLoggingEnabled(true)
})

await claim('setMinGasPrice is refused where there is a base fee', async () => {
  await assert.rejects(test.setMinGasPrice({ gasPrice: parseGwei('20') }))
})

await claim('setNextBlockBaseFeePerGas holds for the next block', async () => {
  await test.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei('20') })
  await test.mine({ blocks: 1 })
  assert.equal((await reader.getBlock({ blockNumber: 1n })).baseFeePerGas, parseGwei('20'))
})

await claim('setNextBlockTimestamp sets the next block\'s time, and the clock goes on from there', async () => {
  const at = (await reader.getBlock()).timestamp + 1_000_000n
  await test.setNextBlockTimestamp({ timestamp: at })
  await test.mine({ blocks: 1 })
  assert.equal((await reader.getBlock()).timestamp, at)
  await test.mine({ blocks: 1 })
  const passed = (await reader.getBlock()).timestamp - at
  assert.ok(passed > 0n && passed < 100n, `${passed} s`)
})

await claim('setNextBlockTimestamp refuses the past', async () => {
  await assert.rejects(test.setNextBlockTimestamp({ timestamp: 1n }))
})

await claim('setNonce sets the next nonce', async () => {
  await test.setNonce({ address: stranger, nonce: 420 })
  assert.equal(await reader.getTransactionCount({ address: stranger }), 420)
})

await claim('setRpcUrl is taken', async () => {
  await test.setRpcUrl('http://127.0.0.1:1')
})

await claim('setStorageAt sets a slot of an account', async () => {
  await test.setStorageAt({ address: stranger, index: 2, value: pad(toHex(69)) })
  assert.equal(hexToBigInt(await reader.getStorageAt({ address: stranger, slot: toHex(2) })), 69n)
})
