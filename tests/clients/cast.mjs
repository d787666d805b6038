// The life of a token through cast, Foundry's command line. Run it against a
// devnet:
//
//   node cast.mjs http://127.0.0.1:8545
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { decodeRlp, keccak256 } from 'ethers'
import { alice, bob, chainId, check, diary, keeper, refuser, rpcURL, token } from './fixture.mjs'
import { verifyProof } from './proof.mjs'

// The platform's own binary: the package's wrapper script exits with 0 even when
// cast fails.
const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch]
const binary = fileURLToPath(new URL(`node_modules/@foundry-rs/cast-${process.platform}-${arch}/bin/cast`, import.meta.url))
const run = promisify(execFile)

// cast runs one command against the node and returns what it prints.
async function cast (...args) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1', ETH_RPC_URL: rpcURL }
  const { stdout } = await run(binary, args, { env })
  return stdout.trim()
}

const castJSON = async (...args) => JSON.parse(await cast(...args, '--json'))

// The receipt of a transaction that account 0 signs.
const send = (...args) => castJSON('send', '--private-key', alice.privateKey, ...args)

// The first word of an answer: cast explains large numbers in brackets.
const number = (text) => BigInt(text.split(' ')[0])

const balanceOf = async (owner) => number(await cast('call', address, 'balanceOf(address)(uint256)', owner))

let address, deployment, transfer

await check('cast chain-id', async () => {
  assert.equal(await cast('chain-id'), String(chainId))
})

await check('cast wallet knows account 0 by its key', async () => {
  assert.equal(await cast('wallet', 'address', '--private-key', alice.privateKey), alice.address)
})

await check('cast send --create with constructor arguments', ['constructor'], async () => {
  const { contractAddress } = await send('--create', keeper.creation, 'constructor(uint256,string)', ...keeper.arguments.map(String))
  assert.equal(await cast('code', contractAddress), keeper.runtime)
  const answer = await cast('call', contractAddress)
  const encoded = await cast('abi-encode', 'constructor(uint256,string)', ...keeper.arguments.map(String))
  assert.equal(answer, encoded)
})

await check('a program takes its arguments as standard input, writes a file, and says why it fails', ['program'], async () => {
  const created = await send('--create', diary.creation, 'constructor(uint256,string)', ...diary.arguments.map(String))
  const to = created.contractAddress
  assert.equal(await cast('code', to), diary.runtime)
  const encoded = await cast('abi-encode', 'constructor(uint256,string)', ...diary.arguments.map(String))
  assert.equal(await cast('call', '--from', alice.address, to, '--data', diary.line), encoded + diary.line.slice(2))
  const gas = await cast('estimate', '--from', alice.address, to, diary.line)
  const receipt = await send('--gas-limit', gas, to, diary.line)
  assert.deepEqual([receipt.status, BigInt(receipt.gasUsed)], ['0x1', BigInt(gas)])
  await assert.rejects(cast('call', '--from', alice.address, to), new RegExp(`execution reverted: ${diary.reason}`))
})

await check('cast send --create deploys the token', ['deploy'], async () => {
  const nonce = await cast('nonce', alice.address)
  deployment = await send('--create', token.creation)
  assert.equal(deployment.status, '0x1')
  const predicted = await cast('compute-address', alice.address, '--nonce', nonce)
  assert.ok(predicted.toLowerCase().endsWith(deployment.contractAddress.toLowerCase()), predicted)
  address = deployment.contractAddress
})

await check('cast code returns the runtime', async () => {
  assert.equal(await cast('code', address), token.runtime)
})

await check('cast call decodes name, symbol, decimals and supply', ['call'], async () => {
  assert.equal(await cast('call', address, 'name()(string)'), '"Hestia Token"')
  assert.equal(await cast('call', address, 'symbol()(string)'), '"HST"')
  assert.equal(await cast('call', address, 'decimals()(uint8)'), '18')
  assert.equal(number(await cast('call', address, 'totalSupply()(uint256)')), token.supply)
})

await check('cast send transfer moves the balance', ['write'], async () => {
  const nonce = Number(await cast('nonce', alice.address))
  transfer = await send(address, 'transfer(address,uint256)', bob.address, '1000')
  assert.equal(transfer.status, '0x1')
  assert.equal(await balanceOf(bob.address), 1000n)
  assert.equal(await balanceOf(alice.address), token.supply - 1000n)
  assert.equal(Number(await cast('nonce', alice.address)), nonce + 1)
})

