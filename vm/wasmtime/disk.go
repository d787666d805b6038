package wasmtime

import (
	"container/list"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// disk keeps artefacts beyond the cache, a file each, up to a number of bytes; the least recently used go first. A nil
// disk keeps none. It is only a cache: a contract is compiled again if its file could not be written or does not read
// back as it was written. The files of another program or processor are in a folder of their own, which is removed
// when a disk is opened.
type disk struct {
	mu     sync.Mutex
	folder string
	lasts  bool                              // what is stored outlasts the process
	make   func() (folder string, err error) // makes a temporary folder when it is first needed; nil if there is one
	remove func()                            // removes a temporary folder; nil if there is none
	files  map[string]*kept
	recent *list.List // of *kept, the most recently used first
	bytes  int64
	limit  int64
}

// kept is a file.
type kept struct {
	name  string
	bytes int64
	place *list.Element
	used  bool // since the start
}

// generationPrefix begins the names of folders; half a hash follows.
const generationPrefix = "g-"

// unfinishedPrefix begins the name of a file until it is written.
const unfinishedPrefix = "new-"

var errDisk = errors.New("cannot keep artefacts")

// openDisk opens a folder for artefacts. It returns nil for no folder.
func openDisk(dir string, limit int64) (*disk, error) {
	if dir == "" {
		return nil, nil
	}
	g, err := generation()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDisk, err)
	}
	name := generationPrefix + hex.EncodeToString(g[:16])
	d := newDisk(limit)
	d.folder, d.lasts = filepath.Join(dir, name), true
	if err := os.MkdirAll(d.folder, 0o700); err != nil {
		return nil, fmt.Errorf("%w: %w", errDisk, err)
	}
	others, _ := os.ReadDir(dir)
	for _, other := range others {
		if other.Name() != name && strings.HasPrefix(other.Name(), generationPrefix) {
			os.RemoveAll(filepath.Join(dir, other.Name()))
		}
	}
	d.survey()
	return d, nil
}

func newDisk(limit int64) *disk {
	return &disk{files: map[string]*kept{}, recent: list.New(), limit: limit}
}

// survey learns which files there are, the oldest first, and removes unfinished ones.
func (d *disk) survey() {
	var found []fs.FileInfo
	entries, _ := os.ReadDir(d.folder)
	for _, each := range entries {
		if strings.HasPrefix(each.Name(), unfinishedPrefix) {
			os.Remove(filepath.Join(d.folder, each.Name()))
		} else if info, err := each.Info(); err == nil && info.Mode().IsRegular() {
			found = append(found, info)
		}
	}
	slices.SortFunc(found, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, info := range found {
		d.note(info.Name(), info.Size())
	}
	d.room()
}

// note counts a file; the lock is held.
func (d *disk) note(name string, bytes int64) *kept {
	d.forget(name)
	f := &kept{name: name, bytes: bytes}
	f.place = d.recent.PushFront(f)
	d.files[name] = f
	d.bytes += bytes
	return f
}

// forget no longer counts a file; the lock is held.
func (d *disk) forget(name string) {
	if f := d.files[name]; f != nil {
		delete(d.files, name)
		d.recent.Remove(f.place)
		d.bytes -= f.bytes
	}
}

// room removes the files used least recently while there are too many bytes; the lock is held.
func (d *disk) room() {
	for d.bytes > d.limit && d.recent.Len() > 0 {
		oldest := d.recent.Back().Value.(*kept).name
		os.Remove(filepath.Join(d.folder, oldest))
		d.forget(oldest)
	}
}

func fileName(k key) string {
	suffix := append(k.rules[:8:8], byte(k.form))
	return hex.EncodeToString(k.code[:]) + "-" + hex.EncodeToString(suffix)
}

func (d *disk) path(k key) string { return filepath.Join(d.folder, fileName(k)) }

// has reports whether there is a file of k, which may be damaged.
func (d *disk) has(k key) bool {
	if d == nil {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.files[fileName(k)] != nil
}

// load returns the image of k, false if there is no intact one.
func (d *disk) load(k key) (*image, bool) {
	if !d.has(k) {
		return nil, false
	}
	file, err := os.ReadFile(d.path(k))
	if err == nil {
		if img, ok := parseImage(k, file); ok {
			d.touch(k)
			return img, true
		}
	}
	d.drop(k)
	return nil, false
}

// touch notes that a file is in use. The first time, the folder remembers it over restarts.
func (d *disk) touch(k key) {
	d.mu.Lock()
	f := d.files[fileName(k)]
	first := f != nil && !f.used
	if f != nil {
		f.used = true
		d.recent.MoveToFront(f.place)
	}
	d.mu.Unlock()
	if first && d.lasts {
		now := time.Now()
		os.Chtimes(d.path(k), now, now)
	}
}

// drop removes the file of k, which cannot be used.
func (d *disk) drop(k key) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forget(fileName(k))
	os.Remove(d.path(k))
}

// store writes an image under its name in one step.
func (d *disk) store(k key, img *image) {
	if d == nil || !d.ready() {
		return
	}
	file, err := os.CreateTemp(d.folder, unfinishedPrefix)
	if err != nil {
		return
	}
	bytes := img.file(k)
	_, err = file.Write(bytes)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), d.path(k))
	}
	if err != nil {
		os.Remove(file.Name())
		return
	}
	d.mu.Lock()
	d.note(fileName(k), int64(len(bytes)))
	d.room()
	d.mu.Unlock()
}

// scratch calls use with the name of a file that holds some bytes. Afterwards no other can open the file.
func (d *disk) scratch(bytes []byte, use func(name string) error) error {
	if d == nil || !d.ready() {
		return errDisk
	}
	file, err := os.CreateTemp(d.folder, unfinishedPrefix)
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(bytes)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return use(file.Name())
}

// ready makes a temporary folder if there is none yet, and reports whether there is a folder.
func (d *disk) ready() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.make == nil {
		return d.folder != ""
	}
	folder, err := d.make()
	d.make = nil
	if err == nil {
		d.folder = folder
	}
	return err == nil
}

// close removes a temporary folder. Nothing is kept from now on.
func (d *disk) close() {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.make = nil
	if d.remove != nil {
		d.remove()
		d.folder = ""
	}
}
