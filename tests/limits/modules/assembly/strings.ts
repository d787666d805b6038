// Strings: split, join, replace, upper case, numbers in and out.
export function run(n: i32): i32 {
  const words = 'the quick brown fox jumps over the lazy dog 12 345 6789'.split(' ')
  let text = ''
  for (let i = 0; i < n; i++) text += words[i % words.length] + (i % 7 == 0 ? ', ' : ' ')
  const parts = text.trim().replaceAll('the', 'a').toUpperCase().split(', ')
  let sum = 0
  for (let i = 0; i < parts.length; i++) {
    const p = parts[i].padStart(20, '.')
    sum = sum * 31 + p.indexOf('FOX') + p.charCodeAt(i % p.length) + I32.parseInt(p.slice(-4))
    if (p.startsWith('A') || p.endsWith('9') || p.includes('DOG')) sum++
  }
  return sum + String.UTF8.encode(parts.reverse().join('|')).byteLength
}
