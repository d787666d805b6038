package rpc

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"hestia/rpc/budget"
)

// What a slow or dead peer may cost.
const (
	readTimeout     = 30 * time.Second
	writeTimeout    = 60 * time.Second // also what one request may take
	idleTimeout     = 120 * time.Second
	shutdownTimeout = time.Second
	hangUpEvery     = 50 * time.Millisecond
	maxHeaderBytes  = 64 << 10
	acceptPause     = 5 * time.Millisecond
)

// newHTTP wraps the JSON-RPC server in what its transport checks: host, origin, WebSocket upgrade, timeouts.
func (s *Server) newHTTP(direct directMethods, d *door) *http.Server {
	socket, plain := s.serveSockets(), s.arrive(direct.handler(s.table.nameParameters(s.rpc)))
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isUpgrade(r) {
			socket.ServeHTTP(w, r)
			return
		}
		plain.ServeHTTP(w, r)
	})
	return &http.Server{
		Handler:           d.guard(handler),
		ConnContext:       withConn,
		ReadTimeout:       readTimeout,
		ReadHeaderTimeout: readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
	}
}

// isUpgrade tells a WebSocket handshake from a plain request.
func isUpgrade(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket") &&
		strings.Contains(strings.ToLower(r.Header.Get("Connection")), "upgrade")
}

// Serve answers requests that arrive at l, over HTTP and WebSocket, until Close; then it returns nil.
func (s *Server) Serve(l net.Listener) error {
	limited := limitConnections(l, budget.Connections)
	go s.hangUp(limited)
	if err := s.http.Serve(limited); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// ServeIPC answers requests that arrive at l, a local socket, until l is closed; then it returns nil. A process that
// may open the socket may ask for anything: its permissions are the caller's to set.
func (s *Server) ServeIPC(l net.Listener) error {
	limited := limitConnections(l, budget.Connections)
	for wait := acceptPause; ; {
		conn, err := limited.Accept()
		switch temporary, ok := err.(interface{ Temporary() bool }); {
		case err == nil:
			wait = acceptPause
			go s.converse(newPipe(conn), conn.RemoteAddr(), conn.(*limitedConn))
		case errors.Is(err, net.ErrClosed):
			return nil
		case ok && temporary.Temporary(): // too many open files, which others may close
			time.Sleep(wait)
			wait = min(2*wait, time.Second)
		default:
			return err
		}
	}
}

// hangUp closes idle connections from when the server is closed until it is: net/http waits seconds for those over
// which no request has come, or half of one.
func (s *Server) hangUp(l *limitedListener) {
	<-s.quit
	for tick := time.NewTicker(hangUpEvery); ; {
		select {
		case <-tick.C:
			l.hangUp()
		case <-s.served:
			tick.Stop()
			return
		}
	}
}

// Close stops taking requests, ends subscriptions, and waits a second for what is being answered and as long as it
// takes for simulated calls, which gas bounds.
func (s *Server) Close() error {
	s.close.Do(func() {
		close(s.quit)
		s.rpc.Stop()
		ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
		defer cancel()
		if err := s.http.Shutdown(ctx); err != nil {
			s.closeErr = s.http.Close()
		}
		close(s.served)
		s.base.Drain() // a contract must not run on an engine that is being closed
		s.loops.Wait()
	})
	return s.closeErr
}
