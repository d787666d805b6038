#include "base.hpp"
// Virtual functions: a scene of shapes, visited in several ways.
struct shape {
	virtual ~shape() {}
	virtual i64 area() const = 0;
	virtual void scale(i32 n) = 0;
	virtual shape *copy() const = 0;
	virtual int kind() const { return 0; }
};
struct rectangle : shape {
	i32 w, h;
	rectangle(i32 w, i32 h) : w(w), h(h) {}
	i64 area() const override { return (i64)w * h; }
	void scale(i32 n) override { w *= n, h *= n; }
	shape *copy() const override { return new rectangle(*this); }
	int kind() const override { return 1; }
};
struct triangle : rectangle {
	using rectangle::rectangle;
	i64 area() const override { return rectangle::area() / 2; }
	shape *copy() const override { return new triangle(*this); }
	int kind() const override { return 2; }
};
struct group : shape {
	vector<shape *> members;
	i64 area() const override {
		i64 s = 0;
		for (auto m : members) s += m->area();
		return s;
	}
	void scale(i32 n) override {
		for (auto m : members) m->scale(n);
	}
	shape *copy() const override {
		auto g = new group;
		for (auto m : members) g->members.push(m->copy());
		return g;
	}
	~group() override {
		for (auto m : members) delete m;
	}
};
extern "C" EXPORT i64 run(const i32 *in, size n) {
	group all;
	for (size i = 0; i + 2 < n; i += 3) {
		if (in[i] % 3 == 0) all.members.push(new rectangle(in[i + 1], in[i + 2]));
		else if (in[i] % 3 == 1) all.members.push(new triangle(in[i + 1], in[i + 2]));
		else all.members.push(all.copy());
		all.scale(in[i] & 3);
	}
	i64 kinds = 0;
	for (auto m : all.members) kinds = kinds * 3 + m->kind();
	return all.area() ^ kinds;
}
