#include "base.hpp"
// A scanner, a parser of precedences and a compiler to a stack machine.
enum class token : u8 {
	number,
	name,
	plus,
	minus,
	star,
	slash,
	percent,
	power,
	shift_left,
	shift_right,
	less,
	equal,
	assign,
	open,
	close,
	comma,
	end,
	bad
};
struct scanner {
	const char *at;
	u64 value = 0;
	token next() {
		while (*at == ' ') at++;
		char c = *at;
		if (!c) return token::end;
		if (c >= '0' && c <= '9') {
			value = 0;
			u32 base = 10;
			if (c == '0' && (at[1] | 32) == 'x') base = 16, at += 2;
			for (;; at++) {
				u32 d = *at >= '0' && *at <= '9'                 ? *at - '0'
				        : (*at | 32) >= 'a' && (*at | 32) <= 'f' ? (*at | 32) - 'a' + 10
				                                                 : 99;
				if (d >= base) return token::number;
				value = value * base + d;
			}
		}
		if ((c | 32) >= 'a' && (c | 32) <= 'z') {
			value = 0;
			while (((*at | 32) >= 'a' && (*at | 32) <= 'z') || *at == '_') value = value * 37 + (u8)*at++;
			return token::name;
		}
		at++;
		switch (c) {
			case '+': return token::plus;
			case '-': return token::minus;
			case '*':
				if (*at == '*') {
					at++;
					return token::power;
				}
				return token::star;
			case '/': return token::slash;
			case '%': return token::percent;
			case '<':
				if (*at == '<') {
					at++;
					return token::shift_left;
				}
				return token::less;
			case '>':
				if (*at == '>') {
					at++;
					return token::shift_right;
				}
				return token::bad;
			case '=':
				if (*at == '=') {
					at++;
					return token::equal;
				}
				return token::assign;
			case '(': return token::open;
			case ')': return token::close;
			case ',': return token::comma;
			default: return token::bad;
		}
	}
};
struct op {
	token kind;
	u64 value;
};
struct parser {
	scanner s;
	token now;
	vector<op> code;
	bool failed = false;
	parser(const char *text) : s{text}, now(s.next()) {}
	static int precedence(token t) {
		switch (t) {
			case token::assign: return 1;
			case token::less:
			case token::equal: return 2;
			case token::shift_left:
			case token::shift_right: return 3;
			case token::plus:
			case token::minus: return 4;
			case token::star:
			case token::slash:
			case token::percent: return 5;
			case token::power: return 6;
			default: return 0;
		}
	}
	void advance() { now = s.next(); }
	void primary() {
		u64 v = s.value;
		switch (now) {
			case token::number: code.push({token::number, v}), advance(); return;
			case token::name:
				advance();
				if (now == token::open) {
					do {
						advance(), expression(1);
					} while (now == token::comma && !failed);
					if (now != token::close) {
						failed = true;
						return;
					}
					advance(), code.push({token::open, v});
				} else code.push({token::name, v});
				return;
			case token::minus:
				advance(), code.push({token::number, 0}), primary(), code.push({token::minus, 0});
				return;
			case token::open:
				advance(), expression(1);
				if (now != token::close) failed = true;
				advance();
				return;
			default: failed = true;
		}
	}
	void expression(int least) {
		primary();
		for (int p; !failed && (p = precedence(now)) >= least;) {
			token t = now;
			advance();
			expression(t == token::power || t == token::assign ? p : p + 1);
			code.push({t, 0});
		}
	}
};
extern "C" EXPORT u64 run(const char *text) {
	parser p(text);
	p.expression(1);
	if (p.failed || p.now != token::end) return ~0ull;
	map<u64, u64> variables;
	vector<u64> stack;
	for (auto &o : p.code) {
		if (o.kind == token::number) {
			stack.push(o.value);
			continue;
		}
		if (o.kind == token::name) {
			stack.push(variables[o.value]);
			continue;
		}
		if (stack.length() < 2) return ~1ull;
		u64 b = stack.pop(), a = stack.pop();
		switch (o.kind) {
			case token::plus: a += b; break;
			case token::minus: a -= b; break;
			case token::star: a *= b; break;
			case token::slash: a = b ? a / b : 0; break;
			case token::percent: a = b ? a % b : 0; break;
			case token::power: {
				u64 r = 1;
				for (; b; b >>= 1, a *= a)
					if (b & 1) r *= a;
				a = r;
				break;
			}
			case token::shift_left: a <<= b & 63; break;
			case token::shift_right: a >>= b & 63; break;
			case token::less: a = a < b; break;
			case token::equal: a = a == b; break;
			case token::assign: variables[a] = b, a = b; break;
			case token::open: a = a > b ? a : b; break;
			default: return ~2ull;
		}
		stack.push(a);
	}
	return stack.length() ? stack[0] : 0;
}
