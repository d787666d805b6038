// A JSON reader into objects and a writer.
enum Kind { Null, Bool, Number, Text, List, Dict }
class Value {
  kind: Kind = Kind.Null
  number: i64 = 0
  text: string = ''
  list: Array<Value> = []
  dict: Map<string, Value> = new Map()
  write(): string {
    switch (this.kind) {
      case Kind.Bool: return this.number ? 'true' : 'false'
      case Kind.Number: return this.number.toString()
      case Kind.Text: return '"' + this.text + '"'
      case Kind.List: return '[' + this.list.map<string>((v) => v.write()).join(',') + ']'
      case Kind.Dict: {
        const keys = this.dict.keys(), out: string[] = []
        for (let i = 0; i < keys.length; i++) out.push('"' + keys[i] + '":' + this.dict.get(keys[i]).write())
        return '{' + out.join(',') + '}'
      }
    }
    return 'null'
  }
}
class Reader {
  at: i32 = 0
  constructor(public s: string) {}
  blank(): void { while (this.at < this.s.length && this.s.charCodeAt(this.at) <= 32) this.at++ }
  peek(): i32 { this.blank(); return this.at < this.s.length ? this.s.charCodeAt(this.at) : -1 }
  word(): string { const from = ++this.at; while (this.at < this.s.length && this.s.charCodeAt(this.at) != 34) this.at++; return this.s.slice(from, this.at++) }
  value(): Value {
    const v = new Value(), c = this.peek()
    if (c == 34) { v.kind = Kind.Text; v.text = this.word() }
    else if (c == 91) {
      v.kind = Kind.List; this.at++
      while (this.peek() != 93 && this.peek() >= 0) { v.list.push(this.value()); if (this.peek() == 44) this.at++ }
      this.at++
    } else if (c == 123) {
      v.kind = Kind.Dict; this.at++
      while (this.peek() == 34) { const key = this.word(); this.blank(); this.at++; v.dict.set(key, this.value()); if (this.peek() == 44) this.at++ }
      this.at++
    } else if (c == 116 || c == 102) { v.kind = Kind.Bool; v.number = c == 116 ? 1 : 0; this.at += c == 116 ? 4 : 5 }
    else if (c == 110) this.at += 4
    else {
      v.kind = Kind.Number
      const negative = c == 45
      if (negative) this.at++
      for (let d = this.peek(); d >= 48 && d <= 57; d = this.at < this.s.length ? this.s.charCodeAt(this.at) : -1) { v.number = v.number * 10 + d - 48; this.at++ }
      if (negative) v.number = -v.number
    }
    return v
  }
}
export function run(text: string): string { return new Reader(text).value().write() }
