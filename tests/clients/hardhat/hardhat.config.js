// A Hardhat 3 project whose one network is the devnet under test. Its accounts are the node's own.
import hardhatNetworkHelpers from '@nomicfoundation/hardhat-network-helpers'
import hardhatViem from '@nomicfoundation/hardhat-viem'

export default {
  plugins: [hardhatViem, hardhatNetworkHelpers],
  networks: { hestia: { type: 'http', chainType: 'l1', url: process.env.HESTIA_RPC } }
}
