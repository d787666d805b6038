// stdin: "100"
// stdin: "10000"
use std::io::Read;

fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let n: usize = text.trim().parse().unwrap_or(0);
    let mut composite = vec![false; n + 1];
    let mut primes = vec![];
    for i in 2..=n {
        if !composite[i] {
            primes.push(i);
            for j in (i * i..=n).step_by(i) {
                composite[j] = true;
            }
        }
    }
    println!("{} primes, the last {:?}", primes.len(), primes.last());
    let hash = primes.iter().fold(14695981039346656037u64, |h, p| (h ^ *p as u64).wrapping_mul(1099511628211));
    println!("{:016x}", hash);
}
