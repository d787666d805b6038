// stdin: "1.5 2.25 -3.75"
// stdin: "1e-310 inf NaN 0.30000000000000004"
use std::io::Read;

fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let numbers: Vec<f64> = text.split_whitespace().map(|w| w.parse().unwrap()).collect();
    for x in &numbers {
        println!("{} {:?} {:e} {:.3} {:08.2}", x, x, x, x, x);
        println!("{} {} {}", x.sqrt(), x.powi(3), x.round());
        println!("{} {}", *x as f32, *x as i64);
        println!("{} {:?}", x.max(1.0), x.partial_cmp(&0.0));
    }
    let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
    println!("{}", mean);
}
