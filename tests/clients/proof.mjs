// What a proof of eth_getProof proves, by the rules of the Merkle-Patricia trie. Each suite brings its client's own keccak256
// and RLP decoder.
import assert from 'node:assert/strict'

const nibbles = (hex) => [...hex.replace(/^0x/, '')].map((digit) => parseInt(digit, 16))

// The value that nodes prove for key under root, undefined where they prove that there is none.
function walk (root, key, nodes, { keccak256, decodeRlp }) {
  let path = nibbles(keccak256(key))
  let expected = root
  for (const [i, node] of nodes.entries()) {
    if (typeof expected === 'string') assert.equal(keccak256(node), expected, `node ${i} is not what its parent names`)
    const items = decodeRlp(node)
    if (items.length === 17) {
      const next = items[path[0]]
      path = path.slice(1)
      if (next === '0x') return undefined
      expected = next
      continue
    }
    const prefix = nibbles(items[0])
    const own = prefix.slice(prefix[0] % 2 === 1 ? 1 : 2)
    if (own.some((nibble, j) => nibble !== path[j])) return undefined
    path = path.slice(own.length)
    if (prefix[0] >= 2) return items[1]
    expected = items[1]
  }
  assert.equal(nodes.length, 0, 'the proof ends on the way')
  return undefined
}

const quantity = (item) => (item === undefined || item === '0x' ? 0n : BigInt(item))

// Holds a proof against the state root of a block's header: account and slots must be what it says.
export function verifyProof (stateRoot, proof, tools) {
  const account = tools.decodeRlp(walk(stateRoot, proof.address, proof.accountProof, tools))
  const [nonce, balance, storageHash, codeHash] = account
  assert.equal(quantity(nonce), BigInt(proof.nonce))
  assert.equal(quantity(balance), BigInt(proof.balance))
  assert.equal(storageHash, proof.storageHash)
  assert.equal(codeHash, proof.codeHash)
  for (const { key, value, proof: nodes } of proof.storageProof) {
    const word = '0x' + BigInt(key).toString(16).padStart(64, '0')
    const proved = walk(proof.storageHash, word, nodes, tools)
    assert.equal(proved === undefined ? 0n : quantity(tools.decodeRlp(proved)), BigInt(value))
  }
}
