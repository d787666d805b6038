// stdin: "3"
// stdin: "20"
use std::io::Read;

fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let n: usize = text.parse().unwrap_or(1);
    let a: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| 1.0 / (i + j + 1) as f64 + if i == j { 1.0 } else { 0.0 }).collect()).collect();
    let mut lower = a.clone();
    let mut det = 1.0;
    for k in 0..n {
        det *= lower[k][k];
        for i in k + 1..n {
            let f = lower[i][k] / lower[k][k];
            for j in k..n {
                let v = lower[k][j];
                lower[i][j] -= f * v;
            }
        }
    }
    println!("{:.12e}", det);
    println!("{:?}", lower.iter().map(|row| row.iter().map(|x| x.abs() as f32).fold(0.0, f32::max)).collect::<Vec<_>>());
}
