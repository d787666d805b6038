// The permutation Keccak-f[1600], one function for each inclusion of this file. PERMUTE is its name and LANE the type
// of a lane. LOAD, STORE and CONSTANT move lanes in and out; XOR, XOR3, TURN (rotate left) and CHI (a ^ ~b & c) are
// the operations.
static void PERMUTE(uint64_t state[LANES]) {
	LANE a0 = LOAD(state + 0), a1 = LOAD(state + 1), a2 = LOAD(state + 2), a3 = LOAD(state + 3), a4 = LOAD(state + 4);
	LANE a5 = LOAD(state + 5), a6 = LOAD(state + 6), a7 = LOAD(state + 7), a8 = LOAD(state + 8), a9 = LOAD(state + 9);
	LANE a10 = LOAD(state + 10), a11 = LOAD(state + 11), a12 = LOAD(state + 12), a13 = LOAD(state + 13),
		 a14 = LOAD(state + 14);
	LANE a15 = LOAD(state + 15), a16 = LOAD(state + 16), a17 = LOAD(state + 17), a18 = LOAD(state + 18),
		 a19 = LOAD(state + 19);
	LANE a20 = LOAD(state + 20), a21 = LOAD(state + 21), a22 = LOAD(state + 22), a23 = LOAD(state + 23),
		 a24 = LOAD(state + 24);
	for (int round = 0; round < ROUNDS; round++) {
		// theta
		LANE c0 = XOR3(XOR3(a0, a5, a10), a15, a20), c1 = XOR3(XOR3(a1, a6, a11), a16, a21);
		LANE c2 = XOR3(XOR3(a2, a7, a12), a17, a22), c3 = XOR3(XOR3(a3, a8, a13), a18, a23);
		LANE c4 = XOR3(XOR3(a4, a9, a14), a19, a24);
		LANE d0 = XOR(c4, TURN(c1, 1)), d1 = XOR(c0, TURN(c2, 1)), d2 = XOR(c1, TURN(c3, 1));
		LANE d3 = XOR(c2, TURN(c4, 1)), d4 = XOR(c3, TURN(c0, 1));
		// the end of theta, rho, pi and chi: row by row, so that few lanes are live at once
		LANE n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13, n14, n15, n16, n17, n18, n19, n20, n21, n22,
			n23, n24;
		ROW(n20, n21, n22, n23, n24, TURN(XOR(a2, d2), 62), TURN(XOR(a8, d3), 55), TURN(XOR(a14, d4), 39),
		    TURN(XOR(a15, d0), 41), TURN(XOR(a21, d1), 2));
		ROW(n15, n16, n17, n18, n19, TURN(XOR(a4, d4), 27), TURN(XOR(a5, d0), 36), TURN(XOR(a11, d1), 10),
		    TURN(XOR(a17, d2), 15), TURN(XOR(a23, d3), 56));
		ROW(n10, n11, n12, n13, n14, TURN(XOR(a1, d1), 1), TURN(XOR(a7, d2), 6), TURN(XOR(a13, d3), 25),
		    TURN(XOR(a19, d4), 8), TURN(XOR(a20, d0), 18));
		ROW(n5, n6, n7, n8, n9, TURN(XOR(a3, d3), 28), TURN(XOR(a9, d4), 20), TURN(XOR(a10, d0), 3),
		    TURN(XOR(a16, d1), 45), TURN(XOR(a22, d2), 61));
		ROW(n0, n1, n2, n3, n4, XOR(a0, d0), TURN(XOR(a6, d1), 44), TURN(XOR(a12, d2), 43), TURN(XOR(a18, d3), 21),
		    TURN(XOR(a24, d4), 14));
		// iota
		a0 = XOR(n0, CONSTANT(round)), a1 = n1, a2 = n2, a3 = n3, a4 = n4, a5 = n5, a6 = n6, a7 = n7, a8 = n8, a9 = n9,
		a10 = n10, a11 = n11;
		a12 = n12, a13 = n13, a14 = n14, a15 = n15, a16 = n16, a17 = n17, a18 = n18, a19 = n19, a20 = n20, a21 = n21,
		a22 = n22, a23 = n23;
		a24 = n24;
	}
	STORE(state + 0, a0), STORE(state + 1, a1), STORE(state + 2, a2), STORE(state + 3, a3), STORE(state + 4, a4);
	STORE(state + 5, a5), STORE(state + 6, a6), STORE(state + 7, a7), STORE(state + 8, a8), STORE(state + 9, a9);
	STORE(state + 10, a10), STORE(state + 11, a11), STORE(state + 12, a12), STORE(state + 13, a13),
		STORE(state + 14, a14);
	STORE(state + 15, a15), STORE(state + 16, a16), STORE(state + 17, a17), STORE(state + 18, a18),
		STORE(state + 19, a19);
	STORE(state + 20, a20), STORE(state + 21, a21), STORE(state + 22, a22), STORE(state + 23, a23),
		STORE(state + 24, a24);
}
#undef PERMUTE