for (const [type, flags] of [['0x0', ['--legacy']], ['0x1', ['--legacy', '--access-list', '[]']], ['0x2', []]]) {
  await check(`cast send pays with a transaction of type ${type}`, [`type ${Number(type)}`], async () => {
    const before = number(await cast('balance', bob.address))
    const receipt = await send(bob.address, '--value', '7', ...flags)
    assert.deepEqual([receipt.type, receipt.status, BigInt(receipt.gasUsed)], [type, '0x1', 21000n])
    assert.equal(number(await cast('balance', bob.address)), before + 7n)
  })
}

await check('cast logs finds the Transfer event', ['logs'], async () => {
  const logs = await castJSON('logs', '--address', address, '--from-block', String(Number(transfer.blockNumber)),
    'Transfer(address indexed,address indexed,uint256)', alice.address, bob.address)
  assert.deepEqual(logs.map((log) => [log.transactionHash, BigInt(log.data)]), [[transfer.transactionHash, 1000n]])
})

await check('cast receipt and cast tx agree on the transfer', async () => {
  const receipt = await castJSON('receipt', transfer.transactionHash)
  assert.deepEqual([receipt.blockHash, receipt.gasUsed, receipt.logs], [transfer.blockHash, transfer.gasUsed, transfer.logs])
  const sent = await castJSON('tx', transfer.transactionHash)
  assert.deepEqual([sent.blockHash, sent.to], [transfer.blockHash, address.toLowerCase()])
})

await check('cast block holds the transfer', async () => {
  const block = await castJSON('block', String(Number(transfer.blockNumber)))
  assert.equal(block.hash, transfer.blockHash)
  assert.deepEqual(block.transactions, [transfer.transactionHash])
})

await check('cast storage reads a balance where Solidity keeps it', async () => {
  const slot = await cast('index', 'address', bob.address, '1')
  assert.equal(BigInt(await cast('storage', address, slot)), 1000n)
})

await check("cast proof proves a balance against the header's state root", ['proof'], async () => {
  const slot = await cast('index', 'address', bob.address, '1')
  const proof = JSON.parse(await cast('proof', address, slot))
  assert.equal(proof.address.toLowerCase(), address.toLowerCase())
  assert.deepEqual(proof.storageProof.map((slot) => BigInt(slot.value)), [1000n])
  verifyProof(await cast('block', '-f', 'stateRoot'), proof, { keccak256, decodeRlp })
})

await check('cast estimate is enough for a transfer', async () => {
  const estimate = await cast('estimate', '--from', alice.address, address, 'transfer(address,uint256)', bob.address, '1')
  const receipt = await send('--gas-limit', estimate, address, 'transfer(address,uint256)', bob.address, '1')
  assert.equal(receipt.status, '0x1')
  assert.ok(BigInt(receipt.gasUsed) <= BigInt(estimate))
})

await check('cast estimate is exact to the unit', ['exact gas'], async () => {
  const transferOne = [address, 'transfer(address,uint256)', bob.address, '1']
  const estimate = BigInt(await cast('estimate', '--from', alice.address, ...transferOne))
  await cast('call', '--from', alice.address, '--gas-limit', String(estimate), ...transferOne)
  await assert.rejects(cast('call', '--from', alice.address, '--gas-limit', String(estimate - 1n), ...transferOne), /out of gas/)
})

await check('cast access-list and the fee history answer', ['access list', 'fee history'], async () => {
  const list = await castJSON('access-list', '--from', alice.address, address, 'transfer(address,uint256)', bob.address, '1')
  assert.deepEqual(list.accessList.map((entry) => entry.storageKeys.length), [2])
  const history = JSON.parse(await cast('rpc', 'eth_feeHistory', '0x2', 'latest', '[50]'))
  assert.equal(history.baseFeePerGas.length, 3)
})

