// What devnets do not do as their tools' packages document it, and why. docs/devnet.md has the table of this, and the run
// fails where they differ. A reason that begins with "sometimes" is of something that only happens now and then.
export const differences = [
  {
    packages: 'network-helpers', suite: /^hardhat-network-helpers/,
    claim: 'dropTransaction takes a waiting transaction out of the pool and says so',
    anvil: 'it answers with the hash, where Hardhat answers true'
  },
  {
    packages: 'network-helpers', suite: /^hardhat-network-helpers/,
    claim: 'dropTransaction says false of a transaction that does not wait',
    anvil: 'it answers null'
  },
  {
    packages: 'network-helpers', suite: /^hardhat-network-helpers/,
    claim: 'setNonce sets the next nonce, and refuses to lower it',
    anvil: 'it lowers it'
  },
  {
    packages: 'network-helpers', suite: /^hardhat-network-helpers/,
    claim: 'setPrevRandao sets the next block\'s value',
    anvil: 'it has only anvil_setPrevRandao'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'loadState brings blocks, receipts and old states',
    anvil: 'old states are not in its file',
    hardhat: 'a method of anvil alone'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'reset goes back to the first block',
    anvil: 'viem sends an empty forking, which anvil takes for a wish to fork',
    hardhat: 'Hardhat 3 has no reset'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'the same nonce is taken right after a revert',
    anvil: 'sometimes its pool forgets the transaction later than its receipt appears'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'a receipt is there as soon as the send returns',
    anvil: 'sometimes the block is made after the answer'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'setNextBlockTimestamp sets the next block\'s time, and the clock goes on from there',
    anvil: 'two blocks may have the same time'
  },
  {
    packages: 'viem, mode hardhat', suite: /^viem hardhat/,
    claim: 'setBlockTimestampInterval spaces blocks until removeBlockTimestampInterval',
    hestia: 'a method of anvil alone',
    anvil: 'a method of anvil alone',
    hardhat: 'a method of anvil alone'
  },
  {
    packages: 'viem, mode hardhat', suite: /^viem hardhat/,
    claim: 'setIntervalMining makes a block every so many seconds',
    anvil: 'viem sends milliseconds, as Hardhat wants them, and anvil takes them for seconds'
  },
  {
    packages: 'viem, mode anvil', suite: /^viem anvil/,
    claim: 'setRpcUrl is taken',
    hestia: 'it forks no other chain'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'dumpState and loadState carry the accounts',
    hardhat: 'a method of anvil alone'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'getTxpoolContent, getTxpoolStatus and inspectTxpool show what waits',
    hardhat: 'it has no txpool methods'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'sendUnsignedTransaction sends for anyone',
    hardhat: 'a method of anvil alone'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'setAutomine mines what waits when it is turned on',
    hardhat: 'it leaves them for the next block'
  },
  {
    packages: 'viem, mode hardhat', suite: /^viem hardhat/,
    claim: 'setRpcUrl is taken',
    hestia: 'it forks no other chain',
    anvil: 'a method of anvil alone',
    hardhat: 'a method of anvil alone'
  }
]
