use rust_decimal::Decimal;
crates::entry!(|b| {
    let mut total = Decimal::new(1, 2);
    for p in b.chunks_exact(8) {
        let x = Decimal::from_i128_with_scale(
            i64::from_le_bytes([p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]]) as i128,
            6,
        );
        total = total
            .checked_mul(x)
            .and_then(|t| t.checked_div(Decimal::from(7)))
            .unwrap_or(x)
            .round_dp(8);
    }
    crates::sum(&total.serialize())
});
