// SPDX-License-Identifier: LGPL-3.0
pragma solidity ^0.8.0;

interface Vm {
    function startBroadcast(uint256 key) external;
    function stopBroadcast() external;
    function readFileBinary(string calldata path) external view returns (bytes memory);
    function rpc(string calldata method, string calldata params) external returns (bytes memory);
    function toString(address value) external pure returns (string memory);
}

interface Token {
    function transfer(address to, uint256 amount) external returns (bool);
}

/// Deploys a WebAssembly token with a broadcast creation and pays with it, and a contract with constructor arguments. Forge runs the script in an EVM of its own, to which
/// WebAssembly is code that stops at once; what it broadcasts is executed by the node.
contract Script {
    Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    address constant bob = 0x70997970C51812dc3A010C7d01b50e0d17dc79C8;

    function run() external {
        bytes memory code = vm.readFileBinary("../../../contracts/token/token_deploy.wasm");
        bytes memory creation = bytes.concat(vm.readFileBinary("../keeper_deploy.wasm"), abi.encode(42, "kept"));
        address keeper;
        address token;
        vm.startBroadcast(0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80);
        assembly {
            token := create(0, add(code, 32), mload(code))
        }
        (bool sent,) = token.call(abi.encodeCall(Token.transfer, (bob, 25)));
        require(sent, "transfer");
        payable(bob).transfer(5);
        assembly {
            keeper := create(0, add(creation, 32), mload(creation))
        }
        vm.stopBroadcast();
    }
}
