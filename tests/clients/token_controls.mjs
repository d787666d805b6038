// The creation code of a small ERC-20 in Solidity, which devnets of EVM code run in the place of contracts/token.
import solc from 'solc'

const content = `
contract Token {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;
    constructor() { balanceOf[msg.sender] = 1_000_000 ether; }
    function transfer(address to, uint256 value) external returns (bool) {
        require(balanceOf[msg.sender] >= value, "insufficient balance");
        balanceOf[msg.sender] -= value;
        balanceOf[to] += value;
        return true;
    }
}`
const settings = { optimizer: { enabled: true, runs: 200 }, outputSelection: { '*': { '*': ['evm.bytecode.object'] } } }
const output = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources: { token: { content } }, settings })))
const [error] = (output.errors ?? []).filter(({ severity }) => severity === 'error')
if (error) throw new Error(error.formattedMessage)
export const solidityToken = '0x' + output.contracts.token.Token.evm.bytecode.object
