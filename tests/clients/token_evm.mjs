// Prints the creation code of tests/rivals/Token.sol.
import { readFileSync } from 'node:fs'
import solc from 'solc'

const content = readFileSync(new URL('../rivals/Token.sol', import.meta.url), 'utf8')
const settings = { optimizer: { enabled: true, runs: 200 }, outputSelection: { '*': { '*': ['evm.bytecode.object'] } } }
const output = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources: { token: { content } }, settings })))
if (output.errors) throw new Error(JSON.stringify(output.errors))
console.log(output.contracts.token.Token.evm.bytecode.object)
