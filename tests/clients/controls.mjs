// Controls and rules that packages have no function for, asked of a devnet by their names:
//
//   DEVNET=anvil node controls.mjs http://127.0.0.1:8545
import assert from 'node:assert/strict'
import { createPublicClient, createWalletClient, encodeFunctionData, http, parseEther, parseGwei, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { hardhat } from 'viem/chains'
import { beginner, claims } from './claims.mjs'
import { alice, bob, rpcURL, token } from './fixture.mjs'
import { solidityToken } from './token_controls.mjs'

const devnet = process.env.DEVNET ?? 'hestia'
const transport = http(rpcURL, { retryCount: 0 })
const chain = { ...hardhat, rpcUrls: { default: { http: [rpcURL] } } }
const reader = createPublicClient({ chain, transport, cacheTime: 0, pollingInterval: 20 })
const wallet = createWalletClient({ account: privateKeyToAccount(alice.privateKey), chain, transport })
const request = (method, ...params) => reader.request({ method, params })
const stranger = '0x00000000000000000000000000000000000a11ce'
const latest = () => reader.getBlock()
const height = () => reader.getBlockNumber()
const balance = (address, blockTag = 'latest') => reader.getBalance({ address, blockTag })
const mined = (hash) => reader.waitForTransactionReceipt({ hash })
const pay = (options = {}) => wallet.sendTransaction({ to: bob.address, value: 1n, gas: 21000n, ...options })
const send = (options = {}) => request('eth_sendTransaction', { from: alice.address, to: bob.address, value: '0x1', ...options })
const payment = (value) => ({ from: alice.address, to: bob.address, value: toHex(value), gas: '0x5208' })
const paid = async (options) => mined(await pay(options))

const claim = claims('controls', await beginner(request, 'anvil_reset'))

// Deploys the sample token: the Solidity one where contracts are EVM code.
const creation = devnet === 'hestia' ? token.creation : solidityToken
async function deployToken () {
  const { contractAddress: address } = await mined(await wallet.deployContract({ abi: token.abi, bytecode: creation, args: [] }))
  const read = (functionName, args, blockTag = 'latest') =>
    reader.readContract({ abi: token.abi, address, functionName, args, blockTag })
  return { address, read, data: (functionName, args) => encodeFunctionData({ abi: token.abi, functionName, args }) }
}

// Other pasts.

await claim('anvil_rollback takes back as many blocks as it is told', async () => {
  await request('hardhat_mine', '0x5')
  await request('anvil_rollback', 3)
  assert.equal(await height(), 2n)
})

await claim('anvil_rollback without a number takes back one block', async () => {
  await request('hardhat_mine', '0x5')
  await request('anvil_rollback')
  assert.equal(await height(), 4n)
})

await claim('after anvil_rollback the clock goes on from the block that is the newest', async () => {
  await request('evm_mine')
  const { timestamp } = await latest()
  await request('evm_increaseTime', 1_000_000)
  await request('evm_mine')
  await request('anvil_rollback', 1)
  await request('evm_mine')
  const passed = (await latest()).timestamp - timestamp
  assert.ok(passed > 0n && passed < 100n, `${passed} s`)
})

await claim('anvil_rollback of more blocks than there are is refused', async () => {
  await request('evm_mine')
  await assert.rejects(request('anvil_rollback', 5), (e) => e.code === -32602 || /block|depth/i.test(e.details))
  assert.equal(await height(), 1n)
})

await claim('anvil_reorg takes a depth and pairs, and makes other blocks of them', async () => {
  await paid()
  await paid()
  const [old, before] = [(await latest()).hash, await balance(bob.address)]
  await request('anvil_reorg', 2, [[payment(5), 0], [payment(6), 1]])
  assert.equal(await height(), 2n)
  assert.notEqual((await latest()).hash, old)
  assert.equal(await balance(bob.address), before + 9n)
  assert.equal((await reader.getBlock({ blockNumber: 1n })).transactions.length, 1)
})

await claim('anvil_reorg takes an object of depth and tx_block_pairs', async () => {
  await request('hardhat_mine', '0x3')
  await request('anvil_reorg', { depth: 3, tx_block_pairs: [[payment(5), 2]] })
  assert.equal((await latest()).transactions.length, 1)
})

await claim('anvil_mine_detailed and evm_mine_detailed return their blocks with what transactions gave back', async () => {
  const { address, data } = await deployToken()
  for (const method of ['evm_mine_detailed', 'anvil_mine_detailed']) {
    await request('evm_setAutomine', false)
    await wallet.sendTransaction({ to: address, data: data('transfer', [bob.address, 1n]), gas: 100_000n })
    const [block] = await request(method)
    assert.equal(BigInt(block.number), await height())
    assert.equal(BigInt(block.transactions[0].output), 1n)
    await request('evm_setAutomine', true)
  }
})

await claim('a failed transaction has its reason in evm_mine_detailed', async () => {
  const { address, data } = await deployToken()
  await request('evm_setAutomine', false)
  await wallet.sendTransaction({ to: address, data: data('transfer', [bob.address, 2n ** 255n]), gas: 100_000n })
  const [block] = await request('evm_mine_detailed')
  assert.match(block.transactions[0].revertReason, /insufficient balance/)
})

// Balances and tokens.

for (const method of ['anvil_addBalance', 'hardhat_addBalance']) {
  await claim(`${method} adds to what an account owns`, async () => {
    await request(method, stranger, '0x7')
    await request(method, stranger, '0x3')
    assert.equal(await balance(stranger), 10n)
  })
}

for (const method of ['anvil_dealERC20', 'anvil_setERC20Balance', 'hardhat_dealERC20']) {
  await claim(`${method} sets what an account owns of a token`, async () => {
    const { address, read } = await deployToken()
    await request(method, stranger, address, toHex(77n))
    assert.equal(await read('balanceOf', [stranger]), 77n)
    assert.equal(await read('balanceOf', [bob.address]), 0n)
  })
}

await claim('anvil_setERC20Allowance sets what another may send', async () => {
  const { address, read } = await deployToken()
  await request('anvil_setERC20Allowance', alice.address, bob.address, address, toHex(77n))
  assert.equal(await read('allowance', [alice.address, bob.address]), 77n)
  assert.equal(await read('allowance', [bob.address, alice.address]), 0n)
})

await claim('anvil_dealERC20 of an account that is no token is refused', async () => {
  await assert.rejects(request('anvil_dealERC20', stranger, bob.address, '0x1'), (e) => !/not (found|supported)/i.test(e.details))
})

// The next block.

for (const method of ['hardhat_setPrevRandao', 'anvil_setPrevRandao', 'anvil_setNextBlockPrevRandao']) {
  await claim(`${method} sets the next block's value`, async () => {
    const value = '0x' + '2a'.repeat(32)
    await request(method, value)
    await request('evm_mine')
    assert.equal((await latest()).mixHash, value)
  })
}

await claim('anvil_getGenesisTime returns the time of the first block', async () => {
  const { timestamp } = await reader.getBlock({ blockNumber: 0n })
  assert.equal(BigInt(await request('anvil_getGenesisTime')), timestamp)
})

await claim('after setNextBlockBaseFeePerGas eth_gasPrice is a price that the next block takes', async () => {
  await request('hardhat_setNextBlockBaseFeePerGas', toHex(parseGwei('50')))
  assert.ok(BigInt(await request('eth_gasPrice')) >= parseGwei('50'))
})

await claim('after setNextBlockBaseFeePerGas eth_feeHistory ends with the fee of the next block', async () => {
  await request('hardhat_setNextBlockBaseFeePerGas', toHex(parseGwei('50')))
  const { baseFeePerGas } = await request('eth_feeHistory', '0x1', 'latest', [])
  assert.equal(BigInt(baseFeePerGas.at(-1)), parseGwei('50'))
})

await claim('after setNextBlockBaseFeePerGas eth_sendTransaction without a price is mined', async () => {
  await request('hardhat_setNextBlockBaseFeePerGas', toHex(parseGwei('50')))
  assert.equal((await reader.waitForTransactionReceipt({ hash: await send(), timeout: 3000 })).blockNumber, 1n)
})

await claim('after setNextBlockBaseFeePerGas eth_fillTransaction names a price that the next block takes', async () => {
  await request('hardhat_setNextBlockBaseFeePerGas', toHex(parseGwei('50')))
  const { tx } = await request('eth_fillTransaction', payment(1))
  assert.ok(BigInt(tx.maxFeePerGas ?? tx.gasPrice) >= parseGwei('50'))
})

// What automine does not mine.

await claim('automine refuses a price below the base fee', async () => {
  await assert.rejects(pay({ gasPrice: 1n }), /fee/i)
  await paid()
})

await claim('automine refuses more gas than a block has', async () => {
  await assert.rejects(pay({ gas: 2n ** 40n }), /gas/)
  await paid()
})

await claim('automine keeps a transaction after a gap of nonces, and mines it when the gap is closed', async () => {
  const later = await pay({ nonce: 1 })
  assert.equal(await height(), 0n)
  await paid({ nonce: 0 })
  assert.equal((await reader.waitForTransactionReceipt({ hash: later, timeout: 3000 })).status, 'success')
})

await claim('with mining off a price below the base fee waits', async () => {
  await request('evm_setAutomine', false)
  const hash = await pay({ gasPrice: 1n })
  await request('evm_mine')
  assert.equal((await reader.getTransaction({ hash })).blockNumber, null)
})

// What waits is the pending block.

const waiting = async () => {
  await request('evm_setAutomine', false)
  return pay({ value: 5n })
}

await claim('the pending block is the next one, with what waits', async () => {
  const hash = await waiting()
  const block = await request('eth_getBlockByNumber', 'pending', false)
  assert.equal(BigInt(block.number), 1n)
  assert.deepEqual(block.transactions, [hash])
})

await claim('eth_getBlockTransactionCountByNumber of pending counts what waits', async () => {
  await waiting()
  assert.equal(BigInt(await request('eth_getBlockTransactionCountByNumber', 'pending')), 1n)
})

await claim('a transaction of the pending block is found by its index', async () => {
  const hash = await waiting()
  assert.equal((await request('eth_getTransactionByBlockNumberAndIndex', 'pending', '0x0')).hash, hash)
})

await claim('balances and nonces of pending see what waits', async () => {
  const before = await balance(bob.address)
  await waiting()
  assert.equal(await balance(bob.address, 'pending'), before + 5n)
  assert.equal(await balance(bob.address), before)
  assert.equal(await reader.getTransactionCount({ address: alice.address, blockTag: 'pending' }), 1)
})

await claim('eth_call on pending see what waits', async () => {
  const { address, read, data } = await deployToken()
  await request('evm_setAutomine', false)
  await wallet.sendTransaction({ to: address, data: data('transfer', [stranger, 9n]), gas: 100_000n })
  assert.equal(await read('balanceOf', [stranger], 'pending'), 9n)
  assert.equal(await read('balanceOf', [stranger]), 0n)
})

await claim('eth_estimateGas without a block sees what waits', async () => {
  const { address, data } = await deployToken()
  await request('evm_setAutomine', false)
  await wallet.sendTransaction({ to: address, data: data('transfer', [bob.address, 9n]), gas: 100_000n })
  await request('eth_estimateGas', { from: bob.address, to: address, data: data('transfer', [stranger, 9n]) })
})

await claim('eth_getBlockReceipts of pending has the receipts of what waits', async () => {
  const hash = await waiting()
  assert.deepEqual((await request('eth_getBlockReceipts', 'pending')).map((r) => r.transactionHash), [hash])
})

await claim('eth_callMany runs each call on what those before it left', async () => {
  const { address, data } = await deployToken()
  const ask = { to: address, data: data('balanceOf', [stranger]) }
  const transfer = { from: alice.address, to: address, data: data('transfer', [stranger, 9n]) }
  const [answers] = await request('eth_callMany', [{ transactions: [ask, transfer, ask] }], { blockNumber: 'latest' })
  assert.deepEqual(answers.map(({ value }) => BigInt(value)), [0n, 1n, 9n])
})

// The clock.

const passes = async (least, body) => {
  const before = (await latest()).timestamp
  await body()
  const passed = (await latest()).timestamp - before
  assert.ok(passed >= least && passed < least + 60n, `${passed} s`)
}

await claim('after three transactions evm_increaseTime moves the next block by all that was asked', async () => {
  for (let i = 0; i < 3; i++) await paid()
  await passes(100n, async () => {
    await request('evm_increaseTime', 100)
    await paid()
  })
})

await claim('after forty blocks in a moment evm_increaseTime moves the next block by all that was asked', async () => {
  await request('hardhat_mine', '0x28')
  await passes(15n, async () => {
    await request('evm_increaseTime', 15)
    await request('evm_mine')
  })
})

await claim('after anvil_loadState of a chain that travelled evm_increaseTime moves the next block by what was asked', async () => {
  await request('evm_increaseTime', 1_000_000)
  await request('evm_mine')
  const state = await request('anvil_dumpState')
  await request('anvil_reset')
  await request('anvil_loadState', state)
  await passes(3600n, async () => {
    await request('evm_increaseTime', 3600)
    await request('evm_mine')
  })
})

await claim('after a revert the clock goes on from the time of the snapshot', async () => {
  await request('evm_mine')
  const id = await request('evm_snapshot')
  await passes(1n, async () => {
    await request('evm_increaseTime', 1_000_000)
    await request('evm_mine')
    await request('evm_revert', id)
    await request('evm_mine')
  })
})

const spaces = async () => {
  const blocks = await Promise.all([0n, 1n, 2n, 3n].map((blockNumber) => reader.getBlock({ blockNumber })))
  return blocks.slice(1).map(({ timestamp }, i) => Number(timestamp - blocks[i].timestamp))
}

await claim('anvil_mine spaces all its blocks by the interval, the first too', async () => {
  await request('anvil_mine', '0x3', '0x3e8')
  const [first, ...others] = await spaces()
  assert.ok(first >= 1000, `${first} s`)
  assert.deepEqual(others, [1000, 1000])
})

await claim('hardhat_mine spaces its blocks by the interval, but for the first', async () => {
  await request('hardhat_mine', '0x3', '0x3e8')
  const [first, ...others] = await spaces()
  assert.ok(first < 1000, `${first} s`)
  assert.deepEqual(others, [1000, 1000])
})
