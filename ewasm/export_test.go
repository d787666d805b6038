package ewasm

// Works reports whether a function does anything.
func (f *Function) Works() bool { return f.do != nil }