await check('the three kinds of filter tell what is new, once', ['filters'], async () => {
  const ask = async (...args) => JSON.parse(await cast('rpc', ...args))
  const filters = [
    await ask('eth_newFilter', JSON.stringify({ address })), await ask('eth_newBlockFilter'), await ask('eth_newPendingTransactionFilter')
  ]
  const { transactionHash, blockHash } = await send(address, 'transfer(address,uint256)', bob.address, '1')
  const [logs, blocks, pending] = await Promise.all(filters.map((filter) => ask('eth_getFilterChanges', filter)))
  assert.deepEqual([logs.map((log) => log.transactionHash), blocks, pending], [[transactionHash], [blockHash], [transactionHash]])
  for (const filter of filters) assert.deepEqual(await ask('eth_getFilterChanges', filter), [])
})

await check('a batch answers each of its calls', ['batch (cast sends no batches: the suite sends one beside it and holds it to cast)'], async () => {
  const body = [['eth_blockNumber', []], ['eth_getBalance', [bob.address, 'latest']], ['eth_getCode', [address, 'latest']], ['eth_nothing', []]]
    .map(([method, params], id) => ({ jsonrpc: '2.0', id, method, params }))
  const answer = await fetch(rpcURL, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const answers = await answer.json()
  assert.deepEqual(answers.map((a) => a.id), [0, 1, 2, 3])
  const [block, balance, code, nothing] = answers
  assert.equal(Number(block.result), Number(await cast('block-number')))
  assert.equal(BigInt(balance.result), number(await cast('balance', bob.address)))
  assert.equal(code.result, await cast('code', address))
  assert.equal(nothing.error.code, -32601)
})

await check('cast logs --subscribe hears a transfer', ['subscriptions (of logs: cast subscribes to nothing else)'], async () => {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1', ETH_RPC_URL: rpcURL.replace(/^http/, 'ws') }
  const listener = spawn(binary, ['logs', '--subscribe', '--address', address], { env })
  try {
    let heard = ''
    const told = new Promise((resolve) => listener.stdout.on('data', (text) => {
      if ((heard += text).includes('transactionHash')) resolve()
    }))
    // Nothing tells when cast has subscribed: it is sent to until it hears.
    const sent = []
    let done = false
    const sender = (async () => {
      while (!done) sent.push((await send(address, 'transfer(address,uint256)', bob.address, '1')).transactionHash)
    })()
    await told
    done = true
    await sender
    assert.ok(sent.some((hash) => heard.includes(hash)), heard)
  } finally {
    listener.kill()
  }
})

await check('cast send --auth delegates an account to the token', ['type 4'], async () => {
  const key = keccak256(Buffer.from('cast delegator ' + address))
  const delegator = await cast('wallet', 'address', '--private-key', key)
  const authorization = await cast('wallet', 'sign-auth', address, '--private-key', key, '--nonce', '0', '--chain', String(chainId))
  const receipt = await send(bob.address, '--auth', authorization)
  assert.deepEqual([receipt.type, receipt.status], ['0x4', '0x1'])
  assert.equal(await cast('code', delegator), '0xef0100' + address.slice(2).toLowerCase())
})

await check('cast call and cast send tell the reason of a revert', ['revert'], async () => {
  const tooMuch = String(token.supply + 1n)
  const transferTooMuch = [address, 'transfer(address,uint256)', bob.address, tooMuch]
  await assert.rejects(cast('call', '--from', alice.address, ...transferTooMuch), /insufficient balance/)
  await assert.rejects(send(...transferTooMuch), /insufficient balance/)
})

await check('a contract that refuses is told by the name of its error', ['custom error'], async () => {
  await cast('rpc', 'anvil_setCode', refuser.address, refuser.runtime)
  assert.equal(await cast('rpc', 'hestia_addABI', JSON.stringify(refuser.abi)), '1')
  const { stderr } = await cast('call', '--from', alice.address, refuser.address, 'take(uint256)', '5').then(() => assert.fail('it did not fail'), (error) => error)
  assert.ok(stderr.includes(refuser.message), stderr)
  const [data] = /0x001794cb[0-9a-f]+/.exec(stderr)
  assert.deepEqual((await cast('decode-error', '--sig', 'NotYours(address,uint256)', data)).split('\n').map((line) => line.trim()), [bob.address, '5'])
})

await check('cast send with a gas limit mines a revert', async () => {
  const receipt = await send('--gas-limit', '1000000', address, 'transfer(address,uint256)', bob.address,
    String(token.supply + 1n)).catch((error) => JSON.parse(error.stdout))
  assert.deepEqual([receipt.status, receipt.logs.length], ['0x0', 0])
})
