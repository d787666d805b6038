// SPDX-License-Identifier: LGPL-3.0
pragma solidity ^0.8.30;

// The sample token as Solidity has it: what devnets of EVM code run in the place of contracts/token.
contract Token {
    mapping(address => uint256) public balanceOf;

    event Transfer(address indexed from, address indexed to, uint256 value);

    constructor() {
        balanceOf[msg.sender] = 1_000_000 ether;
        emit Transfer(address(0), msg.sender, 1_000_000 ether);
    }

    function transfer(address to, uint256 value) external returns (bool) {
        uint256 left = balanceOf[msg.sender];
        require(left >= value, "insufficient balance");
        unchecked {
            balanceOf[msg.sender] = left - value;
            balanceOf[to] += value;
        }
        emit Transfer(msg.sender, to, value);
        return true;
    }
}
