// SPDX-License-Identifier: LGPL-3.0
pragma solidity 0.8.30;

/// The kernels of kernels.c, step by step the same. Arithmetic is unchecked, as there.
contract Kernels {
    function run(uint256 kernel) external pure returns (uint256) {
        if (kernel == 0) return hashes();
        if (kernel == 1) return products();
        if (kernel == 2) return xorshift();
        if (kernel == 3) return fib(24);
        if (kernel == 4) return sieve();
        if (kernel == 5) return sort();
        if (kernel == 6) return matrix();
        if (kernel == 7) return sha();
        if (kernel == 8) return products();
        revert("unknown kernel");
    }

    function hashes() internal pure returns (uint256 h) {
        assembly {
            for { let i := 0 } lt(i, 1000000) { i := add(i, 1) } {
                mstore(0, h)
                h := keccak256(0, 32)
            }
        }
    }

    function products() internal pure returns (uint256 x) {
        x = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798;
        uint256 y = 0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8;
        uint256 p = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F;
        assembly {
            for { let i := 0 } lt(i, 1000000) { i := add(i, 1) } { x := mulmod(x, y, p) }
        }
    }

    function xorshift() internal pure returns (uint256) {
        uint64 x = 88172645463325252;
        unchecked {
            for (uint256 i = 0; i < 1000000; i++) {
                x ^= x << 13;
                x ^= x >> 7;
                x ^= x << 17;
            }
        }
        return x;
    }

    function fib(uint256 n) internal pure returns (uint256) {
        unchecked {
            return n < 2 ? n : fib(n - 1) + fib(n - 2);
        }
    }

    function sieve() internal pure returns (uint256 primes) {
        bytes memory composite = new bytes(200000);
        unchecked {
            for (uint256 i = 2; i < 200000; i++) {
                if (composite[i] != 0) continue;
                primes++;
                for (uint256 j = i * i; j < 200000; j += i) composite[j] = 0x01;
            }
        }
    }

    function sort() internal pure returns (uint256 sum) {
        uint256[] memory a = new uint256[](1000);
        uint256 x = 1;
        unchecked {
            for (uint256 i = 0; i < 1000; i++) {
                x = (x * 1103515245 + 12345) & 0x7fffffff;
                a[i] = x;
            }
            for (uint256 i = 1; i < 1000; i++) {
                uint256 v = a[i];
                uint256 j = i;
                while (j > 0 && a[j - 1] > v) {
                    a[j] = a[j - 1];
                    j--;
                }
                a[j] = v;
            }
            for (uint256 i = 0; i < 1000; i++) sum += a[i] * (i + 1);
        }
    }

    function matrix() internal pure returns (uint256 sum) {
        uint256[] memory a = new uint256[](3600);
        uint256[] memory b = new uint256[](3600);
        uint256[] memory c = new uint256[](3600);
        unchecked {
            for (uint256 i = 0; i < 3600; i++) {
                a[i] = i % 7 + 1;
                b[i] = i % 11 + 2;
            }
            for (uint256 i = 0; i < 60; i++)
                for (uint256 j = 0; j < 60; j++) {
                    uint256 s = 0;
                    for (uint256 k = 0; k < 60; k++) s += a[i * 60 + k] * b[k * 60 + j];
                    c[i * 60 + j] = s;
                }
            for (uint256 i = 0; i < 3600; i++) sum += c[i] * (i % 13 + 1);
        }
    }

    bytes internal constant K =
        hex"428a2f9871374491b5c0fbcfe9b5dba53956c25b59f111f1923f82a4ab1c5ed5d807aa9812835b01243185be550c7dc372be5d7480deb1fe9bdc06a7c19bf174e49b69c1efbe47860fc19dc6240ca1cc2de92c6f4a7484aa5cb0a9dc76f988da983e5152a831c66db00327c8bf597fc7c6e00bf3d5a7914706ca63511429296727b70a852e1b21384d2c6dfc53380d13650a7354766a0abb81c2c92e92722c85a2bfe8a1a81a664bc24b8b70c76c51a3d192e819d6990624f40e3585106aa07019a4c1161e376c082748774c34b0bcb5391c0cb34ed8aa4a5b9cca4f682e6ff3748f82ee78a5636f84c878148cc7020890befffaa4506cebbef9a3f7c67178f2";

    function rotate(uint256 x, uint256 n) internal pure returns (uint256) {
        unchecked {
            return ((x >> n) | (x << (32 - n))) & 0xffffffff;
        }
    }

    /// SHA-256 of its own 32 bytes, 200 times over.
    function sha() internal pure returns (uint256 out) {
        uint256[64] memory k;
        bytes memory packed = K;
        unchecked {
            for (uint256 i = 0; i < 64; i++) {
                uint256 four;
                assembly { four := shr(224, mload(add(add(packed, 32), shl(2, i)))) }
                k[i] = four;
            }
            for (uint256 i = 0; i < 200; i++) out = compress(k, out);
        }
    }

    function compress(uint256[64] memory k, uint256 message) internal pure returns (uint256 out) {
        uint256[64] memory w;
        uint256[8] memory h = [uint256(0x6a09e667), 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
        uint256[8] memory s = [h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]];
        unchecked {
            for (uint256 i = 0; i < 8; i++) w[i] = (message >> (224 - 32 * i)) & 0xffffffff;
            w[8] = 0x80000000;
            w[15] = 256;
            for (uint256 i = 16; i < 64; i++) {
                uint256 x = w[i - 15];
                uint256 y = w[i - 2];
                w[i] = (w[i - 16] + w[i - 7] + (rotate(x, 7) ^ rotate(x, 18) ^ (x >> 3)) + (rotate(y, 17) ^ rotate(y, 19) ^ (y >> 10))) & 0xffffffff;
            }
            for (uint256 i = 0; i < 64; i++) {
                uint256 e = s[4];
                uint256 t = s[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & s[5]) ^ (~e & s[6])) + k[i] + w[i];
                uint256 a = s[0];
                uint256 u = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
                s[7] = s[6];
                s[6] = s[5];
                s[5] = e;
                s[4] = (s[3] + t) & 0xffffffff;
                s[3] = s[2];
                s[2] = s[1];
                s[1] = a;
                s[0] = (t + u) & 0xffffffff;
            }
            for (uint256 i = 0; i < 8; i++) out = (out << 32) | ((h[i] + s[i]) & 0xffffffff);
        }
    }
}
