package rpc

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"hestia/rpc/budget"
)

// arrive counts what requests over HTTP keep, from the bytes of their bodies on, and hands on those whose bodies have
// arrived whole. Small bodies count nothing, so that small questions are answered also when nothing more may be kept.
func (s *Server) arrive(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, end := s.base.Budget.With(r.Context(), r.RemoteAddr)
		defer end()
		r = r.WithContext(ctx)
		if r.Method == http.MethodPost && r.ContentLength <= budget.BodyBytes {
			body, err := readCounted(r.Body, r.ContentLength, s.base.Budget.Of(ctx))
			if over := (*budget.LimitError)(nil); errors.As(err, &over) {
				refuseBody(w, over)
				return
			}
			r.Body = readCloser{afterBody(body, err, r.Body), r.Body}
		}
		conn := connOf(ctx)
		conn.begin()
		defer conn.end()
		next.ServeHTTP(w, r)
	})
}

// afterBody returns what has been read of a body, and after it the error that ended the reading or the rest.
func afterBody(body []byte, err error, rest io.Reader) io.Reader {
	if err != nil {
		rest = failedReader{err}
	}
	return io.MultiReader(bytes.NewReader(body), rest)
}

// refuseBody answers a request of which not even the body may be kept. What it asks is not known.
func refuseBody(w http.ResponseWriter, over *budget.LimitError) {
	answer, err := encodeError(over)
	if err != nil {
		http.Error(w, over.Error(), http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Connection", "close") // the rest of the body is not read
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write(append(append([]byte(`{"jsonrpc":"2.0","id":null,"error":`), answer...), '}')) // it may have left
}

// readCounted reads a body or message of at most one byte above the limit, of a length if that is not below 0, and
// counts it while it arrives.
func readCounted(r io.Reader, length int64, kept *budget.Request) ([]byte, error) {
	const piece = 32 << 10
	text := make([]byte, 0, min(max(length, 512)+1, piece))
	for counted := budget.FreeBodyBytes; ; {
		if len(text) == cap(text) {
			text = append(text, 0)[:len(text)]
		}
		n, err := r.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		if more := len(text) - counted; more > 0 {
			if err := kept.Keep(more); err != nil {
				return nil, err
			}
			counted += more
		}
		switch {
		case err == io.EOF:
			return text, nil
		case err != nil || len(text) > budget.BodyBytes:
			return text, err
		}
	}
}

// countedBytes is what a message of a length counts.
func countedBytes(length int) int { return max(length-budget.FreeBodyBytes, 0) }
